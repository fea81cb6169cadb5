#include "experiments/circuits/describe_network.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/model_tables.hpp"
#include "experiments/circuits/network_cost.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/neuron_part.hpp"

namespace lamina {
namespace {

std::string law_text(const ValueLaw& law, const std::string& unit) {
    const auto ends = [&] {
        std::string text;
        if (std::isfinite(law.least)) text += fmt::format(", at least {:.4g}", law.least);
        if (std::isfinite(law.most)) text += fmt::format(", at most {:.4g}", law.most);
        return text + " " + unit;
    };
    switch (law.kind) {
    case LawKind::constant:
        return fmt::format("{:.5g} {}", law.mean, unit);
    case LawKind::normal_clipped:
        return fmt::format("normal, mean {:.5g}, SD {:.4g}", law.mean, law.sd) + ends();
    case LawKind::normal_redrawn:
        return fmt::format("truncated normal, mean {:.5g}, SD {:.4g}", law.mean, law.sd) + ends();
    case LawKind::lognormal:
        return fmt::format("lognormal, mean {:.5g}, SD {:.4g} {}", law.mean, law.sd, unit);
    case LawKind::uniform:
        return fmt::format("uniform, {:.5g} to {:.5g} {}", law.least, law.most, unit);
    }
    return "";
}

const NeuronModelEntry& model_of(const NeuronPopulationSpec& population) {
    return *find_line(circuit_neurons(), population.model);
}

const NeuronPopulationSpec& population_of(const NetworkSpec& network, const std::string& name) {
    return *std::find_if(network.populations.begin(), network.populations.end(),
                         [&](const NeuronPopulationSpec& p) { return p.name == name; });
}

/// The unit of what arrives at an input of a population.
const char* unit_of_input(const NeuronPopulationSpec& population, const std::string& channel) {
    const NeuronModelEntry& model = model_of(population);
    return model.channel_units[std::size_t(channel_of(model, channel))].c_str();
}

std::string window_text(double from_ms, double to_ms) {
    if (from_ms <= 0 && to_ms >= 1e15) return "";
    return to_ms >= 1e15 ? fmt::format(", from {:g} ms on", from_ms)
                         : fmt::format(", {:g} to {:g} ms", from_ms, to_ms);
}

/// A value with the unit that its model gives it.
std::string value_text(const NeuronModelEntry& model, const std::string& parameter, double value) {
    for (const NeuronParameter& p : model.parameters)
        if (parameter == p.name)
            return value >= 1e15 ? "without end" : fmt::format("{:.6g} {}", value, p.unit);
    return fmt::format("{:.6g}", value);
}

DescribedTable network_populations_table(const NetworkSpec& network) {
    DescribedTable table{"B",
                         "Populations",
                         {"name", "neurons", "model", "own parameters", "start"},
                         {0.12, 0.12, 0.14, 0.3, 0.32},
                         {}};
    for (const NeuronPopulationSpec& p : network.populations) {
        std::string own, start;
        for (const auto& [name, value] : p.parameters)
            own += fmt::format("{}{} = {}", own.empty() ? "" : ", ", name,
                               value_text(model_of(p), name, value));
        for (const auto& [name, law] : p.start)
            start += fmt::format("{}{}: {}", start.empty() ? "" : ", ", name,
                                 law_text(law, find_line(model_of(p).variables, name)->unit));
        table.rows.push_back({{p.name, DescribedCell::Kind::code},
                              {std::to_string(p.n)},
                              {p.model, DescribedCell::Kind::code},
                              {own},
                              {start}});
    }
    return table;
}

/// A synapse model with all its parameters.
std::string synapse_text(const SynapseSpec& synapse) {
    std::string text = synapse.model;
    for (const NeuronParameter& p : find_line(circuit_synapses(), synapse.model)->parameters) {
        const auto own = synapse.parameters.find(p.name);
        text += fmt::format(" {} = {:.6g}{}{}", p.name,
                            own == synapse.parameters.end() ? p.value : own->second,
                            *p.unit == '\0' ? "" : " ", p.unit);
    }
    return text;
}

DescribedTable network_connectivity_table(const NetworkSpec& network) {
    DescribedTable table{"C",
                         "Connectivity",
                         {"from", "to", "rule", "weight", "delay"},
                         {0.08, 0.08, 0.24, 0.32, 0.28},
                         {}};
    for (const ProjectionSpec& p : network.projections) {
        std::string rule = p.rule;
        for (const auto& [name, value] : p.parameters)
            rule += fmt::format(", {} {:.10g}", name, value);
        if (p.from == p.to && !p.autapses) rule += ", no autapses";
        if (!p.multapses) rule += ", no multapses";
        std::string weight =
            p.table.has_weights
                ? "of the table"
                : law_text(p.weight, unit_of_input(population_of(network, p.to), p.channel));
        if (!p.channel.empty()) weight += ", " + p.channel;
        if (p.synapse.model != "static") weight += ", " + synapse_text(p.synapse);
        table.rows.push_back({{p.from, DescribedCell::Kind::code},
                              {p.to, DescribedCell::Kind::code},
                              {rule},
                              {weight},
                              {p.table.has_delays ? "of the table" : law_text(p.delay_ms, "ms")}});
    }
    return table;
}

/// The models in use, and after each its parameters where table B gives none.
DescribedTable network_neurons_table(const NetworkSpec& network) {
    DescribedTable table{"D",
                         "Neurons",
                         {"model, parameter", "what it is", "source, value"},
                         {0.22, 0.46, 0.32},
                         {}};
    std::set<std::string> used;
    for (const NeuronPopulationSpec& p : network.populations) used.insert(p.model);
    for (const NeuronModelEntry& model : circuit_neurons()) {
        if (used.count(model.name) == 0) continue;
        table.rows.push_back(
            {{model.name, DescribedCell::Kind::code}, {model.summary}, {model.source}});
        for (const NeuronParameter& p : model.parameters)
            table.rows.push_back({{p.name, DescribedCell::Kind::code},
                                  {p.meaning},
                                  {value_text(model, p.name, p.value)}});
    }
    return table;
}

DescribedTable network_input_table(const ExperimentSpec& spec, const NetworkSpec& network) {
    DescribedTable table{"E", "Input", {}, {0.25, 0.75}, {}};
    for (const NeuronPopulationSpec& p : network.populations) {
        const auto add = [&](const std::string& text) {
            table.rows.push_back({{p.name, DescribedCell::Kind::code}, {text}});
        };
        for (const PoissonDrive& d : p.drives)
            add(fmt::format("Poisson spikes, {:.6g} Hz in all, weight {:.5g} {}", d.rate_Hz,
                            d.weight, unit_of_input(p, d.channel)) +
                window_text(d.from_ms, d.to_ms));
        const auto bias = p.parameters.find("I_bias");
        if (!spec.circuit.tabled() && bias != p.parameters.end() && bias->second != 0)
            add(fmt::format("constant current, {:.6g} pA", bias->second));
        for (const ParameterWindow& w : p.protocol) {
            std::string text;
            for (const auto& [name, value] : w.parameters)
                text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name,
                                    value_text(model_of(p), name, value));
            add(text + window_text(w.from_ms, w.to_ms));
        }
        if (!p.spikes.empty()) add(fmt::format("{} spikes that are given", p.spikes.size()));
    }
    if (table.rows.empty())
        table.rows.push_back({{"none"}, {"activity goes on from the start of table B"}});
    table.rows.push_back({{"time"},
                          {fmt::format("{:g} ms are discarded, {:g} ms recorded",
                                       spec.task.discard_ms, spec.task.duration_ms)}});
    return table;
}

DescribedTable network_measurements_table() {
    return {
        "F",
        "Measurements",
        {"measure", "definition"},
        {0.27, 0.73},
        {{{"rate"},
          {"spikes per neuron and second; interval by bootstrap over twentieths of the "
           "recording"}},
         {{"CV of intervals"}, {"SD over mean of a neuron's intervals, neurons with 10 or more"}},
         {{"synchrony"}, {"variance over mean of counts in 3 ms, first 1000 neurons"}},
         {{"correlation"}, {"of counts in 2 ms, pairs of the first 250 neurons that spiked"}},
         {{"events, bursts"},
          {"spikes behind a silence longer than task.burst_interval; events with a second spike "
           "within it"}},
         {{"modulation"},
          {"coefficient of variation of the rate that neurons share, in 0.5 ms; regime: "
           "synchronous above 0.707, regular below a CV of 0.25"}},
         {{"spectra"}, {"population rate in 1 ms, Welch's method, Hann windows of 512 ms"}}}};
}

} // namespace

std::vector<DescribedTable> describe_network(const ExperimentSpec& spec) {
    const NetworkSpec network = network_of(spec);
    return {network_populations_table(network), network_connectivity_table(network),
            network_neurons_table(network), network_input_table(spec, network),
            network_measurements_table()};
}

std::vector<std::vector<DescribedCell>> network_summary(const ExperimentSpec& spec) {
    const NetworkNeeds needs = network_needs(spec, false);
    const NetworkSpec network = network_of(spec);
    std::string topology = "tables of the experiment file";
    if (const CircuitKind* const circuit = find_circuit(spec.circuit.model))
        topology = circuit->name + ": " + circuit->meaning + "; " + circuit->source;
    std::set<std::string> dynamics;
    for (const ProjectionSpec& p : network.projections)
        if (p.synapse.model != "static") dynamics.insert(p.synapse.model);
    std::string plasticity;
    for (const std::string& name : dynamics) plasticity += (plasticity.empty() ? "" : ", ") + name;
    return {{{"populations"},
             {fmt::format("{} of spiking neurons (table B)", network.populations.size())}},
            {{"topology"}, {topology}},
            {{"connectivity"},
             {fmt::format("{:.0f} synapses onto {:.0f} neurons (table C)", needs.synapses,
                          needs.neurons)}},
            {{"neuron model"}, {"table D"}},
            {{"plasticity"}, {plasticity.empty() ? "none" : plasticity + " (table C)"}},
            {{"input"}, {"table E"}},
            {{"measurements"}, {"rates, irregularity, synchrony, correlations, spectra (table F)"}},
            {{"integration"},
             {fmt::format("dt = {:g} ms; spikes and delays on the grid", spec.area.dt_ms)}}};
}

} // namespace lamina
