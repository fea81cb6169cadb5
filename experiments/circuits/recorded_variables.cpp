#include "experiments/circuits/recorded_variables.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/synapse_models.hpp"

namespace lamina {
namespace {

const NeuronPopulationSpec* find_population(const NetworkSpec& network, const std::string& name) {
    for (const NeuronPopulationSpec& p : network.populations)
        if (p.name == name) return &p;
    return nullptr;
}

std::vector<NeuronVariable> model_variables(const NetworkSpec& network,
                                            const NeuronPopulationSpec& population) {
    std::vector<NeuronVariable> variables;
    for (const NeuronModelEntry& model : neuron_models())
        if (population.model == model.name) variables = model.variables;
    const bool dynamic = std::any_of(
        network.projections.begin(), network.projections.end(), [&](const ProjectionSpec& p) {
            return p.from == population.name &&
                   synapse_model(p.synapse.model).kind == SynapseKind::emission;
        });
    if (!dynamic) return variables;
    for (const NeuronVariable& of_synapses : {NeuronVariable{"u", ""}, NeuronVariable{"x", ""}})
        if (std::none_of(variables.begin(), variables.end(), [&](const NeuronVariable& own) {
                return std::strcmp(own.name, of_synapses.name) == 0;
            })) // a name that both have is the neuron's
            variables.push_back(of_synapses);
    return variables;
}

} // namespace

std::vector<std::string> variables_of(const NetworkSpec& network, const std::string& population) {
    std::vector<std::string> names;
    if (const NeuronPopulationSpec* p = find_population(network, population))
        for (const NeuronVariable& variable : model_variables(network, *p))
            names.emplace_back(variable.name);
    return names;
}

VariableRecorder::VariableRecorder(const ExperimentSpec& spec, const NetworkSpec& network)
    : discarded_(std::llround(spec.task.discard_ms / spec.area.dt_ms)), dt_ms_(spec.area.dt_ms) {
    for (const RecordedVariable& recorded : spec.record.variables) {
        const NeuronPopulationSpec* p = find_population(network, recorded.population);
        if (!p) continue;
        for (const NeuronVariable& variable : model_variables(network, *p)) {
            if (recorded.variable != variable.name) continue;
            const std::uint32_t n = std::min(p->n, std::uint32_t(recorded.neurons));
            const std::string unit = variable.unit[0] == '\0' ? "1" : variable.unit;
            probes_.push_back(
                {recorded.population, recorded.variable, n,
                 std::max<std::int64_t>(1, std::llround(recorded.every_ms / dt_ms_))});
            samples_.push_back({recorded.population, recorded.variable, unit, n, {}, {}});
        }
    }
}

void VariableRecorder::take(const std::vector<ProbeSamples>& taken) {
    for (std::size_t i = 0; i < std::min(taken.size(), probes_.size()); ++i) {
        const ProbeSamples& probe = taken[i];
        SampledVariable& out = samples_[i];
        if (probe.n_neurons == 0) continue;
        const std::size_t n_rows = probe.values.size() / probe.n_neurons;
        for (std::size_t row = 0; row < n_rows; ++row) {
            const std::int64_t step = probe.first_step + std::int64_t(row) * probes_[i].every_steps;
            if (step < discarded_) continue;
            const auto first = probe.values.begin() + std::ptrdiff_t(row * probe.n_neurons);
            out.time_ms.push_back(double(step + 1) * dt_ms_);
            out.values.insert(out.values.end(), first, first + std::ptrdiff_t(probe.n_neurons));
        }
    }
}

} // namespace lamina
