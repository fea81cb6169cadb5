/// Every source has the same number of synapses, to targets drawn uniformly.
#pragma once

#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class FixedOutDegree final : public Connector {
  public:
    FixedOutDegree(const ProjectionSpec& spec, const WiringPlace& place)
        : place_(place), n_(static_cast<std::uint32_t>(rule_parameter(
                             spec, "number", 0, spec.multapses ? 1e9 : place.n_choices()))),
          multapses_(spec.multapses) {}
    void targets(std::uint32_t source, RowWords& words,
                 std::vector<std::uint32_t>& out) const override {
        const std::uint32_t* word = words.of(0, n_);
        if (multapses_) {
            out.resize(n_);
            for (std::uint32_t k = 0; k < n_; ++k) out[k] = below(word[k], place_.n_choices());
        } else {
            std::vector<std::uint8_t> taken(place_.n_choices(), 0);
            choose_distinct(word, n_, place_.n_choices(), taken, out);
        }
        for (std::uint32_t& target : out) target = place_.target(target, source);
    }

  private:
    WiringPlace place_;
    std::uint32_t n_;
    bool multapses_;
};

} // namespace lamina
