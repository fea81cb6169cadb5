/// Every synapse is written down: source, target, and where the table has them weight and delay.
#pragma once

#include <cmath>

#include <fmt/format.h>

#include "kernels/synapse_row.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class ExplicitTable final : public Connector {
  public:
    ExplicitTable(const ProjectionSpec& spec, const WiringPlace& place)
        : has_weights_(spec.table.has_weights), has_delays_(spec.table.has_delays) {
        first_.assign(place.n_from + 1, 0);
        for (std::size_t row = 0; row < spec.table.synapses.size(); ++row) {
            refuse_bad(spec, place, row);
            ++first_[spec.table.synapses[row].source + 1];
        }
        for (std::uint32_t s = 0; s < place.n_from; ++s) first_[s + 1] += first_[s];
        // by source, and within a source as they are written
        synapses_.resize(spec.table.synapses.size());
        std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
        for (const TabledSynapse& synapse : spec.table.synapses)
            synapses_[next[synapse.source]++] = synapse;
    }

    void targets(std::uint32_t source, RowWords&, std::vector<std::uint32_t>& out) const override {
        out.clear();
        for (std::size_t k = first_[source]; k < first_[source + 1]; ++k)
            out.push_back(synapses_[k].target);
    }
    bool given_weights(std::uint32_t source, double unit, float* values) const override {
        return has_weights_ && copy(source, &TabledSynapse::weight, unit, values);
    }
    bool given_delays(std::uint32_t source, double dt_ms, float* values) const override {
        return has_delays_ && copy(source, &TabledSynapse::delay_ms, dt_ms, values);
    }

  private:
    /// @throws SpecError with the number of the row, the first being 1
    static void refuse_bad(const ProjectionSpec& spec, const WiringPlace& place, std::size_t row) {
        const TabledSynapse& s = spec.table.synapses[row];
        const auto refuse = [&](const std::string& why) {
            throw SpecError(
                fmt::format("{} -> {}: row {} of the table: {}", spec.from, spec.to, row + 1, why));
        };
        const auto outside = [&](const char* end, std::uint32_t number, std::uint32_t n,
                                 const std::string& name) {
            if (number < n) return;
            refuse(n == 0
                       ? fmt::format("{} {} does not exist: {} has no neurons", end, number, name)
                       : fmt::format("{} {} does not exist: the neurons of {} are 0 .. {}", end,
                                     number, name, n - 1));
        };
        outside("source", s.source, place.n_from, spec.from);
        outside("target", s.target, place.n_to, spec.to);
        if (place.not_itself && s.source == s.target)
            refuse(fmt::format("neuron {} reaches itself, and autapses are not allowed", s.source));
        if (spec.table.has_weights && !std::isfinite(s.weight))
            refuse(fmt::format("weight {:g} is not finite", s.weight));
        if (!spec.table.has_delays) return;
        const double longest_ms = most_delay_steps * place.dt_ms;
        if (!(s.delay_ms >= 0.5 * place.dt_ms && s.delay_ms <= longest_ms))
            refuse(fmt::format("delay {:g} ms lies outside {:g} .. {:g} ms, half a step and the "
                               "longest; use another delay or dt",
                               s.delay_ms, 0.5 * place.dt_ms, longest_ms));
    }

    bool copy(std::uint32_t source, double TabledSynapse::*column, double unit,
              float* values) const {
        for (std::size_t k = first_[source]; k < first_[source + 1]; ++k)
            *values++ = static_cast<float>(synapses_[k].*column / unit);
        return true;
    }

    bool has_weights_, has_delays_;
    std::vector<std::size_t> first_; ///< [n_from + 1]
    std::vector<TabledSynapse> synapses_;
};

} // namespace lamina
