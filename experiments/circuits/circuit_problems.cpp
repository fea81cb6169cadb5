#include "experiments/circuits/circuit_problems.hpp"

#include <fmt/format.h>

#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/network_cost.hpp"

namespace lamina {
namespace {

/// What one key says that another cannot take.
std::vector<CircuitProblem> mismatch(const ExperimentSpec& spec) {
    const bool spikes = find_circuit(spec.circuit.model) != nullptr;
    const bool resting = spec.task.type == "resting_state";
    if (spikes && spec.mode != "spiking")
        return {
            {"L0335",
             fmt::format("circuit.model {} is made of spiking neurons, and simulation.mode is {}",
                         spec.circuit.model, spec.mode),
             "write simulation: {mode: spiking}",
             {"simulation.mode", "circuit.model"}}};
    if (!spikes && spec.mode == "spiking" && !resting)
        return {{"L0217",
                 "the attention column made of spiking neurons is not in this version",
                 "use mode: rate; or circuit.model: potjans_diesmann_2014 with task.type: "
                 "resting_state",
                 {"simulation.mode"}}};
    if (spikes && !resting)
        return {{"L0335",
                 fmt::format("circuit.model {} cannot be asked anything: task.type {} is for the "
                             "attention column",
                             spec.circuit.model, spec.task.type),
                 "write task: {type: resting_state, duration: 10 s}",
                 {"task.type", "circuit.model"}}};
    if (!spikes && resting)
        return {{"L0335",
                 "task.type resting_state needs a spiking circuit, and circuit.model is " +
                     spec.circuit.model,
                 "write simulation: {mode: spiking} and circuit: {model: potjans_diesmann_2014}",
                 {"task.type", "circuit.model"}}};
    return {};
}

/// A constant input below what makes a neuron spike, where nothing fluctuates.
std::vector<CircuitProblem> silence(const ExperimentSpec& spec) {
    constexpr double rheobase_pA = 375; // threshold minus rest, 15 mV, over 40 MOhm
    if (spec.circuit.drive != "dc" || spec.circuit.scale >= 1) return {};
    for (const NeuronPopulationSpec& p : find_circuit(spec.circuit.model)->make(spec).populations) {
        const auto bias = p.parameters.find("I_bias");
        if (bias == p.parameters.end() || bias->second >= rheobase_pA) continue;
        return {
            {"L0336",
             fmt::format("at scale {:g} the constant input of {} is {:.0f} pA, below the {:.0f} pA "
                         "that make a neuron spike",
                         spec.circuit.scale, p.name, bias->second, rheobase_pA),
             "use circuit.drive: poisson, whose fluctuations make it spike",
             {"circuit.scale", "circuit.drive"},
             true}};
    }
    return {};
}

std::vector<CircuitProblem> too_large(const ExperimentSpec& spec, double available_bytes) {
    const NetworkNeeds needs = network_needs(spec, false);
    constexpr double GiB = 1024.0 * 1024 * 1024;
    if (needs.memory_bytes <= available_bytes) return {};
    return {{"L0350",
             fmt::format("{:.3g} synapses need {:.3g} GiB; this machine has {:.3g} GiB free",
                         needs.synapses, needs.memory_bytes / GiB, available_bytes / GiB),
             "lower circuit.scale",
             {"circuit.scale"}}};
}

} // namespace

std::vector<CircuitProblem> circuit_problems(const ExperimentSpec& spec, double available_bytes) {
    std::vector<CircuitProblem> problems = mismatch(spec);
    if (!problems.empty() || spec.task.type != "resting_state") return problems;
    problems = silence(spec);
    for (const CircuitProblem& problem : too_large(spec, available_bytes))
        problems.push_back(problem);
    return problems;
}

} // namespace lamina
