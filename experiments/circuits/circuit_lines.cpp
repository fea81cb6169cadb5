#include "experiments/circuits/circuit_lines.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "experiments/circuits/model_tables.hpp"
#include "experiments/quantities.hpp"
#include "experiments/yaml_tree.hpp"
#include "sim/run_file/json.hpp"
#include "sim/spikes/rule_parameters.hpp"

namespace lamina {
namespace {

Json json_with_unit(double value, const std::string& unit) {
    return unit.empty() ? Json(value) : Json(number_text(value) + " " + unit);
}

Json law_json(const ValueLaw& law, const std::string& unit) {
    if (law.kind == LawKind::constant) return json_with_unit(law.mean, unit);
    static const char* const words[] = {"constant", "normal", "normal_redrawn", "lognormal",
                                        "uniform"};
    Json json{{"law", words[std::size_t(law.kind)]}};
    if (law.kind != LawKind::uniform) {
        json["mean"] = json_with_unit(law.mean, unit);
        json["sd"] = json_with_unit(law.sd, unit);
    }
    if (std::isfinite(law.least)) json["least"] = json_with_unit(law.least, unit);
    if (std::isfinite(law.most)) json["most"] = json_with_unit(law.most, unit);
    return json;
}

Json end_json(double to_ms) { return to_ms >= 1e15 ? Json("end") : json_with_unit(to_ms, "ms"); }

const std::string& input_name(const NeuronModelEntry& model, const std::string& channel) {
    return model.channels[std::size_t(channel_of(model, channel))];
}
const std::string& input_unit(const NeuronModelEntry& model, const std::string& channel) {
    return model.channel_units[std::size_t(channel_of(model, channel))];
}

class Lines {
  public:
    void population(const PopulationTable& table) {
        const NeuronPopulationSpec& p = table.neurons;
        const NeuronModelEntry& model = *find_line(circuit_neurons(), p.model);
        path_ = "circuit.populations." + p.name + ".";
        add("model", p.model);
        add("n", p.n);
        parameters("parameters.", model.parameters, p.parameters);
        for (const auto& [name, law] : p.start)
            add("start." + name, law_json(law, find_line(model.variables, name)->unit));
        Json drives = Json::array(), windows = Json::array(), spikes = Json::array();
        for (const PoissonDrive& d : p.drives)
            drives.push_back({{"rate", json_with_unit(d.rate_Hz, "Hz")},
                              {"weight", json_with_unit(d.weight, input_unit(model, d.channel))},
                              {"input", input_name(model, d.channel)},
                              {"from", json_with_unit(d.from_ms, "ms")},
                              {"to", end_json(d.to_ms)}});
        for (const ParameterWindow& w : p.protocol) {
            Json window{{"from", json_with_unit(w.from_ms, "ms")}, {"to", end_json(w.to_ms)}};
            for (const auto& [name, value] : w.parameters)
                window[name] = json_with_unit(value, find_line(model.parameters, name)->unit);
            windows.push_back(window);
        }
        for (const TimedSpike& spike : p.spikes)
            spikes.push_back(Json::array({json_with_unit(spike.time_ms, "ms"), spike.neuron}));
        if (!drives.empty()) add("drive", drives);
        if (!windows.empty()) add("protocol", windows);
        if (!table.spikes_file.empty())
            add("spikes", {{"file", table.spikes_file}});
        else if (!spikes.empty())
            add("spikes", spikes);
    }

    void projection(const ProjectionTable& table, const NeuronModelEntry& target) {
        const ProjectionSpec& p = table.each;
        path_ = "circuit.projections." + table.name + ".";
        add("from", table.from);
        add("to", table.to);
        add("rule.type", p.rule);
        for (const auto& [name, value] : p.parameters)
            add("rule." + name, json_with_unit(value, find_rule_parameter(name)->unit));
        add("rule.autapses", p.autapses);
        add("rule.multapses", p.multapses);
        if (!table.synapses_file.empty()) add("rule.file", table.synapses_file);
        const std::string& unit = input_unit(target, p.channel);
        if (table.has_weight) add("weight", law_json(p.weight, unit));
        if (table.has_delay) add("delay", law_json(p.delay_ms, "ms"));
        add("input", input_name(target, p.channel));
        add("synapse.model", p.synapse.model);
        std::vector<NeuronParameter> known =
            find_line(circuit_synapses(), p.synapse.model)->parameters;
        for (NeuronParameter& parameter : known)
            if (parameter.unit == std::string("weight")) parameter.unit = unit.c_str();
        parameters("synapse.", known, p.synapse.parameters);
    }

    std::vector<CircuitLine> lines;

  private:
    void add(const std::string& key, Json value) {
        lines.push_back({path_ + key, std::move(value)});
    }
    void parameters(const std::string& group, const std::vector<NeuronParameter>& table,
                    const std::map<std::string, double>& own) {
        for (const NeuronParameter& p : table) {
            const auto found = own.find(p.name);
            add(group + p.name,
                json_with_unit(found == own.end() ? p.value : found->second, p.unit));
        }
    }

    std::string path_;
};

/// Words, and numbers with their unit, need no quotes.
bool is_plain(const std::string& text) {
    const auto first = static_cast<unsigned char>(text.empty() ? ' ' : text[0]);
    const bool quantity =
        text.find(' ') != std::string::npos && (std::isdigit(first) != 0 || first == '-');
    const bool word = std::isalpha(first) && std::all_of(text.begin(), text.end(), [](char c) {
                          return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
                      });
    return quantity || word;
}

} // namespace

std::vector<CircuitLine> circuit_lines(const CircuitSpec& circuit) {
    Lines out;
    for (const PopulationTable& table : circuit.populations) out.population(table);
    for (const ProjectionTable& table : circuit.projections)
        for (const PopulationTable& target : circuit.populations)
            if (target.neurons.name == table.to.at(0))
                out.projection(table, *find_line(circuit_neurons(), target.neurons.model));
    return std::move(out.lines);
}

std::string flow_yaml(const Json& value) {
    std::string out;
    const auto item = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
    if (value.is_array()) {
        for (const Json& entry : value) item(flow_yaml(entry));
        return "[" + out + "]";
    }
    if (value.is_object()) {
        for (const auto& entry : value.items()) item(entry.key() + ": " + flow_yaml(entry.value()));
        return "{" + out + "}";
    }
    if (value.is_number_float()) return number_text(value.get<double>());
    if (!value.is_string()) return value.dump();
    YamlNode node;
    node.text = value.get<std::string>();
    node.plain = is_plain(node.text);
    return flow_text(node);
}

} // namespace lamina
