#include "experiments/circuits/read_tables.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/suggest.hpp"
#include "sim/spikes/rule_parameters.hpp"

namespace lamina {
namespace {

std::string text_with_unit(double value, const std::string& unit) {
    return fmt::format("{:g}{}{}", value, unit.empty() ? "" : " ", unit);
}

/// A row for a number that a model's table describes.
Field number_row(const std::string& path, const std::string& unit, const std::string& meaning,
                 const std::string& example) {
    Field row;
    row.path = path;
    row.kind = unit.empty() ? FieldKind::number : FieldKind::quantity;
    row.unit = unit;
    row.meaning = meaning;
    row.example = example;
    return row;
}

Field parameter_row(const NeuronParameter& parameter, const std::string& path) {
    Field row = number_row(path, parameter.unit, parameter.meaning,
                           text_with_unit(parameter.value, parameter.unit));
    if (parameter.sign != Sign::any) row.range.low = 0;
    row.range.above = parameter.sign == Sign::positive;
    return row;
}

/// The law's words in the order of LawKind.
const std::vector<std::string> law_words = {"constant", "normal", "normal_redrawn", "lognormal",
                                            "uniform"};

/// Does a law of this kind look at this key?
bool law_has(LawKind kind, const std::string& key) {
    if (key == "mean") return kind != LawKind::uniform;
    if (key == "sd") return kind != LawKind::constant && kind != LawKind::uniform;
    return kind != LawKind::constant && kind != LawKind::lognormal;
}

bool must_have(LawKind kind, const std::string& key) {
    return law_has(kind, key) && (key == "mean" || key == "sd" || kind == LawKind::uniform);
}

} // namespace

// ------------------------------------------------------------------------------ one value

const YamlNode* CircuitReader::given(const std::string& path) const {
    const auto found = out_.given.find(path);
    return found == out_.given.end() ? nullptr : found->second.value.get();
}

std::optional<FieldValue> CircuitReader::read_row(Field row, const std::string& path) {
    const YamlNode* const node = given(path);
    if (!node) return {};
    row.path = path;
    return reader_.value_of(row, *node);
}

template <class T> std::optional<T> CircuitReader::value(const std::string& path) {
    const std::optional<FieldValue> read = read_row(*find_field(path), path);
    return read ? std::optional<T>(std::get<T>(*read)) : std::nullopt;
}

std::optional<double> CircuitReader::number(const std::string& path, const std::string& unit) {
    const Field& known = *find_field(path);
    const std::optional<FieldValue> read =
        read_row(number_row(path, unit, known.meaning, text_with_unit(1, unit)), path);
    return read ? std::optional<double>(std::get<double>(*read)) : std::nullopt;
}

void CircuitReader::missing(const std::string& path, const YamlNode& at,
                            const std::string& example) {
    const Field* const row = find_field(path);
    const std::string key = path.substr(path.rfind('.') + 1);
    reader_.error("L0203", fmt::format("`{}` is missing", path), at)
        .help.push_back(fmt::format("write `{}: {}`: {}", key, example,
                                    row ? row->meaning : find_section(path)->meaning));
}

void CircuitReader::unknown(const YamlEntry& entry, const std::string& section,
                            const std::string& model, const std::vector<std::string>& known) {
    Problem& problem = out_.problems.error(
        "L0204", fmt::format("unknown key `{}` in `{}`", entry.key.substr(0, 60), section),
        *entry.key_source, entry.key_mark);
    const std::string near = nearest_word(entry.key, known);
    problem.help.push_back(near.empty() ? "delete the key"
                                        : fmt::format("did you mean `{}`?", near));
    problem.notes.push_back(known.empty()
                                ? fmt::format("{} has no parameters", model)
                                : fmt::format("{} knows {}", model, quoted_list(known, "and")));
}

// ------------------------------------------------------------------------------ laws, parameters

std::map<std::string, double> CircuitReader::parameters(const YamlNode* map,
                                                        const std::string& path,
                                                        const Parameters& table,
                                                        const std::string& model, bool all) {
    std::map<std::string, double> values;
    if (!map || !map->is_map()) return values;
    for (const YamlEntry& entry : map->entries) {
        const std::string here = path + "." + entry.key;
        const Field* const row = find_field(here);
        if (!row || row->kind != FieldKind::tabled) continue; // a key of its own, or told already
        const NeuronParameter* const known = find_line(table, entry.key);
        if (!known) {
            unknown(entry, path, model, names_of(table));
            continue;
        }
        const std::optional<FieldValue> read = read_row(parameter_row(*known, here), here);
        if (!read) continue;
        const double value = std::get<double>(*read);
        if (all || value != known->value) values[entry.key] = value;
    }
    return values;
}

std::optional<ValueLaw> CircuitReader::law(const std::string& path, const std::string& unit) {
    const YamlNode* const written = given(path);
    if (!written) return {};
    const std::size_t n_before = out_.problems.n_errors();
    ValueLaw law;
    const auto word = value<std::string>(path + ".law");
    if (word)
        law.kind =
            LawKind(std::find(law_words.begin(), law_words.end(), *word) - law_words.begin());
    else if (!given(path + ".law") && given(path + ".sd"))
        missing(path + ".law", *written, "normal");
    if (out_.problems.n_errors() > n_before) return {};
    for (const auto& [key, member] : {std::pair{"mean", &ValueLaw::mean},
                                      {"sd", &ValueLaw::sd},
                                      {"least", &ValueLaw::least},
                                      {"most", &ValueLaw::most}}) {
        const std::string here = path + "." + key;
        if (given(here) && !law_has(law.kind, key))
            out_.idle[here] = "the law is " + law_words[std::size_t(law.kind)];
        else if (const auto x = number(here, unit))
            law.*member = *x;
        else if (!given(here) && must_have(law.kind, key))
            missing(here, *written, text_with_unit(1, unit));
    }
    if (out_.problems.n_errors() == n_before) law_ends(path, law);
    return out_.problems.n_errors() > n_before ? std::nullopt : std::optional<ValueLaw>(law);
}

/// Refuses laws from which nothing can be drawn.
void CircuitReader::law_ends(const std::string& path, const ValueLaw& law) {
    const auto refuse = [&](const std::string& why, const std::string& key,
                            const std::string& remedy) {
        const YamlNode* const at = given(path + "." + key);
        reader_.error("L0382", fmt::format("`{}`: {}", path, why), at ? *at : *given(path))
            .help.push_back(remedy);
    };
    const bool redrawn = law.kind == LawKind::normal_redrawn;
    if (law.least > law.most)
        return refuse(fmt::format("least = {:g} lies above most = {:g}", law.least, law.most),
                      "least", "exchange them");
    if (law.sd < 0 || (redrawn && law.sd == 0))
        return refuse(fmt::format("sd = {:g} must be {} 0", law.sd, redrawn ? ">" : ">="), "sd",
                      "write a standard deviation, or law: constant");
    if (law.kind == LawKind::lognormal && law.mean == 0)
        return refuse("a lognormal law has no mean of 0", "mean", "write another mean");
    // 2^32 words are shared out among what lies within
    constexpr double least_share = 1e-6;
    if (redrawn && normal_share_below((law.most - law.mean) / law.sd) -
                           normal_share_below((law.least - law.mean) / law.sd) <
                       least_share)
        refuse(fmt::format("less than a millionth of normal({:g}, {:g}) lies within least and most",
                           law.mean, law.sd),
               given(path + ".least") ? "least" : "most", "move the ends nearer to the mean");
}

bool CircuitReader::interval(const std::string& path, double& from_ms, double& to_ms) {
    from_ms = value<double>(path + ".from").value_or(0);
    const auto to = value<double>(path + ".to");
    const YamlNode* const written = given(path + ".to");
    if (!to) return !written;
    if (written->text == "end") return true;
    to_ms = *to;
    if (to_ms > from_ms) return true;
    reader_
        .error("L0383",
               fmt::format("`{}` ends at {:g} ms and begins at {:g} ms", path, to_ms, from_ms),
               *written)
        .help.emplace_back("write a later `to`, or `to: end`");
    return false;
}

std::vector<std::pair<const YamlNode*, std::string>> CircuitReader::items(const YamlNode& owner,
                                                                          const std::string& path) {
    const YamlEntry* const entry = owner.find(path.substr(path.rfind('.') + 1));
    if (!entry) return {};
    const YamlNode& node = *entry->value;
    if (node.is_map()) return {{&node, path}};
    if (node.is_list() && node.entries.empty())
        reader_.error("L0222", fmt::format("`{}` is an empty list", path), node)
            .help.emplace_back("delete the key");
    std::vector<std::pair<const YamlNode*, std::string>> all;
    for (std::size_t i = 0; node.is_list() && i < node.entries.size(); ++i)
        if (node.entries[i].value->is_map())
            all.emplace_back(node.entries[i].value.get(), path + "." + std::to_string(i));
    return all;
}

// ------------------------------------------------------------------------------ populations

void CircuitReader::population(const YamlNode& node, const std::string& name,
                               const std::string& path) {
    PopulationTable table;
    NeuronPopulationSpec& neurons = table.neurons;
    neurons.name = name;
    neurons.model = value<std::string>(path + ".model").value_or("");
    if (!given(path + ".model")) missing(path + ".model", node, "lif_exp");
    const auto n = value<std::int64_t>(path + ".n");
    if (!given(path + ".n")) missing(path + ".n", node, "1000");
    neurons.n = std::uint32_t(n.value_or(0));
    model_of_[neurons.name] = neurons.model;
    const NeuronModelEntry* const model = find_line(circuit_neurons(), neurons.model);
    if (!model) return;

    const auto below = [&](const char* key) {
        const YamlEntry* const found = node.find(key);
        return found ? found->value.get() : nullptr;
    };
    neurons.parameters = parameters(below("parameters"), path + ".parameters", model->parameters,
                                    model->name, false);
    if (const YamlNode* const start = below("start"))
        for (const YamlEntry& variable : start->entries) {
            const NeuronVariable* const known = find_line(model->variables, variable.key);
            const std::string here = path + ".start." + variable.key;
            if (!known)
                unknown(variable, path + ".start", model->name, names_of(model->variables));
            else if (const auto drawn = law(here, known->unit))
                neurons.start[variable.key] = *drawn;
        }
    for (const auto& [map, here] : items(node, path + ".drive")) drive(table, *model, *map, here);
    for (const auto& [map, here] : items(node, path + ".protocol"))
        window(table, *model, *map, here);
    spikes(table, path + ".spikes");
    out_.spec.circuit.populations.push_back(std::move(table));
}

void CircuitReader::drive(PopulationTable& table, const NeuronModelEntry& model,
                          const YamlNode& node, const std::string& path) {
    PoissonDrive drive;
    const auto input = this->input(path + ".input", model.channels);
    const auto rate_Hz = value<double>(path + ".rate");
    if (!given(path + ".rate")) missing(path + ".rate", node, "20 kHz");
    const bool timed = interval(path, drive.from_ms, drive.to_ms);
    if (!input) return;
    const std::string& unit = model.channel_units[std::size_t(channel_of(model, *input))];
    const auto weight = number(path + ".weight", unit);
    if (!given(path + ".weight")) missing(path + ".weight", node, text_with_unit(0.1, unit));
    if (!rate_Hz || !weight || !timed) return;
    drive.rate_Hz = *rate_Hz;
    drive.weight = *weight;
    drive.channel = *input;
    table.neurons.drives.push_back(drive);
}

void CircuitReader::window(PopulationTable& table, const NeuronModelEntry& model,
                           const YamlNode& node, const std::string& path) {
    ParameterWindow window;
    if (!interval(path, window.from_ms, window.to_ms)) return;
    const std::size_t n_before = out_.problems.n_errors();
    window.parameters = parameters(&node, path, model.parameters, model.name, true);
    if (window.parameters.empty() && out_.problems.n_errors() == n_before)
        reader_.error("L0203", fmt::format("`{}` names no parameter that differs", path), node)
            .help.emplace_back("write for example {from: 2 s, to: 3 s, mu: 26 mV}");
    table.neurons.protocol.push_back(std::move(window));
}

void CircuitReader::spikes(PopulationTable& table, const std::string& path) {
    const YamlNode* const node = given(path);
    if (!node) return;
    if (table.neurons.model != "spike_times") {
        reader_
            .error("L0384", fmt::format("`{}`: {} makes its own spikes", path, table.neurons.model),
                   *node)
            .help.emplace_back("delete the key, or write model: spike_times");
    } else if (node->is_map()) {
        reader_.collect(*node, path);
        table.spikes_file = value<std::string>(path + ".file").value_or("");
        if (!given(path + ".file")) missing(path + ".file", *node, "spikes.csv");
    } else if (node->is_list()) {
        for (std::size_t i = 0; i < node->entries.size(); ++i)
            spike(table, *node->entries[i].value, path + "." + std::to_string(i));
    } else {
        reader_.wrong_kind(path, *node, "[[time, neuron], ...], or {file: ...}");
    }
}

void CircuitReader::spike(PopulationTable& table, const YamlNode& pair, const std::string& path) {
    if (!pair.is_list() || pair.entries.size() != 2)
        return reader_.wrong_kind(path, pair, "a pair of time and neuron, as [10 ms, 0]");
    Field time = number_row(path, "ms", "time of a spike", "10 ms");
    time.range.low = 0;
    Field number;
    number.path = path;
    number.kind = FieldKind::integer;
    number.range.low = 0;
    number.meaning = "neuron of the population, from 0";
    number.example = "0";
    const YamlNode& which = *pair.entries[1].value;
    const auto time_ms = reader_.value_of(time, *pair.entries[0].value);
    const auto neuron = reader_.value_of(number, which);
    if (!time_ms || !neuron) return;
    const std::int64_t n = std::get<std::int64_t>(*neuron);
    if (table.neurons.n > 0 && n >= std::int64_t(table.neurons.n)) {
        reader_
            .error("L0384",
                   fmt::format("`{}`: there is no neuron {}; {} has {}", path, n,
                               table.neurons.name, table.neurons.n),
                   which)
            .help.push_back(fmt::format("neurons are 0 to {}", table.neurons.n - 1));
        return;
    }
    table.neurons.spikes.push_back({std::get<double>(*time_ms), std::uint32_t(n)});
}

// ------------------------------------------------------------------------------ projections

std::optional<std::string> CircuitReader::input(const std::string& path,
                                                const std::vector<std::string>& channels) {
    Field row = *find_field(path);
    row.kind = FieldKind::choice;
    for (const std::string& channel : channels) row.choices.push_back({channel, ""});
    if (!given(path)) return "";
    const auto read = read_row(row, path);
    return read ? std::optional<std::string>(std::get<std::string>(*read)) : std::nullopt;
}

/// The populations that `from` or `to` names.
std::vector<std::string> CircuitReader::populations(const YamlNode& owner,
                                                    const std::string& path) {
    std::vector<std::string> names;
    const YamlNode* const node = given(path);
    if (!node) return missing(path, owner, "E"), names;
    Field row = *find_field(path);
    row.kind = FieldKind::choice;
    row.path = path;
    for (const auto& population : model_of_) row.choices.push_back({population.first, ""});
    std::vector<const YamlNode*> items;
    if (!node->is_list()) items.push_back(node);
    for (const YamlEntry& item : node->entries)
        if (node->is_list()) items.push_back(item.value.get());
    if (items.empty())
        reader_.error("L0222", fmt::format("`{}` is an empty list", path), *node)
            .help.emplace_back("name a population, or delete the projection");
    for (const YamlNode* const item : items) {
        const auto read = reader_.value_of(row, *item);
        if (!read) continue;
        const std::string& name = std::get<std::string>(*read);
        if (std::find(names.begin(), names.end(), name) != names.end())
            reader_.error("L0222", fmt::format("`{}` names {} twice", path, name), *item)
                .help.emplace_back("every pair is connected once; remove one");
        names.push_back(name);
    }
    return names;
}

/// The unit of a weight at the input of all targets, also found when a target's model is unknown.
std::optional<std::string> CircuitReader::weight_unit(ProjectionTable& table,
                                                      const std::string& path) {
    std::optional<std::string> unit;
    std::string first;
    for (const std::string& target : table.to) {
        const NeuronModelEntry* const model = find_line(circuit_neurons(), model_of_[target]);
        if (!model) return {};
        const auto input = this->input(path + ".input", model->channels);
        if (!input) return {};
        table.each.channel = *input;
        const std::string& here = model->channel_units[std::size_t(channel_of(*model, *input))];
        if (unit && *unit != here) {
            reader_
                .error("L0385",
                       fmt::format("`{}`: weights of {} have the unit {}, and those of {} {}", path,
                                   first, unit->empty() ? "1" : *unit, target,
                                   here.empty() ? "1" : here),
                       *given(path + ".to"))
                .help.emplace_back("write one projection for each");
            return {};
        }
        if (!unit) first = target;
        unit = here;
    }
    return unit;
}

void CircuitReader::rule(ProjectionTable& table, const YamlNode& node, const std::string& path) {
    const auto type = value<std::string>(path + ".type");
    if (!given(path)) return missing(path, node, "one_to_one");
    if (given(path)->is_list()) return; // told already
    if (!given(path + ".type")) missing(path + ".type", *given(path), "fixed_in_degree");
    table.each.autapses = value<bool>(path + ".autapses").value_or(true);
    table.each.multapses = value<bool>(path + ".multapses").value_or(true);
    if (!type) return;
    table.each.rule = *type;
    const ConnectionRule& known = *find_line(circuit_rules(), *type);
    for (const char* name : known.parameters) {
        const RuleParameter& parameter = *find_rule_parameter(name);
        const std::string here = path + "." + name;
        Field row = number_row(here, parameter.unit, parameter.meaning, parameter.example);
        row.range = {parameter.least, parameter.most, parameter.above, false};
        if (parameter.whole) row.kind = FieldKind::integer;
        if (const auto read = read_row(row, here))
            table.each.parameters[name] =
                parameter.whole ? double(std::get<std::int64_t>(*read)) : std::get<double>(*read);
        else if (!given(here))
            reader_.error("L0203", fmt::format("`{}` is missing", here), *given(path))
                .help.push_back(
                    fmt::format("write `{}: {}`: {}", name, parameter.example, parameter.meaning));
    }
    if (*type == "explicit_table") {
        table.synapses_file = value<std::string>(path + ".file").value_or("");
        if (!given(path + ".file")) missing(path + ".file", *given(path), "synapses.csv");
    } else if (given(path + ".file")) {
        out_.idle[path + ".file"] = "the rule is " + *type;
    }
    // parameters of other rules, and of none
    for (const YamlEntry& entry : given(path)->entries) {
        const Field* const row = find_field(path + "." + entry.key);
        const bool own = std::any_of(known.parameters.begin(), known.parameters.end(),
                                     [&](const char* name) { return entry.key == name; });
        if (!row || row->kind != FieldKind::tabled || own) continue;
        if (find_rule_parameter(entry.key))
            out_.idle[path + "." + entry.key] = "the rule is " + *type;
        else
            unknown(entry, path, *type, {known.parameters.begin(), known.parameters.end()});
    }
}

void CircuitReader::synapse(ProjectionTable& table, const std::string& path,
                            const std::string& unit) {
    const auto model = value<std::string>(path + ".model");
    if (given(path + ".model") && !model) return;
    table.each.synapse.model = model.value_or("static");
    const SynapseModelLine& line = *find_line(circuit_synapses(), table.each.synapse.model);
    Parameters known = line.parameters;
    for (NeuronParameter& parameter : known)
        if (parameter.unit == std::string("weight")) parameter.unit = unit.c_str();
    table.each.synapse.parameters = parameters(given(path), path, known, line.name, false);
}

void CircuitReader::projection(const YamlNode& node, const std::string& name,
                               const std::string& path) {
    ProjectionTable table;
    table.name = name;
    table.from = populations(node, path + ".from");
    table.to = populations(node, path + ".to");
    rule(table, node, path + ".rule");
    // a table has weights and delays of its own, or not: seen when it is read
    const bool in_file = !table.synapses_file.empty();
    if (const auto unit = weight_unit(table, path)) {
        if (const auto weight = law(path + ".weight", *unit))
            table.each.weight = *weight, table.has_weight = true;
        else if (!given(path + ".weight") && !in_file)
            missing(path + ".weight", node, text_with_unit(0.1, *unit));
        synapse(table, path + ".synapse", *unit);
    }
    if (const auto delay = law(path + ".delay", "ms")) {
        table.each.delay_ms = *delay, table.has_delay = true;
        const double least = delay->kind == LawKind::uniform ? delay->most : delay->mean;
        if (least <= 0 || delay->most <= 0)
            reader_
                .error("L0382", fmt::format("`{}.delay`: a delay must be > 0 ms", path),
                       *given(path + ".delay"))
                .help.emplace_back("write for example 1.5 ms");
    } else if (!given(path + ".delay") && !in_file) {
        missing(path + ".delay", node, "1.5 ms");
    }
    out_.spec.circuit.projections.push_back(std::move(table));
}

// ------------------------------------------------------------------------------ both tables

void CircuitReader::table(const YamlNode& circuit, const char* key, Row one) {
    const YamlEntry* const entry = circuit.find(key);
    if (!entry || !entry->value->is_map()) return;
    const std::string path = std::string("circuit.") + key;
    if (entry->value->entries.empty())
        reader_.error("L0222", fmt::format("`{}` is empty", path), *entry->value)
            .help.emplace_back("write a name and its keys, or delete the key");
    for (const YamlEntry& row : entry->value->entries)
        if (row.value->is_map() && is_word(row.key))
            (this->*one)(*row.value, row.key, path + "." + row.key);
}

void CircuitReader::read(const YamlNode& root) {
    const YamlEntry* const entry = root.find("circuit");
    if (!entry || !entry->value->is_map()) return;
    const YamlNode& circuit = *entry->value;
    const YamlEntry *const populations = circuit.find("populations"), *const projections =
                                                                          circuit.find(
                                                                              "projections");
    if (!populations && !projections) return;
    const std::size_t n_before = out_.problems.n_errors();
    if (const YamlNode* const model = given("circuit.model"); model && populations)
        reader_
            .error("L0380", "`circuit.model` and `circuit.populations` exclude each other", *model)
            .help.emplace_back("delete circuit.model to build the populations, or the populations");
    if (!populations)
        reader_
            .error("L0203", "`circuit.populations` is missing: there is nothing to connect",
                   *projections->value)
            .help.emplace_back("write `populations: {E: {model: lif_delta, n: 1000}}`");
    table(circuit, "populations", &CircuitReader::population);
    if (populations) table(circuit, "projections", &CircuitReader::projection);
    const bool doubtful =
        std::any_of(out_.doubtful.begin(), out_.doubtful.end(),
                    [](const std::string& section) { return section.rfind("circuit.p", 0) == 0; });
    if (out_.problems.n_errors() == n_before && !doubtful) return;
    // half a circuit is none: nothing is said of it
    out_.misread.insert("circuit.populations");
    out_.spec.circuit.populations.clear();
    out_.spec.circuit.projections.clear();
}

} // namespace lamina
