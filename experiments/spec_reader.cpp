#include "experiments/spec_reader.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/circuits/read_tables.hpp"
#include "experiments/quantities.hpp"
#include "experiments/suggest.hpp"
#include "experiments/sweep/read_sweep.hpp"

namespace lamina {
namespace {

/// Paths whose last key is `key`, for keys written in the wrong section.
std::vector<std::string> paths_ending_in(const std::string& key) {
    std::vector<std::string> paths;
    const std::string tail = "." + key;
    const auto try_path = [&](const std::string& path) {
        if (path == key || (path.size() > tail.size() &&
                            path.compare(path.size() - tail.size(), tail.size(), tail) == 0))
            paths.push_back(path);
    };
    for (const Field& field : fields()) try_path(field.path);
    for (const Section& section : sections()) try_path(section.path);
    return paths;
}

/// Those that can be named: behind * any name of the user's own.
std::string known_keys(const std::string& section) {
    std::vector<std::string> keys = keys_of(section);
    for (std::string& key : keys)
        if (key == "*") key = section.find(".protocol") == std::string::npos ? "NAME" : "PARAMETER";
    return quoted_list(keys, "and");
}

/// Help for a key that is not known in a section.
std::string help_for_unknown(const std::string& key, const std::string& section) {
    const std::vector<std::string> valid = keys_of(section);
    const std::string near = nearest_word(key, valid);
    if (!near.empty()) return fmt::format("did you mean `{}`?", near);
    const std::vector<std::string> elsewhere = paths_ending_in(key);
    if (!elsewhere.empty()) return "there is " + quoted_list(elsewhere);
    return "";
}

/// circuit.populations or circuit.projections: keys are names of the user's own.
bool is_circuit_table(const std::string& path) {
    return path == "circuit.populations" || path == "circuit.projections";
}

/// A name that is safe as part of a file name.
bool is_safe_name(const std::string& name) {
    const auto letter_or_digit = [](unsigned char c) { return c < 0x80 && std::isalnum(c); };
    if (name.empty() || name.size() > 128 || !letter_or_digit(name[0])) return false;
    return name.find("..") == std::string::npos &&
           std::all_of(name.begin(), name.end(), [&](unsigned char c) {
               return letter_or_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

} // namespace

namespace {

/// sweep.grid.PATH, sweep.random.over.PATH, sweep.replicates: behind these, a path is one key.
std::vector<std::string> keys_below_sweep(const std::string& path) {
    std::vector<std::string> keys;
    std::size_t begin = 0;
    const auto is_key = [](const std::string& word) {
        return word == "sweep" || word == "grid" || word == "zip" || word == "random" ||
               word == "lhs" || word == "over";
    };
    for (std::size_t end = path.find('.'); end != std::string::npos; end = path.find('.', begin)) {
        const std::string word = path.substr(begin, end - begin);
        if (!is_key(word)) break;
        keys.push_back(word);
        begin = end + 1;
    }
    keys.push_back(path.substr(begin));
    return keys;
}

} // namespace

std::string short_key_of(const std::string& path) {
    const Section* section = find_section(path);
    return section ? section->short_key : std::string();
}

std::vector<std::string> keys_of_path(const std::string& path, std::string& message,
                                      std::string& help) {
    std::vector<std::string> keys;
    std::string section;
    for (std::size_t begin = 0; begin <= path.size();) {
        std::size_t end = path.find('.', begin);
        if (end == std::string::npos) end = path.size();
        const std::string key = path.substr(begin, end - begin);
        const std::string here = key_path(section, key);
        keys.push_back(key);
        const bool is_last = end == path.size();
        const Field* field = find_field(here);
        const bool goes_on = !is_last && find_circuit_field(path); // behind spikes: spikes.file
        if (field && !goes_on) {
            if (is_last) return keys;
            if (field->kind == FieldKind::sweep) return keys_below_sweep(path);
            // keys of expect, vary and fit.bounds are paths themselves, those of arrays and windows
            // their names
            if (field->kind == FieldKind::expectations || field->kind == FieldKind::factors ||
                field->kind == FieldKind::bounds || field->kind == FieldKind::arrays ||
                field->kind == FieldKind::windows) {
                keys.push_back(path.substr(end + 1));
                return keys;
            }
            message = fmt::format("`{}` holds no keys; unknown path `{}`", here, shortened(path));
            help = fmt::format("write {}", here);
            return {};
        }
        if ((!find_section(here) && !goes_on) || key.empty()) {
            message = fmt::format("unknown key `{}`{}", shortened(key),
                                  section.empty() ? "" : " in `" + section + "`");
            help = help_for_unknown(key, section);
            if (help.empty()) help = "known here: " + known_keys(section);
            return {};
        }
        section = here;
        begin = end + 1;
    }
    return keys; // a whole section
}

Problem& SpecReader::error(const char* id, const std::string& message, const YamlNode& at) {
    return out_.problems.error(id, message, *at.source, at.mark);
}

void SpecReader::wrong_kind(const std::string& path, const YamlNode& node, const std::string& due) {
    error("L0202", fmt::format("`{}` is {}; {} is due", path, kind_of(node), due), node)
        .help.push_back(fmt::format("`lamina explain {}` says more", path));
}

void SpecReader::unknown_key(const YamlEntry& entry, const std::string& section) {
    out_.doubtful.insert(section);
    Problem& problem =
        out_.problems.error("L0204",
                            fmt::format("unknown key `{}`{}", shortened(entry.key),
                                        section.empty() ? "" : " in `" + section + "`"),
                            *entry.key_source, entry.key_mark);
    if (out_.problems.is_full()) return;
    const std::string help = help_for_unknown(entry.key, section);
    if (!help.empty()) problem.help.push_back(help);
    problem.notes.push_back("known here: " + known_keys(section));
}

void SpecReader::collect(const YamlNode& section, const std::string& path) {
    for (const YamlEntry& entry : section.entries) {
        const std::string here = key_path(path, entry.key);
        const bool has_point = entry.key.find('.') != std::string::npos;
        if (is_circuit_table(path) && !is_word(entry.key))
            bad_name(entry, path);
        else if (is_in_circuit_tables(here) && !is_word(entry.key))
            unknown_key(entry, path);
        else if (find_field(here))
            out_.given[here] = {entry.value, entry.key_source, entry.key_mark};
        else if (find_section(here) && !has_point)
            section_of(entry, here);
        else
            unknown_key(entry, path);
    }
}

/// The keys below a section, or the one that a word there stands for.
void SpecReader::section_of(const YamlEntry& entry, const std::string& here) {
    const YamlNode& node = *entry.value;
    const std::string short_key = short_key_of(here);
    const bool listed = find_section(here)->listed;
    const GivenKey given{entry.value, entry.key_source, entry.key_mark};
    if (is_circuit_table(here) || is_in_circuit_tables(here)) out_.given[here] = given;
    if (node.is_map()) {
        collect(node, here);
    } else if (node.is_list() && listed) {
        for (std::size_t i = 0; i < node.entries.size(); ++i) {
            const std::string item = here + "." + std::to_string(i);
            if (node.entries[i].value->is_map())
                collect(*node.entries[i].value, item);
            else
                wrong_kind(item, *node.entries[i].value, "a map of keys");
        }
    } else if (node.is_scalar() && !short_key.empty()) {
        out_.given[here + "." + short_key] = given;
    } else {
        wrong_kind(here, node, listed ? "a map of keys, or a list of them" : "a map of keys");
        out_.doubtful.insert(here);
    }
}

void SpecReader::bad_name(const YamlEntry& entry, const std::string& table) {
    out_.doubtful.insert(table);
    out_.problems
        .error("L0381", fmt::format("`{}` cannot be a name in `{}`", shortened(entry.key), table),
               *entry.key_source, entry.key_mark)
        .help.emplace_back("use letters, digits and _, beginning with a letter, 64 at most");
}

void SpecReader::fill(const Yaml& root) {
    for (const Field& entry : fields()) {
        const auto given = out_.given.find(entry.path);
        const std::size_t n_before = out_.problems.n_errors();
        if (given != out_.given.end())
            field(entry, given->second);
        else if (entry.required)
            missing(entry, *root);
        if (out_.problems.n_errors() > n_before) out_.misread.insert(entry.path);
        // a map of rhythms switches them on, before their keys are read
        if (entry.path == "oscillation.mode") finish_oscillation(root);
    }
    finish_weights();
    CircuitReader(*this, out_).read(*root);
    if (out_.given.count("task.trials.per_condition") && !out_.given.count("task.presentations"))
        out_.spec.task.n_presentations = out_.spec.task.per_condition;
}

void SpecReader::missing(const Field& entry, const YamlNode& root) {
    const std::size_t point = entry.path.find('.');
    const std::string section = entry.path.substr(0, point);
    const std::string word = entry.choices.empty() ? entry.example : entry.words()[0];
    std::string help = fmt::format("write `{}: {}`", entry.path, word);
    if (point != std::string::npos) {
        const YamlEntry* above = root.find(section);
        if (above && !above->value->is_map()) return; // said already
        help = fmt::format("write `{}: {{{}: {}}}`", section, entry.path.substr(point + 1), word);
    }
    error("L0203", fmt::format("`{}` is missing", entry.path), root)
        .help.push_back(help + ": " + entry.meaning);
}

/// `oscillation: {gamma: {...}}` means imposed; a rhythm that is not written is flat when the other
/// is.
void SpecReader::finish_oscillation(const Yaml& root) {
    const YamlEntry* section = root->find("oscillation");
    if (!section || !section->value->is_map() || section->value->entries.empty()) return;
    OscillationSpec& rhythms = out_.spec.area.oscillation;
    if (!out_.given.count("oscillation.mode")) rhythms.imposed = true;
    const bool gamma = section->value->find("gamma"), beta = section->value->find("beta");
    if (beta && !gamma) rhythms.gamma.depth = 0;
    if (gamma && !beta) rhythms.beta.depth = 0;
}

/// `weights: {file: ...}` means kind: file, and `{values: ...}` kind: values. What an override says
/// counts more than what the file says, also when the file names a kind.
void SpecReader::finish_weights() {
    const auto rank = [&](const char* path) { // 0 not given, 1 in the file, 2 by an override
        const auto given = out_.given.find(path);
        return given == out_.given.end() ? 0 : given->second.source == out_.source ? 1 : 2;
    };
    const int file = rank("column.weights.file"), values = rank("column.weights.values");
    const int either = std::max(file, values);
    if (either == 0 || rank("column.weights.kind") >= either) return;
    if (file == values)
        error("L0327", "`column.weights` has both a file and values",
              *out_.given.at("column.weights.values").value)
            .help.emplace_back("delete one of them, or say which with kind: file or kind: values");
    else
        out_.spec.weights.kind = file > values ? "file" : "values";
    out_.given.erase("column.weights.kind"); // it follows from the others
}

void SpecReader::field(const Field& entry, const GivenKey& given) {
    const YamlNode& node = *given.value;
    switch (entry.kind) {
    case FieldKind::comparisons:
        return comparisons(entry, node);
    case FieldKind::expectations:
        return expectations(entry, node);
    case FieldKind::factors:
        return factors(entry, node);
    case FieldKind::data_set:
        return fit_data(entry, node);
    case FieldKind::paths:
        return fit_paths(entry, node);
    case FieldKind::bounds:
        return fit_bounds(entry, node);
    case FieldKind::arrays:
        return arrays(entry, node);
    case FieldKind::words:
    case FieldKind::spikes:
    case FieldKind::tabled:
        return; // keys of a circuit's tables: circuits/read_tables.cpp
    case FieldKind::windows:
        return windows(entry, node);
    case FieldKind::selection:
        return selection(entry, node);
    case FieldKind::variables:
        return variables(entry, node);
    case FieldKind::sweep: {
        const YamlEntry sweep = {entry.path, given.mark, given.source, given.value};
        out_.spec.sweep = read_sweep(sweep, {out_.spec.seed, out_.spec.folder}, out_.problems).spec;
        return;
    }
    case FieldKind::none: {
        const bool nothing = (node.is_list() && node.entries.empty()) ||
                             (node.is_scalar() && node.text == "none" && node.plain);
        if (!nothing)
            error("L0217",
                  fmt::format("`{}` ({}) is not in this version", entry.path, entry.meaning), node)
                .help.push_back(
                    fmt::format("write `{}`, or delete the key", yaml_text(entry, out_.spec)));
        return;
    }
    case FieldKind::integers:
        return list<int>(entry, node, "a whole number", [&](const YamlNode& item) {
            return read_integer(item, "`" + entry.path + "`");
        });
    case FieldKind::numbers:
        return list<double>(entry, node, "a number", [&](const YamlNode& item) {
            return read_number(item, "`" + entry.path + "`");
        });
    default:
        break;
    }
    scalar(entry, node);
}

bool SpecReader::in_range(const Field& entry, const YamlNode& node, double value) {
    if (entry.range.holds(value)) return true;
    if (entry.path == "lamina") {
        error("L0216",
              fmt::format("format version {} is not known to this version of Lamina", node.text),
              node)
            .help.emplace_back("write `lamina: 1`");
        return false;
    }
    const std::string unit = entry.unit.empty() ? "" : " " + entry.unit_in(out_.spec);
    error("L0206",
          fmt::format("`{}` = {} must be {}{}", entry.path, node.text, entry.range.text(), unit),
          node)
        .help.push_back(fmt::format("write for example {}: {}",
                                    entry.get ? yaml_text(entry, default_spec()) : entry.example,
                                    entry.meaning));
    return false;
}

void SpecReader::scalar(const Field& entry, const YamlNode& node) {
    if (const std::optional<FieldValue> value = value_of(entry, node)) entry.set(out_.spec, *value);
}

std::optional<FieldValue> SpecReader::value_of(const Field& entry, const YamlNode& node) {
    if (!node.is_scalar()) return wrong_kind(entry.path, node, "one value"), std::nullopt;
    const std::string what = "`" + entry.path + "`";
    switch (entry.kind) {
    case FieldKind::boolean: {
        bool value = false;
        if (take(node, read_boolean(node, what), value)) return value;
        return {};
    }
    case FieldKind::integer: {
        std::int64_t value = 0;
        if (!take(node, read_integer(node, what), value)) return {};
        if (in_range(entry, node, static_cast<double>(value))) return value;
        return {};
    }
    case FieldKind::natural: {
        std::uint64_t value = 0;
        if (take(node, read_natural(node, what), value)) return value;
        return {};
    }
    case FieldKind::number:
    case FieldKind::quantity: {
        double value = 0;
        const bool is_zero_word = !entry.zero_word.empty() && node.text == entry.zero_word;
        if (!is_zero_word && !take(node,
                                   entry.kind == FieldKind::number
                                       ? read_number(node, what)
                                       : read_quantity(node, what, entry.unit_in(out_.spec)),
                                   value))
            return {};
        if (in_range(entry, node, value)) return value;
        return {};
    }
    case FieldKind::choice: {
        for (const Choice& choice : entry.choices) {
            if (!choice.later || choice.name != node.text) continue;
            error("L0217",
                  fmt::format("{}: `{}` ({}) is not in this version", what, choice.name,
                              choice.meaning),
                  node)
                .help.push_back("write " + quoted_list(entry.words()));
            return {};
        }
        std::string value;
        if (take(node, read_choice(node, what, entry.words()), value)) return value;
        return {};
    }
    default: {
        std::string value;
        if (!take(node, read_text(node, what), value)) return {};
        if (entry.kind != FieldKind::name || is_safe_name(value)) return value;
        error("L0218",
              fmt::format("{}: `{}` cannot be part of a file name", what, shortened(value)), node)
            .help.emplace_back("use letters, digits, . _ and -, beginning with a letter or digit, "
                               "without .., 128 characters at most");
        return {};
    }
    }
}

/// One value or a list of different ones.
template <class T, class Read>
void SpecReader::list(const Field& entry, const YamlNode& node, const std::string& due, Read read) {
    std::vector<const YamlNode*> items;
    if (node.is_scalar()) items.push_back(&node);
    for (const YamlEntry& item : node.entries) items.push_back(item.value.get());
    if (node.is_map()) return wrong_kind(entry.path, node, due + " or a list of them");
    if (items.empty()) {
        error("L0222", fmt::format("`{}` is an empty list", entry.path), node)
            .help.push_back(fmt::format("write for example {}", entry.example));
        return;
    }
    std::vector<T> values;
    for (const YamlNode* item : items) {
        if (!item->is_scalar()) {
            wrong_kind(entry.path, *item, due);
            continue;
        }
        std::variant_alternative_t<0, decltype(read(*item))> value{};
        if (!take(*item, read(*item), value)) continue;
        if (!in_range(entry, *item, static_cast<double>(value))) continue;
        if (std::find(values.begin(), values.end(), static_cast<T>(value)) != values.end())
            error("L0222", fmt::format("`{}` names {} twice", entry.path, value), *item)
                .help.emplace_back("each value makes one condition; remove one");
        values.push_back(static_cast<T>(value));
    }
    if (values.size() == items.size()) entry.set(out_.spec, values);
}

} // namespace lamina
