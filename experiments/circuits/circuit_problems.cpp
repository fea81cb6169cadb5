#include "experiments/circuits/circuit_problems.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/network_cost.hpp"
#include "experiments/circuits/recorded_variables.hpp"
#include "experiments/circuits/table_problems.hpp"
#include "experiments/suggest.hpp"

namespace lamina {
namespace {

/// What one key says that another cannot take.
std::vector<FoundProblem> mismatch(const ExperimentSpec& spec) {
    const bool spikes = has_network(spec);
    const bool resting = spec.task.type == "resting_state";
    const std::string circuit =
        spec.circuit.tabled() ? "circuit.populations" : "circuit.model " + spec.circuit.model;
    if (spikes && !spec.area.spiking.on)
        return {{"L0335",
                 fmt::format("{} {} made of spiking neurons, and simulation.mode is rate", circuit,
                             spec.circuit.tabled() ? "are" : "is"),
                 "write simulation: {mode: spiking}",
                 {"simulation.mode", "circuit.model", "circuit.populations"}}};
    if (spikes && !resting)
        return {{"L0335",
                 fmt::format("{} cannot be asked anything: task.type {} is for the "
                             "attention column",
                             circuit, spec.task.type),
                 "write task: {type: resting_state, duration: 10 s}",
                 {"task.type", "circuit.model", "circuit.populations"}}};
    if (!spikes && resting)
        return {{"L0335",
                 "task.type resting_state needs a spiking circuit, and circuit.model is " +
                     spec.circuit.model,
                 "write simulation: {mode: spiking} and circuit: {model: potjans_diesmann_2014}",
                 {"task.type", "circuit.model", "circuit.populations"}}};
    return {};
}

double mean_of(const ValueLaw& law) {
    return law.kind == LawKind::uniform ? 0.5 * (law.least + law.most) : law.mean;
}

/// A network with too few neurons for the synapses of each.
std::vector<FoundProblem> too_small(const ExperimentSpec& spec) {
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
std::vector<FoundProblem> coarse(const ExperimentSpec& spec, const NetworkSpec& network) {
    const ProjectionSpec* shortest = nullptr;
    for (const ProjectionSpec& p : network.projections)
        if (!p.table.has_delays && !is_exact(p.delay_ms, network.dt_ms) &&
            (!shortest || mean_of(p.delay_ms) < mean_of(shortest->delay_ms)))
            shortest = &p;
    if (!shortest) return {};
    const double dt_ms = network.dt_ms, mean_ms = mean_of(shortest->delay_ms);
    if (dt_ms <= 0.5 * mean_ms) return {};
    return {{"L0338",
             fmt::format("delays are whole steps, and dt = {:g} ms is coarse for those of {} -> "
                         "{}, {:g} ms on average",
                         dt_ms, shortest->from, shortest->to, mean_ms),
             spec.circuit.tabled()
                 ? fmt::format("write dt: {:g} ms or less", 0.5 * mean_ms)
                 : "write dt: 0.1 ms, for which the rates of the circuit were published",
             {"simulation.dt"},
             dt_ms <= mean_ms}};
}

/// A thalamic pulse of which nothing is seen.
std::vector<FoundProblem> unseen_pulse(const ExperimentSpec& spec) {
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

/// Drives, protocols and spikes of tables that come when the run is over, or not at all.
std::vector<FoundProblem> too_late(const ExperimentSpec& spec, const NetworkSpec& network) {
    const double end_ms = spec.task.discard_ms + spec.task.duration_ms;
    std::vector<FoundProblem> problems;
    if (!spec.circuit.tabled()) return problems;
    const auto warn = [&](const char* id, const std::string& key, const std::string& what,
                          const std::string& help) {
        problems.push_back({id, fmt::format("`{}` {}", key, what), help, {key}, true});
    };
    const auto begins = [&](const std::string& key, double from_ms) {
        if (from_ms >= end_ms)
            warn("L0339", key,
                 fmt::format("begins at {:g} ms, and the run ends at {:g} ms", from_ms, end_ms),
                 "write an earlier `from`, or a longer task.duration");
    };
    for (const NeuronPopulationSpec& p : network.populations) {
        const std::string path = "circuit.populations." + p.name;
        for (const PoissonDrive& d : p.drives) begins(path + ".drive", d.from_ms);
        for (const ParameterWindow& w : p.protocol) begins(path + ".protocol", w.from_ms);
        const auto late = std::count_if(p.spikes.begin(), p.spikes.end(),
                                        [&](const TimedSpike& s) { return s.time_ms > end_ms; });
        if (late > 0)
            warn("L0339", path + ".spikes",
                 fmt::format("has {} of {} spikes behind the end of the run at {:g} ms", late,
                             p.spikes.size(), end_ms),
                 "delete them, or write a longer task.duration");
        if (p.model == "spike_times" && p.spikes.empty())
            warn("L0384", path, "has no spikes to replay and will be silent",
                 "write `spikes: [[10 ms, 0]]`");
    }
    return problems;
}

/// Windows of which a part is not recorded, or that hold no whole steps.
std::vector<FoundProblem> bad_windows(const ExperimentSpec& spec) {
    const double from_ms = spec.task.discard_ms, to_ms = from_ms + spec.task.duration_ms,
                 dt_ms = spec.area.dt_ms;
    std::vector<FoundProblem> problems;
    for (const TimeWindow& w : spec.task.windows) {
        const auto whole = [&](double ms) {
            return std::fabs(ms / dt_ms - std::round(ms / dt_ms)) <= 1e-9;
        };
        std::string why, help;
        if (!(w.from_ms < w.to_ms)) {
            why = "it ends before it begins";
            help = fmt::format("write for example {}: [{:g} ms, {:g} ms]", w.name, from_ms, to_ms);
        } else if (w.from_ms < from_ms || w.to_ms > to_ms) {
            why = fmt::format("what is recorded lasts from {:g} to {:g} ms, task.discard and "
                              "task.duration",
                              from_ms, to_ms);
            help = w.from_ms >= to_ms || w.to_ms <= from_ms
                       ? "write times from the start of the simulation, or another task.duration"
                       : fmt::format("write [{:g} ms, {:g} ms]", std::max(from_ms, w.from_ms),
                                     std::min(to_ms, w.to_ms));
        } else if (!whole(w.from_ms) || !whole(w.to_ms)) {
            why = fmt::format("its ends are no multiples of dt = {:g} ms", dt_ms);
            help = fmt::format("write [{:g} ms, {:g} ms]", std::round(w.from_ms / dt_ms) * dt_ms,
                               std::round(w.to_ms / dt_ms) * dt_ms);
        }
        if (why.empty()) continue;
        problems.push_back({"L0337",
                            fmt::format("`task.windows.{}` is [{:g} ms, {:g} ms]: {}", w.name,
                                        w.from_ms, w.to_ms, why),
                            help,
                            {"task.windows"},
                            false,
                            {w.name}});
    }
    return problems;
}

/// What a variable's `every` and `neurons` ask for and cannot have.
std::vector<FoundProblem> bad_sampling(const ExperimentSpec& spec, const NetworkSpec& network,
                                       const RecordedVariable& v) {
    const std::string key = "record.variables";
    std::vector<FoundProblem> problems;
    const double dt_ms = spec.area.dt_ms, steps = v.every_ms / dt_ms,
                 from_ms = spec.task.discard_ms, to_ms = from_ms + spec.task.duration_ms;
    if (std::fabs(steps - std::round(steps)) > 1e-9 || steps < 1 - 1e-9)
        problems.push_back({"L0310",
                            fmt::format("`{}`: every = {:g} ms is not a multiple of dt = {:g} ms",
                                        key, v.every_ms, dt_ms),
                            fmt::format("use {:g} ms", std::max(1.0, std::round(steps)) * dt_ms),
                            {key},
                            false,
                            {"every"}});
    else if (std::floor(to_ms / v.every_ms + 1e-9) <= std::floor(from_ms / v.every_ms + 1e-9))
        problems.push_back({"L0339",
                            fmt::format("`{}`: with every = {:g} ms nothing is sampled between "
                                        "{:g} and {:g} ms, which are recorded",
                                        key, v.every_ms, from_ms, to_ms),
                            "shorten `every`",
                            {key},
                            false,
                            {"every"}});
    for (const NeuronPopulationSpec& p : network.populations)
        if (p.name == v.population && std::uint32_t(v.neurons) > p.n &&
            v.neurons != RecordedVariable{}.neurons)
            problems.push_back({"L0355",
                                fmt::format("`{}`: {} has {} neurons, not {}; all are sampled", key,
                                            p.name, p.n, v.neurons),
                                fmt::format("write neurons: {}", p.n),
                                {key},
                                true,
                                {"neurons"}});
    return problems;
}

/// Populations and variables of record that the circuit does not have.
std::vector<FoundProblem> unknown_records(const ExperimentSpec& spec, const NetworkSpec& network) {
    const RecordSpec& record = spec.record;
    if (record.variables.empty() && record.spike_populations.empty()) return {};
    std::vector<std::string> names;
    for (const NeuronPopulationSpec& p : network.populations) names.push_back(p.name);
    const auto is_known = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    const std::string no_population = "the circuit has no population";
    std::vector<FoundProblem> problems;
    for (std::size_t i = 0; i < record.spike_populations.size(); ++i)
        if (!is_known(record.spike_populations[i]))
            problems.push_back(unknown_name(no_population, record.spike_populations[i], names,
                                            "record.spikes", {std::to_string(i)}));
    for (std::size_t i = 0; i < record.variables.size(); ++i) {
        const RecordedVariable& v = record.variables[i];
        const std::string place = std::to_string(i);
        if (!is_known(v.population)) {
            problems.push_back(unknown_name(no_population, v.population, names, "record.variables",
                                            {place, "population"}));
            continue;
        }
        const std::vector<std::string> known = variables_of(network, v.population);
        if (std::find(known.begin(), known.end(), v.variable) == known.end())
            problems.push_back(unknown_name(v.population + " has no variable", v.variable, known,
                                            "record.variables", {place, "variable"}));
        for (FoundProblem& problem : bad_sampling(spec, network, v)) {
            problem.inside.insert(problem.inside.begin(), place);
            problems.push_back(std::move(problem));
        }
    }
    return problems;
}

/// A constant input below what makes a neuron spike, where nothing fluctuates.
std::vector<FoundProblem> silence(const ExperimentSpec& spec) {
    constexpr double rheobase_pA = 375; // threshold minus rest, 15 mV, over 40 MOhm
    if (spec.circuit.tabled() || spec.circuit.drive != "dc" || spec.circuit.scale >= 1) return {};
    for (const NeuronPopulationSpec& p : network_of(spec).populations) {
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

std::vector<FoundProblem> too_large(const ExperimentSpec& spec, double available_bytes) {
    const NetworkNeeds needs = network_needs(spec, false);
    constexpr double GiB = 1024.0 * 1024 * 1024;
    if (needs.memory_bytes <= available_bytes) return {};
    if (needs.variable_bytes > 0.1 * needs.memory_bytes) // kept several times over, if not by all
        return {{"L0350",
                 fmt::format("`record.variables`: {:.3g} GiB in a variant, of {:.3g} GiB that are "
                             "needed; this machine has {:.3g} GiB free",
                             needs.variable_bytes / GiB, needs.memory_bytes / GiB,
                             available_bytes / GiB),
                 "record fewer neurons, or lengthen `every`",
                 {"record.variables"}}};
    return {
        {"L0350",
         fmt::format("{:.3g} synapses and some {:.2g} spikes need {:.3g} GiB; this machine has "
                     "{:.3g} GiB free",
                     needs.synapses, needs.spikes, needs.memory_bytes / GiB, available_bytes / GiB),
         spec.circuit.tabled() ? "use fewer neurons or synapses, or a shorter task.duration"
                               : "lower circuit.scale or task.duration",
         {"circuit.scale", "circuit.populations", "task.duration"}}};
}

} // namespace

FoundProblem unknown_name(const std::string& what, const std::string& name,
                          const std::vector<std::string>& known, const std::string& key,
                          const std::vector<std::string>& inside) {
    const std::string near = nearest_word(name, known);
    return {"L0355",
            fmt::format("`{}`: {} `{}`", key, what, name),
            known.empty()  ? "delete the entry"
            : near.empty() ? "write one of " + quoted_list(known)
                           : fmt::format("did you mean `{}`?", near),
            {key},
            false,
            inside};
}

std::vector<FoundProblem> circuit_problems(const ExperimentSpec& spec, double available_bytes) {
    std::vector<FoundProblem> problems = mismatch(spec);
    if (!problems.empty() || spec.task.type != "resting_state") return problems;
    // such a network cannot be made
    problems = spec.circuit.tabled() ? table_problems(spec) : too_small(spec);
    if (!problems.empty()) return problems;
    const NetworkSpec network = network_of(spec);
    for (const auto& found :
         {coarse(spec, network), unseen_pulse(spec), too_late(spec, network), bad_windows(spec),
          unknown_records(spec, network), silence(spec), too_large(spec, available_bytes)})
        problems.insert(problems.end(), found.begin(), found.end());
    return problems;
}

} // namespace lamina
