/// Every pair is connected with the same probability, once at most.
#pragma once

#include <algorithm>
#include <cmath>

#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class PairwiseBernoulli final : public Connector {
  public:
    PairwiseBernoulli(const ProjectionSpec& spec, const WiringPlace& place)
        : place_(place), p_(rule_parameter(spec, "probability", 0, 1)) {}
    void targets(std::uint32_t source, RowWords& words,
                 std::vector<std::uint32_t>& out) const override {
        out.clear();
        if (p_ == 0) return;
        // how many choices are passed over is geometric
        const double per_log = p_ < 1 ? 1 / std::log1p(-p_) : 0;
        std::int64_t choice = -1;
        for (std::size_t k = 0;; ++k) {
            const double u = (words.of(0, k + 1)[k] + 0.5) * 0x1p-32;
            choice += 1 + static_cast<std::int64_t>(std::min(std::log(u) * per_log, 1e15));
            if (choice >= std::int64_t(place_.n_choices())) return;
            out.push_back(place_.target(static_cast<std::uint32_t>(choice), source));
        }
    }

  private:
    WiringPlace place_;
    double p_;
};

} // namespace lamina
