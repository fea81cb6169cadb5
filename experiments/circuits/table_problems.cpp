#include "experiments/circuits/table_problems.hpp"

#include <cmath>
#include <map>

#include <fmt/format.h>

#include "experiments/circuits/model_tables.hpp"
#include "experiments/circuits/table_files.hpp"
#include "experiments/quantities.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {
namespace {

using Problems = std::vector<FoundProblem>;

/// A complaint "what; what to do" of somebody else, as a problem at `key`.
FoundProblem told(const char* id, const std::string& key, const std::string& why,
                  const std::string& usual_help) {
    const std::size_t end = why.rfind("; ");
    return {id,
            fmt::format("`{}`: {}", key, why.substr(0, end)),
            end == std::string::npos ? usual_help : why.substr(end + 2),
            {key}};
}

/// Files that are not there, or not what they should be.
void files(const ExperimentSpec& spec, Problems& problems) {
    for (const PopulationTable& table : spec.circuit.populations) try {
            with_spikes(table, spec.folder);
        } catch (const SpecError& why) {
            problems.push_back(told("L0342",
                                    "circuit.populations." + table.neurons.name + ".spikes.file",
                                    why.what(), "name another file"));
        }
    for (const ProjectionTable& table : spec.circuit.projections) try {
            with_synapses(table, spec.folder);
        } catch (const SpecError& why) {
            problems.push_back(told("L0342", "circuit.projections." + table.name + ".rule.file",
                                    why.what(), "name another file"));
        }
}

/// A neuron that its model refuses: one of each population is built.
void neurons(const ExperimentSpec& spec, Problems& problems) {
    for (const PopulationTable& table : spec.circuit.populations) {
        if (!find_line(neuron_models(), table.neurons.model)) continue;
        NetworkSpec alone;
        alone.dt_ms = spec.area.dt_ms;
        alone.populations = {table.neurons};
        alone.populations[0].n = 1;
        alone.populations[0].spikes.clear();
        const std::string path = "circuit.populations." + table.neurons.name;
        try {
            SpikingNetwork(alone, spec.seed, {});
        } catch (const SpecError& why) {
            // "E: what (model)"
            FoundProblem problem =
                told("L0386", path, std::string(why.what()).substr(table.neurons.name.size() + 2),
                     "`lamina list neurons` has the usual values");
            problem.keys = {path + ".parameters", path};
            problems.push_back(problem);
        }
    }
}

/// What somebody else told of a population, without the name that it begins with: "E: what".
std::string without_name(const std::string& why) { return why.substr(why.find(": ") + 2); }

/// Spikes that no neuron can have: two in one step, or one at the very start.
void spikes(const ExperimentSpec& spec, Problems& problems) {
    for (const PopulationTable& table : spec.circuit.populations) {
        if (table.neurons.model != "spike_times") continue;
        NetworkSpec alone;
        alone.dt_ms = spec.area.dt_ms;
        alone.populations = {with_spikes(table, spec.folder)};
        try {
            SpikingNetwork(alone, spec.seed, {});
        } catch (const SpecError& why) {
            problems.push_back(told("L0384",
                                    "circuit.populations." + table.neurons.name + ".spikes",
                                    without_name(why.what()), "write each spike once"));
        }
    }
}

/// Synapses that their model refuses: one of each projection is built.
void synapses(const ExperimentSpec& spec, Problems& problems) {
    for (const ProjectionTable& table : spec.circuit.projections) {
        ProjectionSpec p = with_synapses(table, spec.folder);
        const std::string path = "circuit.projections." + table.name;
        const double dt_ms = spec.area.dt_ms, longest_ms = delay_ends_ms(p).largest;
        if (!(std::round(longest_ms / dt_ms) <= double(longest_delay_steps))) {
            problems.push_back(
                {"L0382",
                 fmt::format("`{}.delay` reaches {} ms, and {} steps of {:g} ms are "
                             "the longest",
                             path, number_text(longest_ms), longest_delay_steps, dt_ms),
                 "write a shorter delay, bound its law by `most`, or raise dt",
                 {path + ".delay", path + ".rule", path}});
            continue;
        }
        NetworkSpec alone;
        alone.dt_ms = dt_ms;
        for (const PopulationTable& ends : spec.circuit.populations)
            if (ends.neurons.name == table.from[0] || ends.neurons.name == table.to[0]) {
                alone.populations.push_back(ends.neurons);
                alone.populations.back().n = 1;
                alone.populations.back().spikes.clear();
            }
        p.from = table.from[0], p.to = table.to[0];
        p.rule = "one_to_one", p.parameters.clear(), p.autapses = true;
        p.delay_ms = {LawKind::constant, dt_ms};
        if (!p.table.synapses.empty()) { // weights of a table are told by their ends
            const ValueEnds ends = weight_ends(p);
            if (p.table.has_weights)
                p.weight = {LawKind::uniform, 0, 0, ends.smallest, ends.largest};
            p.table = {};
        }
        alone.projections = {p};
        try {
            SpikingNetwork(alone, spec.seed, {});
        } catch (const SpecError& why) {
            problems.push_back(told("L0388", path + ".synapse", without_name(why.what()),
                                    "`lamina list synapses` has the usual values"));
        }
    }
}

/// Pairs of populations that the rule cannot connect.
void pairs(const ExperimentSpec& spec, Problems& problems) {
    std::map<std::string, std::uint32_t> size;
    for (const PopulationTable& table : spec.circuit.populations)
        size[table.neurons.name] = table.neurons.n;
    for (const ProjectionTable& table : spec.circuit.projections)
        for (const std::string& from : table.from)
            for (const std::string& to : table.to) {
                const std::string path = "circuit.projections." + table.name + ".rule";
                const auto refuse = [&](const std::string& why, const std::string& help) {
                    problems.push_back({"L0387",
                                        fmt::format("`{}`: {} -> {}: {}", path, from, to, why),
                                        help,
                                        {path}});
                };
                const ProjectionSpec& p = table.each;
                const bool in_degree = p.rule == "fixed_in_degree",
                           degree = in_degree || p.rule == "fixed_out_degree";
                const double choices =
                    double(in_degree ? size[from] : size[to]) - (from == to && !p.autapses ? 1 : 0);
                const auto number = p.parameters.find("number");
                if (p.rule == "one_to_one" && size[from] != size[to])
                    refuse(fmt::format("one_to_one needs populations of one size, and they have {} "
                                       "and {} neurons",
                                       size[from], size[to]),
                           "use the same n, or another rule");
                else if (degree && !p.multapses && number->second > choices)
                    refuse(fmt::format("{:g} different partners of {:g}", number->second, choices),
                           "lower number, or allow multapses");
                else if (number != p.parameters.end() && number->second > 0 && choices < 1)
                    refuse("there is no pair of neurons to connect",
                           "allow autapses, or use more neurons");
            }
}

/// Times that lie between two steps.
void between_steps(const ExperimentSpec& spec, Problems& problems) {
    const double dt_ms = spec.area.dt_ms;
    const auto check = [&](const std::string& key, double time_ms) {
        const double steps = time_ms / dt_ms;
        // a decimal and its quotient are each rounded once: 4 eps, with room for a decimal dt
        if (time_ms > 1e15 || std::fabs(steps - std::round(steps)) <= 1e-12 * std::max(1.0, steps))
            return;
        problems.push_back({"L0310",
                            fmt::format("`{}` = {} ms is not a multiple of dt = {} ms", key,
                                        number_text(time_ms), number_text(dt_ms)),
                            steps < 1
                                ? fmt::format("use {:.12g} ms", dt_ms)
                                : fmt::format("use {:.12g} ms or {:.12g} ms",
                                              std::floor(steps) * dt_ms, std::ceil(steps) * dt_ms),
                            {key, "simulation.dt"}});
    };
    for (const PopulationTable& table : spec.circuit.populations) {
        const std::string path = "circuit.populations." + table.neurons.name;
        for (const PoissonDrive& d : table.neurons.drives)
            check(path + ".drive", d.from_ms), check(path + ".drive", d.to_ms);
        for (const ParameterWindow& w : table.neurons.protocol)
            check(path + ".protocol", w.from_ms), check(path + ".protocol", w.to_ms);
    }
    for (const ProjectionTable& table : spec.circuit.projections)
        if (table.has_delay && table.each.delay_ms.kind == LawKind::constant)
            check("circuit.projections." + table.name + ".delay", table.each.delay_ms.mean);
}

} // namespace

std::vector<FoundProblem> table_problems(const ExperimentSpec& spec) {
    Problems problems;
    files(spec, problems);
    neurons(spec, problems);
    pairs(spec, problems);
    between_steps(spec, problems);
    if (!problems.empty()) return problems; // what cannot be built is told already
    spikes(spec, problems);
    synapses(spec, problems);
    return problems;
}

} // namespace lamina
