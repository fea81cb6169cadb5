/// Neuron i reaches neuron i of a population of the same size.
#pragma once

#include <fmt/format.h>

#include "sim/errors.hpp"
#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class OneToOne final : public Connector {
  public:
    OneToOne(const ProjectionSpec& spec, const WiringPlace& place) {
        if (place.n_from != place.n_to)
            throw SpecError(
                fmt::format("{} -> {}: one_to_one needs populations of one size, not {} "
                            "and {} neurons",
                            spec.from, spec.to, place.n_from, place.n_to));
    }
    void targets(std::uint32_t source, RowWords&, std::vector<std::uint32_t>& out) const override {
        out.assign(1, source);
    }
};

} // namespace lamina
