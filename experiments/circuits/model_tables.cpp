#include "experiments/circuits/model_tables.hpp"

#include <algorithm>

namespace lamina {
namespace {

/// `table` with a line more, unless it has one of that name.
template <class Line> std::vector<Line> with(std::vector<Line> table, Line line) {
    if (!find_line(table, line.name)) table.push_back(std::move(line));
    return table;
}

} // namespace

const std::vector<NeuronModelEntry>& circuit_neurons() { return neuron_models(); }

const std::vector<ConnectionRule>& circuit_rules() {
    static const auto table = with(
        connection_rules(),
        {"explicit_table",
         "every synapse as written in a table",
         {},
         [](const ProjectionSpec& p, double, double) { return double(p.table.synapses.size()); },
         nullptr});
    return table;
}

const std::vector<SynapseModelLine>& circuit_synapses() { return synapse_models(); }

int channel_of(const NeuronModelEntry& model, const std::string& input) {
    if (input.empty()) return 0;
    const auto found = std::find(model.channels.begin(), model.channels.end(), input);
    return found == model.channels.end() ? -1 : int(found - model.channels.begin());
}

} // namespace lamina
