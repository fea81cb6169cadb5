#include "experiments/circuits/circuit_problems.hpp"

#include <algorithm>
#include <cmath>

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

/// Factors cross trials of a column; a circuit at rest has none.
std::vector<CircuitProblem> varied(const ExperimentSpec& spec) {
    if (spec.vary.empty()) return {};
    return {{"L0337",
             "task.type resting_state runs one network, and vary asks for several",
             fmt::format("delete vary, and run once per value: lamina run FILE {}={}",
                         spec.vary[0].path, spec.vary[0].values.at(0)),
             {"vary"}}};
}

/// A network with too few neurons for the synapses of each.
std::vector<CircuitProblem> too_small(const ExperimentSpec& spec) {
    const double least = find_circuit(spec.circuit.model)->smallest_scale;
    if (spec.circuit.scale >= least) return {};
    return {{"L0348",
             fmt::format("circuit.model {} keeps the synapses of a neuron at every scale, and at "
                         "{:g} it has too few neurons for them to be a sparse choice",
                         spec.circuit.model, spec.circuit.scale),
             fmt::format("write scale: {:g} or more", least),
             {"circuit.scale", "circuit.model"}}};
}

/// A delay that is the same for all and a whole number of steps.
bool is_exact(const ValueLaw& delay_ms, double dt_ms) {
    const double steps = delay_ms.mean / dt_ms;
    return delay_ms.kind == LawKind::constant && steps > 0.5 &&
           std::fabs(steps - std::round(steps)) < 1e-6;
}

/// Delays that the step turns into something else.
std::vector<CircuitProblem> coarse(const ExperimentSpec& spec) {
    const NetworkSpec network = find_circuit(spec.circuit.model)->make(spec);
    const ProjectionSpec* shortest = nullptr;
    for (const ProjectionSpec& p : network.projections)
        if (!is_exact(p.delay_ms, network.dt_ms) &&
            (!shortest || p.delay_ms.mean < shortest->delay_ms.mean))
            shortest = &p;
    if (!shortest) return {};
    const double dt_ms = network.dt_ms, mean_ms = shortest->delay_ms.mean;
    if (dt_ms <= 0.5 * mean_ms) return {};
    return {{"L0338",
             fmt::format("delays are whole steps, and dt = {:g} ms is coarse for those of {} -> "
                         "{}, {:g} ms on average",
                         dt_ms, shortest->from, shortest->to, mean_ms),
             "write dt: 0.1 ms, for which the rates of the circuit were published",
             {"simulation.dt"},
             dt_ms <= mean_ms}};
}

/// A thalamic pulse of which nothing is seen.
std::vector<CircuitProblem> unseen_pulse(const ExperimentSpec& spec) {
    const ThalamusSpec& pulse = spec.circuit.thalamus;
    const double from_ms = spec.task.discard_ms, to_ms = from_ms + spec.task.duration_ms,
                 pulse_end_ms = pulse.start_ms + pulse.duration_ms;
    if (pulse.rate_Hz == 0 || (pulse.start_ms < to_ms && pulse_end_ms > from_ms)) return {};
    return {{"L0339",
             fmt::format("the thalamic pulse lasts from {:g} to {:g} ms, and what is recorded from "
                         "{:g} to {:g} ms",
                         pulse.start_ms, pulse_end_ms, from_ms, to_ms),
             fmt::format("write circuit.thalamus.start: {:g} ms, or another task.duration",
                         from_ms + 0.2 * spec.task.duration_ms),
             {"circuit.thalamus.start", "circuit.thalamus.rate", "task.duration"}}};
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
    return {
        {"L0350",
         fmt::format("{:.3g} synapses and some {:.2g} spikes need {:.3g} GiB; this machine has "
                     "{:.3g} GiB free",
                     needs.synapses, needs.spikes, needs.memory_bytes / GiB, available_bytes / GiB),
         "lower circuit.scale or task.duration",
         {"circuit.scale", "task.duration"}}};
}

} // namespace

std::vector<CircuitProblem> circuit_problems(const ExperimentSpec& spec, double available_bytes) {
    std::vector<CircuitProblem> problems = mismatch(spec);
    if (!problems.empty() || spec.task.type != "resting_state") return problems;
    problems = too_small(spec); // such a network cannot be made
    if (!problems.empty()) return problems;
    for (const auto& found : {varied(spec), coarse(spec), unseen_pulse(spec), silence(spec),
                              too_large(spec, available_bytes)})
        problems.insert(problems.end(), found.begin(), found.end());
    return problems;
}

} // namespace lamina
