#include "experiments/explain.hpp"

#include <sstream>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/circuits/model_tables.hpp"
#include "experiments/fields.hpp"
#include "experiments/problems.hpp"
#include "experiments/quantities.hpp"
#include "experiments/suggest.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/rule_parameters.hpp"

namespace lamina {
namespace {

std::string kind_in_words(const Field& field) {
    switch (field.kind) {
    case FieldKind::boolean:
        return "true or false";
    case FieldKind::integer:
        return "a whole number";
    case FieldKind::natural:
        return "a whole number, 0 to 2^64 - 1";
    case FieldKind::number:
        return "a number";
    case FieldKind::quantity:
        return with_article(find_unit(field.unit)->dimension);
    case FieldKind::choice:
        return "one of the words below";
    case FieldKind::text:
        return "text";
    case FieldKind::name:
        return "a name of letters, digits, . _ and -";
    case FieldKind::file:
        return "a file, relative to the experiment file; ${LAMINA_DATA} is replaced";
    case FieldKind::integers:
        return "a whole number, or a list of them";
    case FieldKind::numbers:
        return "a number, or a list of them";
    case FieldKind::comparisons:
        return "a list of names, or of {file: ..., columns: {ours: theirs}}";
    case FieldKind::expectations:
        return "a map: path into the summary and a bound";
    case FieldKind::factors:
        return "a map: path of a key and a list of values, or a name and its levels, each a map of "
               "paths and values";
    case FieldKind::data_set:
        return "a name, or {file: ..., columns: {ours: theirs}}";
    case FieldKind::paths:
        return "a list of paths";
    case FieldKind::bounds:
        return "a map: path and [low, high]";
    case FieldKind::arrays:
        return "a map: name of an array and its rows";
    case FieldKind::words:
        return "a name, or a list of names";
    case FieldKind::spikes:
        return "a list of [time, neuron], or {file: ...}";
    case FieldKind::tabled:
        return "a number with the unit of what it stands for, a bare one where that has none";
    case FieldKind::windows:
        return "a map: name and [from, to]";
    case FieldKind::selection:
        return "none, all, or a list of populations";
    case FieldKind::variables:
        return "a list of {population: ..., variable: ..., neurons: ..., every: ...}";
    case FieldKind::sweep:
        return "a map of grid, zip, random, lhs, points, replicates and seeds (docs/sweeps.md)";
    case FieldKind::none:
        return "nothing in this version";
    }
    return "";
}

std::string unit_text(const Field& field) {
    if (field.unit.empty()) return "";
    std::string out;
    for (const std::string& name : units_of(find_unit(field.unit)->dimension))
        out += (out.empty() ? "" : ", ") + name;
    return field.unit_due ? out + "; for vectors 1/s, Hz" : out;
}

std::string default_text(const Field& field) {
    if (field.required) return "none, it must be written";
    if (!field.standard.empty() || is_in_circuit_tables(field.path)) return field.standard;
    const std::string text = yaml_text(field, default_spec());
    return text == "\"\"" ? "empty" : text;
}

std::string range_text(const Field& field) {
    if (field.kind == FieldKind::natural || field.range.text() == "any") return "";
    return field.range.text() + (field.unit.empty() ? "" : " " + field.unit);
}

std::string explain_field(const Field& field) {
    std::string out = fmt::format("{}\n    {}\n\n", field.path, field.meaning);
    const auto line = [&](const char* name, const std::string& text) {
        if (!text.empty()) out += fmt::format("    {:<10}{}\n", name, text);
    };
    line("value", kind_in_words(field));
    line("units", unit_text(field));
    line("default", default_text(field));
    line("range", range_text(field));
    line("symbol", field.symbol);
    line("source", field.source);
    const std::string example =
        field.example.empty() && !field.choices.empty() ? field.words()[0] : field.example;
    if (!example.empty()) {
        const bool quotes = example.find_first_of(" []{}\"$") != std::string::npos;
        const char* mark = quotes ? "'" : "";
        line("example",
             fmt::format("{}: {}", field.path.substr(field.path.rfind('.') + 1), example));
        if (field.get || is_in_circuit_tables(field.path))
            line("override", fmt::format("{}={}{}{}", field.path, mark, example, mark));
    }
    if (!field.choices.empty()) out += "\n";
    for (const Choice& choice : field.choices)
        out += fmt::format("    {:<24}{}{}\n", choice.name, choice.meaning,
                           choice.later ? " (not in this version)" : "");
    return out;
}

/// Which models have a parameter that `name` ends with.
template <class Line> std::string owners(const std::vector<Line>& table, const std::string& name) {
    std::string out;
    for (const Line& line : table)
        for (const NeuronParameter& p : line.parameters)
            if (name == p.name)
                out += fmt::format("    {:<26}{}; {:g}{}{} when it is not written\n", line.name,
                                   p.meaning, p.value, *p.unit == '\0' ? "" : " ", p.unit);
    return out;
}

/// The row of any parameter as that of the one that `path` ends with.
Field named(Field row, const std::string& path) {
    if (row.path.back() == '*')
        row.path.replace(row.path.size() - 1, 1, path.substr(path.rfind('.') + 1));
    return row;
}

/// What a name behind `*` means: models and rules that have such a parameter.
std::string who_has(const Field& row, const std::string& path) {
    if (row.kind != FieldKind::tabled || row.path.back() != '*') return "";
    const std::string name = path.substr(path.rfind('.') + 1);
    std::string out;
    if (row.path.find(".rule.") != std::string::npos) {
        const RuleParameter* const known = find_rule_parameter(name);
        if (known) out = fmt::format("    {:<24}{}\n", name, known->meaning);
    } else if (row.path.find(".synapse.") != std::string::npos) {
        out = owners(circuit_synapses(), name);
    } else {
        out = owners(circuit_neurons(), name);
    }
    return out.empty() ? out : "\n" + out;
}

std::string explain_section(const Section& section) {
    std::string out = fmt::format(
        "{}\n    {}\n\n", section.path.empty() ? "experiment file" : section.path, section.meaning);
    if (!section.short_key.empty())
        out +=
            fmt::format("    one word here stands for {}.{}\n\n", section.path, section.short_key);
    if (section.listed) out += "    or a list of such maps\n\n";
    for (const std::string& key : keys_of(section.path)) {
        const std::string path = section.path.empty() ? key : section.path + "." + key;
        const Field* field = find_field(path);
        out += fmt::format("    {:<20}{}\n", key,
                           field ? field->meaning : find_section(path)->meaning);
    }
    return out;
}

std::string explain_problem(const ProblemKind& kind) {
    std::string out = fmt::format("{}: {}\n\n    {}\n    {}\n\n    for example\n", kind.id,
                                  kind.title, kind.meaning, kind.remedy);
    std::istringstream lines(example_of(kind.id));
    for (std::string line; std::getline(lines, line);) out += "        " + line + "\n";
    return out;
}

/// Everything that can be explained.
std::vector<std::string> all_names() {
    std::vector<std::string> names;
    for (const std::vector<Field>* table : {&fields(), &circuit_fields()})
        for (const Field& field : *table) names.push_back(field.path);
    for (const Section& section : sections()) names.push_back(section.path);
    for (const ProblemKind& kind : problem_kinds()) names.emplace_back(kind.id);
    return names;
}

/// A cell of a table in Markdown.
std::string cell(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

} // namespace

std::string explain(const std::string& name) {
    if (const Field* field = find_field(name))
        return explain_field(named(*field, name)) + who_has(*field, name);
    if (const Section* section = find_section(name)) return explain_section(*section);
    if (const ProblemKind* kind = find_problem_kind(name)) return explain_problem(*kind);

    // the last key alone
    std::vector<std::string> paths;
    const std::string tail = "." + name;
    for (const Field& field : fields())
        if (field.path.size() > tail.size() &&
            field.path.compare(field.path.size() - tail.size(), tail.size(), tail) == 0)
            paths.push_back(field.path);
    if (paths.size() == 1) return explain_field(*find_field(paths[0]));
    if (!paths.empty())
        throw SpecError(fmt::format("`{}` is the name of several keys: {}; write one of them\n",
                                    name, quoted_list(paths, "and")));
    const std::string near = nearest_word(name, all_names());
    throw SpecError(fmt::format("nothing is called `{}`; {}\n", name.substr(0, 80),
                                near.empty() ? "`lamina explain \"\"` lists the keys"
                                             : fmt::format("did you mean `{}`?", near)));
}

std::string fields_page() {
    std::string out =
        "# Keys of an experiment file\n\n"
        "Generated from the field table (experiments/fields.cpp); `lamina explain KEY` prints one "
        "entry,\n"
        "`lamina schema` the same for editors. A quantity carries its unit, with a space between:\n"
        "`10 ms`. Any unit of the dimension may be used. Every key can be overridden on the "
        "command\n"
        "line as `path.to.key=value`; an override sets what it names and keeps the rest.\n";
    for (const Section& section : sections()) {
        std::string rows;
        for (const std::string& key : keys_of(section.path)) {
            const std::string path = section.path.empty() ? key : section.path + "." + key;
            const Field* field = find_field(path);
            if (!field) continue;
            std::string meaning = field->meaning;
            for (const Choice& choice : field->choices)
                meaning += fmt::format("<br>`{}`: {}{}", choice.name, choice.meaning,
                                       choice.later ? " (not in this version)" : "");
            if (!field->source.empty()) meaning += "<br>Source: " + field->source;
            rows += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", key,
                                cell(kind_in_words(*field)), cell(default_text(*field)),
                                cell(range_text(*field)), cell(field->symbol), cell(meaning));
        }
        if (rows.empty()) continue;
        out += fmt::format(
            "\n## {}\n\n{}{}\n\n| key | value | default | range | symbol | meaning |\n"
            "|---|---|---|---|---|---|\n",
            section.path.empty() ? "Top level" : "`" + section.path + "`",
            std::string(1, static_cast<char>(std::toupper(section.meaning[0]))) +
                section.meaning.substr(1) + ".",
            section.short_key.empty() ? ""
                                      : fmt::format(" One word here stands for `{}.{}`.",
                                                    section.path, section.short_key));
        out += rows;
    }
    return out;
}

std::string errors_page() {
    std::string out =
        "# Problems that Lamina finds in an experiment file\n\n"
        "Generated from experiments/problem_kinds.cpp; `lamina explain L0204` prints one entry.\n\n"
        "| id | what | why | what to do |\n|---|---|---|---|\n";
    for (const ProblemKind& kind : problem_kinds())
        out += fmt::format("| {} | {} | {} | {} |\n", kind.id, cell(kind.title), cell(kind.meaning),
                           cell(kind.remedy));
    return out;
}

} // namespace lamina
