/// `lamina list`: what can be named in a file, one line each, with its source.
#include "experiments/commands/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "analysis/published.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/model_tables.hpp"
#include "experiments/fields.hpp"
#include "experiments/problems.hpp"
#include "experiments/shipped.hpp"
#include "experiments/suggest.hpp"
#include "experiments/task_catalogue.hpp"
#include "models/catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/rule_parameters.hpp"

namespace lamina::commands {

namespace {

struct Line {
    std::string name, meaning, source;
    std::vector<std::string> inputs{}, parameters{}; ///< of what a circuit's tables can name
};

template <class Parameters> std::vector<std::string> texts_of(const Parameters& parameters) {
    std::vector<std::string> texts;
    for (const NeuronParameter& p : parameters)
        texts.push_back(fmt::format("{:<12} {:g}{}{}: {}", p.name, p.value,
                                    *p.unit == '\0' ? "" : " ", p.unit, p.meaning));
    return texts;
}

std::vector<Line> neuron_lines() {
    std::vector<Line> lines;
    for (const NeuronModelEntry& model : circuit_neurons()) {
        Line line{model.name, model.summary, model.source};
        for (std::size_t c = 0; c < model.channels.size(); ++c)
            line.inputs.push_back(model.channels[c] + (model.channel_units[c].empty()
                                                           ? ""
                                                           : " (" + model.channel_units[c] + ")"));
        line.parameters = texts_of(model.parameters);
        lines.push_back(line);
    }
    return lines;
}

std::vector<Line> rule_lines() {
    std::vector<Line> lines;
    for (const ConnectionRule& rule : circuit_rules()) {
        Line line{rule.name, rule.summary, ""};
        for (const char* name : rule.parameters) {
            const RuleParameter& p = *find_rule_parameter(name);
            line.parameters.push_back(
                fmt::format("{:<12} {}{}", p.name, p.meaning,
                            *p.unit == '\0' ? "" : fmt::format(" ({})", p.unit)));
        }
        lines.push_back(line);
    }
    return lines;
}

std::vector<Line> synapse_lines() {
    std::vector<Line> lines;
    for (const SynapseModelLine& model : circuit_synapses())
        lines.push_back({model.name, model.summary, model.source, {}, texts_of(model.parameters)});
    return lines;
}

struct ListedKind {
    const char* name;
    std::vector<Line> (*lines)();
};

template <class Models> std::vector<Line> lines_of() {
    std::vector<Line> lines;
    for (const ModelEntry& entry : entries(Models{}))
        lines.push_back({entry.name, entry.summary, entry.source});
    return lines;
}

const ListedKind kinds[] = {
    {"scores", lines_of<ScoreMechanisms>},
    {"inhibitions", lines_of<Inhibitions>},
    {"integrators",
     []() -> std::vector<Line> {
         return {{"exponential", "exact for the linear part, second order for the gate loop",
                  "docs/model.md"},
                 {"euler", "explicit Euler, Euler-Maruyama with noise", "Boost.Odeint"},
                 {"rk4", "classical Runge-Kutta of order 4", "Boost.Odeint"},
                 {"dopri5", "Dormand-Prince 5(4), step size controlled", "Boost.Odeint"},
                 {"rosenbrock4", "for stiff columns of up to 256 variables, step size controlled",
                  "Boost.Odeint"}};
     }},
    {"tasks",
     [] {
         std::vector<Line> lines;
         for (const TaskKind& kind : task_kinds())
             lines.push_back({kind.name, kind.meaning, kind.source});
         // and those that have no trials
         for (const Choice& choice : find_field("task.type")->choices)
             if (std::none_of(lines.begin(), lines.end(),
                              [&](const Line& line) { return line.name == choice.name; }))
                 lines.push_back({choice.name, choice.meaning, ""});
         return lines;
     }},
    {"circuits",
     [] {
         std::vector<Line> lines;
         for (const CircuitKind& kind : circuit_kinds())
             lines.push_back({kind.name, kind.meaning, kind.source});
         return lines;
     }},
    {"neurons", neuron_lines},
    {"rules", rule_lines},
    {"synapses", synapse_lines},
    {"data",
     [] {
         std::vector<Line> lines;
         for (const std::string& name : analysis::published_names()) {
             const auto data = analysis::read_published(name);
             lines.push_back({name, data.found ? data.title : data.note, data.source});
         }
         return lines;
     }},
    {"experiments",
     [] {
         std::vector<Line> lines;
         for (const ShippedExperiment& e : shipped_experiments())
             lines.push_back({e.name, e.title, e.file});
         return lines;
     }},
    {"errors",
     [] {
         std::vector<Line> lines;
         for (const ProblemKind& kind : problem_kinds())
             lines.push_back({kind.id, kind.title, kind.remedy});
         return lines;
     }},
};

nlohmann::ordered_json line_json(const Line& line) {
    nlohmann::ordered_json json = {
        {"name", line.name}, {"meaning", line.meaning}, {"source", line.source}};
    if (!line.inputs.empty()) json["inputs"] = line.inputs;
    if (!line.parameters.empty()) json["parameters"] = line.parameters;
    return json;
}

/// @param whole  with inputs and parameters
void print(const Line& line, bool whole) {
    std::printf("  %-26s %s\n", line.name.c_str(), line.meaning.c_str());
    if (!line.source.empty()) std::printf("  %-26s   %s\n", "", line.source.c_str());
    if (!whole) return;
    if (!line.inputs.empty())
        std::printf("      inputs       %s\n", quoted_list(line.inputs, "and").c_str());
    for (const std::string& parameter : line.parameters)
        std::printf("      %s\n", parameter.c_str());
}

} // namespace

int list(const std::string& wanted, bool json) {
    std::vector<std::string> names;
    bool known = wanted.empty();
    for (const ListedKind& kind : kinds) {
        names.push_back(kind.name);
        known = known || wanted == kind.name;
    }
    if (!known)
        throw SpecError(fmt::format("error[L0403]: nothing is listed under '{}'\n  = help: {}",
                                    wanted, quoted_list(names)));
    nlohmann::ordered_json all;
    for (const ListedKind& kind : kinds) {
        if (!wanted.empty() ? wanted != kind.name : kind.name == std::string("errors")) continue;
        if (!json) std::printf("%s\n", kind.name);
        for (const Line& line : kind.lines()) {
            if (json)
                all[kind.name].push_back(line_json(line));
            else
                print(line, !wanted.empty());
        }
    }
    if (json) std::printf("%s\n", all.dump(2).c_str());
    return 0;
}

} // namespace lamina::commands
