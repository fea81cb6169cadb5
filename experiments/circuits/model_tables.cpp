#include "experiments/circuits/model_tables.hpp"

#include <algorithm>

namespace lamina {
const std::vector<NeuronModelEntry>& circuit_neurons() { return neuron_models(); }

const std::vector<ConnectionRule>& circuit_rules() { return connection_rules(); }

const std::vector<SynapseModelLine>& circuit_synapses() { return synapse_models(); }

int channel_of(const NeuronModelEntry& model, const std::string& input) {
    if (input.empty()) return 0;
    const auto found = std::find(model.channels.begin(), model.channels.end(), input);
    return found == model.channels.end() ? -1 : int(found - model.channels.begin());
}

} // namespace lamina
