/// The tables that the words of a circuit come from: neuron models, connection rules, synapses.
#pragma once

#include <string>
#include <vector>

#include "sim/spikes/connector.hpp"
#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/synapse_models.hpp"

namespace lamina {

using SynapseModelLine = SynapseModelEntry;

const std::vector<NeuronModelEntry>& circuit_neurons();
const std::vector<ConnectionRule>& circuit_rules();
const std::vector<SynapseModelLine>& circuit_synapses();

/// The line of this name, or nullptr.
template <class Line>
const Line* find_line(const std::vector<Line>& table, const std::string& name) {
    for (const Line& line : table)
        if (name == line.name) return &line;
    return nullptr;
}

template <class Line> std::vector<std::string> names_of(const std::vector<Line>& table) {
    std::vector<std::string> names;
    for (const Line& line : table) names.emplace_back(line.name);
    return names;
}

/// The place of an input in the model's channels, "" being the first; -1 when there is none.
int channel_of(const NeuronModelEntry&, const std::string& input);

} // namespace lamina
