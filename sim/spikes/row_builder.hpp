/// Draws the synapses of one source and lays them out as rows (kernels/synapse_row.hpp). Each
/// thread has a builder of its own; what a row holds depends on the seed and the source alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/spikes/connector.hpp"
#include "sim/spikes/wiring.hpp"

namespace lamina {

/// A projection, ready to be drawn.
struct PlannedProjection {
    const ProjectionSpec* spec;
    std::unique_ptr<Connector> connector;
    std::uint32_t number;           ///< in the network
    std::uint32_t first_target;     ///< neuron of the network
    std::int32_t shortest, longest; ///< delays in steps
    double quantum;                 ///< in the unit of the weight
    /// [part] first target within its population that the part owns, and the slot of target 0, were
    /// it the part's
    std::vector<std::uint32_t> first, slot;
    std::int32_t quanta_to_come; ///< largest weight of one that learns; else 0
};

/// The projections whose synapses lie together in the rows first_row, first_row + 1, ...: a row for
/// each neuron of the population they come from.
struct RowPlan {
    std::uint32_t first_row;
    std::uint32_t first_source; ///< neuron of the network
    std::vector<PlannedProjection> projections;
};

class RowBuilder {
  public:
    RowBuilder(std::uint64_t seed, double dt_ms, std::uint32_t n_delays, int n_parts,
               std::size_t n_projections, std::uint32_t n_neurons);

    /// Lays out row i of the plan and notes its beginnings in rows[part][row].
    /// @throws SpecError when the rule refuses, std::bad_alloc
    /// @return whether every segment's head could count its synapses
    bool build(const RowPlan&, std::uint32_t i,
               std::vector<std::vector<const std::uint32_t*>>& rows);

    std::vector<std::uint64_t> n_synapses;  ///< [projection]
    std::vector<std::uint64_t> largest_sum; ///< [neuron] of |quanta|
    std::uint64_t n_segments = 0;
    std::vector<RowMemory> memory; ///< [part]

  private:
    void draw(const PlannedProjection&, std::uint32_t source, std::uint32_t i);
    bool lay_out(std::vector<std::vector<const std::uint32_t*>>& rows, std::uint32_t row);

    std::uint64_t seed_;
    double dt_ms_;
    std::uint32_t n_delays_;
    int n_parts_;
    // the synapses of the row, in the order in which they are drawn
    std::size_t n_ = 0;
    RowWords words_;
    std::vector<std::uint32_t> target_, word_, key_; ///< key: part * n_delays + steps
    std::vector<float> weight_, delay_;              ///< in quanta, in steps
    std::vector<std::uint32_t> count_;               ///< [key] 0 between rows
    std::vector<std::uint32_t*> next_;               ///< [key] where the next synapse goes
    std::vector<std::uint32_t> used_;                ///< the keys that occur in this row come first
};

} // namespace lamina
