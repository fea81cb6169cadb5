/// The synapses of a network, by part and source, ready to be delivered (kernels/synapse_row.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/spikes/bundles.hpp"
#include "sim/spikes/network_spec.hpp"
#include "sim/spikes/partition.hpp"
#include "sim/spikes/row_memory.hpp"

namespace lamina {

struct Wiring {
    Bundles bundles;
    std::vector<std::vector<const std::uint32_t*>> row; ///< [part][row]; nullptr: no synapse
    std::vector<std::uint64_t> n_synapses;              ///< [projection]
    std::uint64_t n_segments = 0;
    std::int64_t shortest_steps = 1, longest_steps = 1; ///< delays
    std::vector<RowMemory> memory;

    std::uint64_t total() const;
    std::size_t bytes() const; ///< of rows and of the table of their beginnings
};

/// How weights become quanta and delays steps.
struct WiringUnits {
    double dt_ms = 0.1;
    std::vector<double> quantum;        ///< [projection] in the unit of the weight
    std::vector<std::uint32_t> channel; ///< [projection] of the target's model
};

/// Draws every synapse from the seed; the same for any number of threads and parts.
/// The weights of a projection that learns are those it begins with.
/// @throws SpecError when a rule refuses, when a delay has more than 65 535 steps, when weights
/// that
///         learn could begin outside 0 .. w_max, or when the inputs of a neuron, should all arrive
///         at once, would not fit into 31 bits of quanta
Wiring build_wiring(const NetworkSpec&, const Partition&, const WiringUnits&, std::uint64_t seed,
                    int n_threads);

} // namespace lamina
