/// Bundles: synapses of one population that treat its spikes alike.
///
/// All static synapses of a neuron lie in one row. Those that scale their weights by a state of the
/// source (short-term plasticity) lie in a row for each set of parameters, so that the state is
/// kept once and travels with the spike; a projection that learns has rows of its own. Rows are
/// numbered: the static ones by neuron, then every bundle's, those that learn last.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/spikes/network_spec.hpp"
#include "sim/spikes/partition.hpp"
#include "sim/spikes/synapse_models.hpp"

namespace lamina {

struct Bundle {
    int population; ///< of the sources
    SynapseSpec synapse;
    SynapseKind kind;
    std::uint32_t first_row;
    int projection; ///< of one that learns; else -1
};

struct Bundles {
    std::vector<Bundle> list;       ///< without the static ones
    std::vector<int> of_projection; ///< place in the list; -1: static
    std::uint32_t n_rows = 0, first_plastic_row = 0;

    Bundles() = default;
    /// @throws SpecError for an unknown synapse model or population
    Bundles(const NetworkSpec&, const std::vector<PopulationPlace>&, std::uint32_t n_neurons);
};

} // namespace lamina
