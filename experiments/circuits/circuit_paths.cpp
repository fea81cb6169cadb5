#include "experiments/circuits/circuit_paths.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/circuits/model_tables.hpp"
#include "experiments/spec_reader.hpp"
#include "experiments/suggest.hpp"
#include "sim/spikes/rule_parameters.hpp"

namespace lamina {
namespace {

/// What a key holds, also where it is written short; "" when it is no word.
std::string word_at(const YamlNode& row, const char* key, const char* short_key = "") {
    const YamlEntry* const entry = row.find(key);
    if (!entry) return "";
    if (entry->value->is_map() && *short_key != '\0') return word_at(*entry->value, short_key);
    return entry->value->is_scalar() ? entry->value->text : "";
}

template <class Line>
bool has_parameter(const std::vector<Line>& table, const std::string& name,
                   const std::string& parameter) {
    const Line* const line = find_line(table, name);
    return line && find_line(line->parameters, parameter);
}

/// Does the model or rule of this population or projection know the parameter at the path's end?
bool has_key(const YamlNode& row, const std::vector<std::string>& keys) {
    const std::string &group = keys[3], &name = keys.back();
    const Field* const field =
        find_circuit_field("circuit." + keys[1] + ".*." + group + "." + name);
    if (keys.size() < 5 || !field || field->kind != FieldKind::tabled) return true;
    if (group == "parameters" || group == "protocol")
        return has_parameter(circuit_neurons(), word_at(row, "model"), name);
    if (group == "synapse")
        return has_parameter(circuit_synapses(), word_at(row, "synapse", "model"), name);
    if (group != "rule") return true;
    const ConnectionRule* const rule = find_line(circuit_rules(), word_at(row, "rule", "type"));
    return rule && std::any_of(rule->parameters.begin(), rule->parameters.end(),
                               [&](const char* known) { return name == known; });
}

/// The keys of `path` with places in lists looked at. Empty when there is no such place.
std::vector<std::string> placed(const YamlNode& row, std::vector<std::string> keys,
                                std::string& message, std::string& help) {
    const YamlNode* node = &row;
    for (std::size_t k = 3; k < keys.size(); ++k) {
        const bool is_place =
            !keys[k].empty() && keys[k].find_first_not_of("0123456789") == std::string::npos;
        if (node && node->is_map() && keys[k] == "0" && k == 4) {
            keys.erase(keys.begin() + 4); // the one map in a list's place
            return placed(row, keys, message, help);
        }
        const std::size_t n = node && node->is_list() ? node->entries.size() : 0;
        const std::size_t place = is_place && keys[k].size() < 10 ? std::stoul(keys[k]) : n;
        if ((node && node->is_list() && place >= n) || (is_place && n == 0)) {
            message =
                fmt::format("`{}` is {}", keys[1] + "." + keys[2] + "." + keys[3],
                            n == 0 ? "no list" : fmt::format("a list of {}, counted from 0", n));
            help = n == 0 ? "leave the number out"
                          : fmt::format("write for example circuit.{}.{}.{}.{}.{}", keys[1],
                                        keys[2], keys[3], n - 1, keys.back());
            return {};
        }
        if (!node) continue;
        if (n > 0) {
            node = node->entries[place].value.get();
        } else {
            const YamlEntry* const entry = node->find(keys[k]);
            node = entry ? entry->value.get() : nullptr;
        }
    }
    return keys;
}

} // namespace

Yaml with_value_at(const Yaml& root, const std::vector<std::string>& keys, const Yaml& value,
                   std::string& message, std::string& help) {
    const bool in_table = keys.size() > 3 && keys[0] == "circuit" &&
                          (keys[1] == "populations" || keys[1] == "projections");
    if (!in_table) return with_value(root, keys, value, short_key_of);
    const YamlEntry* const circuit = root->find("circuit");
    const YamlEntry* table = circuit ? circuit->value->find(keys[1]) : nullptr;
    if (table && !table->value->is_map()) table = nullptr;
    const std::string one = keys[1] == "populations" ? "population" : "projection";
    std::vector<std::string> names;
    if (table)
        for (const YamlEntry& row : table->value->entries) names.push_back(row.key);
    // `*` stands for every name, `M*` for those that begin so
    const bool several = !keys[2].empty() && keys[2].back() == '*';
    const std::string prefix = keys[2].substr(0, keys[2].size() - (several ? 1 : 0));
    Yaml changed = root;
    bool found = false;
    for (const std::string& name : names) {
        const YamlNode& row = *table->value->find(name)->value;
        const bool meant =
            several ? name.rfind(prefix, 0) == 0 && has_key(row, keys) : name == keys[2];
        if (!meant) continue;
        std::vector<std::string> here = keys;
        here[2] = name;
        here = placed(row, here, message, help);
        if (here.empty()) return nullptr;
        changed = with_value(changed, here, value, short_key_of);
        found = true;
    }
    if (found) return changed;
    const std::string near = nearest_word(keys[2], names);
    message = several ? fmt::format("no {}{} has {} `{}`", one,
                                    prefix.empty() ? "" : " " + keys[2].substr(0, 60),
                                    keys.size() > 4 ? "a parameter" : "a key", keys.back())
                      : fmt::format("there is no {} `{}`", one, keys[2].substr(0, 60));
    help = several         ? "name a parameter of a model or rule of the circuit"
           : !near.empty() ? fmt::format("did you mean `{}`?", near)
           : names.empty() ? fmt::format("circuit.{} is not written", keys[1])
                           : "known: " + quoted_list(names, "and");
    return nullptr;
}

} // namespace lamina
