/// vary: paths with lists of values, and names with levels that set several paths at once.
#include <algorithm>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/spec_reader.hpp"

namespace lamina {
namespace {

constexpr double most_variants = 1000;

/// May a value at path a reach what a value at path b sets? `M*` stands for names that begin so.
bool may_meet(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        const std::size_t i_end = std::min(a.find('.', i), a.size()),
                          j_end = std::min(b.find('.', j), b.size());
        std::string one = a.substr(i, i_end - i), other = b.substr(j, j_end - j);
        const bool stars =
            (!one.empty() && one.back() == '*') || (!other.empty() && other.back() == '*');
        // as far as both are known
        std::size_t known = stars ? std::string::npos : std::max(one.size(), other.size());
        for (const std::string& name : {one, other})
            if (!name.empty() && name.back() == '*') known = std::min(known, name.size() - 1);
        if (one.substr(0, known) != other.substr(0, known)) return false;
        i = i_end + 1, j = j_end + 1;
    }
    return true;
}

} // namespace

bool can_be_varied(const std::string& path) {
    if (path == "lamina" || path == "name") return false;
    const Field* field = find_field(path);
    if (field && is_in_circuit_tables(path)) return true;
    return field ? static_cast<bool>(field->get) : !short_key_of(path).empty();
}

Problem& SpecReader::refuse_factor(const YamlEntry& at, const std::string& message,
                                   const std::string& help) {
    Problem& problem = out_.problems.error("L0221", message, *at.key_source, at.key_mark);
    problem.help.push_back(help);
    return problem;
}

/// Whether a path of vary names a key that can be varied; told when it does not.
bool SpecReader::is_factor_path(const YamlEntry& at) {
    std::string message, help;
    if (keys_of_path(at.key, message, help).empty()) {
        refuse_factor(at, "`vary`: " + message, help);
        return false;
    }
    if (can_be_varied(at.key)) return true;
    refuse_factor(at, fmt::format("`vary`: `{}` cannot be varied", at.key.substr(0, 60)),
                  "name one key with one value, for example column.inhibition");
    return false;
}

void SpecReader::listed_values(const YamlEntry& factor, VaryFactor& out) {
    for (const YamlEntry& value : factor.value->entries) {
        const std::string text = flow_text(*value.value);
        if (std::find(out.values.begin(), out.values.end(), text) != out.values.end())
            error("L0222", fmt::format("`vary.{}` names {} twice", factor.key, text.substr(0, 60)),
                  *value.value)
                .help.emplace_back("each value makes one variant; remove one");
        out.values.push_back(text);
    }
}

/// `regime: {SR: {circuit.g: 3}, AI: {circuit.g: 5}}`
void SpecReader::named_levels(const YamlEntry& factor, VaryFactor& out) {
    for (const YamlEntry& level : factor.value->entries) {
        if (!is_word(level.key)) {
            refuse_factor(level,
                          fmt::format("`vary.{}`: `{}` cannot name a level", factor.key,
                                      level.key.substr(0, 60)),
                          "use letters, digits and _, beginning with a letter");
            continue;
        }
        if (!level.value->is_map()) {
            wrong_kind("vary." + factor.key + "." + level.key, *level.value,
                       "a map of paths and values");
            continue;
        }
        std::vector<Setting> settings;
        for (const YamlEntry& setting : level.value->entries)
            if (is_factor_path(setting))
                settings.push_back({setting.key, flow_text(*setting.value)});
        out.values.push_back(level.key);
        out.levels.push_back(std::move(settings));
    }
}

void SpecReader::factors(const Field& entry, const YamlNode& node) {
    if (!node.is_map()) return wrong_kind(entry.path, node, "a map of paths and lists");
    double n_variants = 1;
    std::vector<std::string> set; // paths of all factors before this one
    for (const YamlEntry& factor : node.entries) {
        std::string message, help;
        const bool is_path = !keys_of_path(factor.key, message, help).empty();
        const bool named = !is_path && factor.value->is_map();
        if (named && (!is_word(factor.key) || factor.key == "label" || factor.key == "variant")) {
            refuse_factor(factor,
                          fmt::format("`vary`: `{}` is no path of a key, and cannot name a factor",
                                      factor.key.substr(0, 60)),
                          "use letters, digits and _, beginning with a letter; label and variant "
                          "are taken");
            continue;
        }
        if (!named && !is_factor_path(factor)) continue;
        if (!(named || factor.value->is_list()) || factor.value->entries.empty()) {
            error("L0222",
                  fmt::format("`vary.{}` needs a {}", factor.key,
                              named ? "map of levels" : "list of values"),
                  *factor.value)
                .help.emplace_back(named ? "write {name: {path: value}, name: {path: value}}"
                                         : "write [value, value]");
            continue;
        }
        VaryFactor out{factor.key, {}, {}};
        named ? named_levels(factor, out) : listed_values(factor, out);
        if (out.values.empty()) continue; // told
        std::vector<std::string> here;
        for (std::size_t i = 0; i < out.values.size(); ++i)
            for (const Setting& setting : out.settings(i)) here.push_back(setting.path);
        for (const std::string& path : here) {
            const auto met = std::find_if(set.begin(), set.end(), [&](const std::string& before) {
                return may_meet(before, path);
            });
            if (met == set.end()) continue;
            refuse_factor(
                factor,
                fmt::format("`vary`: two factors set `{}`{}", path,
                            *met == path ? "" : fmt::format(", one of them by `{}`", *met)),
                "leave it to one of them");
            break;
        }
        set.insert(set.end(), here.begin(), here.end());
        n_variants *= static_cast<double>(out.values.size());
        out_.spec.vary.push_back(std::move(out));
    }
    if (n_variants > most_variants)
        error("L0223",
              fmt::format("`vary` makes {:.0f} variants in one run; {:.0f} at most", n_variants,
                          most_variants),
              node)
            .help.emplace_back("use `sweep:` for large grids");
}

} // namespace lamina
