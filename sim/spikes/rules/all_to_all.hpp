/// Every source reaches every target.
#pragma once

#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class AllToAll final : public Connector {
  public:
    AllToAll(const ProjectionSpec&, const WiringPlace& place) : place_(place) {}
    void targets(std::uint32_t source, RowWords&, std::vector<std::uint32_t>& out) const override {
        out.resize(place_.n_choices());
        for (std::uint32_t k = 0; k < place_.n_choices(); ++k) out[k] = place_.target(k, source);
    }

  private:
    WiringPlace place_;
};

} // namespace lamina
