/// Keys that hold lists and maps: compare_with, expect, fit.
#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/spec_reader.hpp"
#include "experiments/suggest.hpp"

namespace lamina {
namespace {

/// A path into the summary: words of letters, digits and _, joined by points.
bool is_summary_path(const std::string& path) {
    bool in_word = false;
    for (const char c : path) {
        const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        if (!letter && (c != '.' || !in_word)) return false;
        in_word = letter;
    }
    return in_word;
}

} // namespace

const std::vector<std::string>& published_data_sets() {
    static const std::vector<std::string> names = {"rouder_2008_change_detection",
                                                   "van_den_berg_2012_colour"};
    return names;
}

/// One data set: a name of `known`, or a file with its columns. False when it cannot be read.
bool SpecReader::one_data_set(const std::string& key, const YamlNode& value,
                              const std::vector<std::string>& known, const std::string& example,
                              ComparisonDataSpec& data) {
    if (value.is_scalar())
        return take(value, read_choice(value, "`" + key + "`", known), data.name);
    if (!value.is_map()) {
        wrong_kind(key, value, "a name, or {file: ..., columns: {...}}");
        return false;
    }
    for (const YamlEntry& part : value.entries) {
        const bool is_columns = part.key == "columns";
        if (part.key != "name" && part.key != "file" && !is_columns) {
            const std::string near = nearest_word(part.key, {"name", "file", "columns"});
            out_.problems
                .error("L0204",
                       fmt::format("unknown key `{}` in `{}`", part.key.substr(0, 60), key),
                       *part.key_source, part.key_mark)
                .help.push_back(near.empty() ? "known here: `name`, `file` and `columns`"
                                             : fmt::format("did you mean `{}`?", near));
        } else if (is_columns != part.value->is_map() || part.value->is_list()) {
            wrong_kind(key, *part.value, is_columns ? "a map of column names" : "one value");
        } else if (!is_columns) {
            take(*part.value, read_text(*part.value, "`" + key + "." + part.key + "`"),
                 part.key == "name" ? data.name : data.file);
        } else {
            for (const YamlEntry& column : part.value->entries) {
                std::string theirs;
                if (!column.value->is_scalar())
                    wrong_kind(key, *column.value, "the name of a column");
                else if (take(*column.value, read_text(*column.value, "`" + key + ".columns`"),
                              theirs))
                    data.columns.emplace_back(column.key, theirs);
            }
        }
    }
    if (value.find("file") && value.find("columns")) return true;
    error("L0203", fmt::format("`{}`: `file` and `columns` are due for data of your own", key),
          value)
        .help.push_back("write " + example);
    return false;
}

void SpecReader::comparisons(const Field& entry, const YamlNode& node) {
    if (!node.is_list()) {
        error("L0202", fmt::format("`{}` is {}; a list is due", entry.path, kind_of(node)), node)
            .help.push_back("write " + entry.example);
        return;
    }
    for (const YamlEntry& item : node.entries) {
        const YamlNode& value = *item.value;
        ComparisonDataSpec data;
        const bool is_rdms = value.is_map() && (value.find("rdm") || value.find("models"));
        if (is_rdms
                ? rdm_set(entry.path, value, data)
                : one_data_set(entry.path, value, published_data_sets(),
                               "{file: mine.csv, columns: {load: set_size, accuracy: acc}}", data))
            out_.spec.compare_with.push_back(data);
    }
}

void SpecReader::fit_data(const Field& entry, const YamlNode& node) {
    ComparisonDataSpec data;
    if (one_data_set(entry.path, node, fit_data_sets(),
                     "{file: mine.csv, columns: {load: set_size, error_deg: error}}", data))
        out_.spec.fit.to = data;
}

/// The parameter that a fit can free, with an error when `path` is none.
const FitParameter* SpecReader::fit_parameter(const std::string& path, const Source& source,
                                              const Mark& mark) {
    if (const FitParameter* known = find_fit_parameter(path)) return known;
    std::vector<std::string> names;
    for (const FitParameter& parameter : fit_parameters()) names.push_back(parameter.path);
    Problem& problem = out_.problems.error(
        "L0370", fmt::format("`{}` cannot be fitted", path.substr(0, 60)), source, mark);
    problem.notes.emplace_back("a fit that could bend the model would not test it: exponent, "
                               "semi-saturation, diffusion and network stay");
    const std::string near = nearest_word(path, names);
    problem.help.push_back(near.empty() ? "free can be " + quoted_list(names, "and")
                                        : fmt::format("did you mean `{}`?", near));
    return nullptr;
}

void SpecReader::fit_paths(const Field& entry, const YamlNode& node) {
    if (!node.is_list() || node.entries.empty())
        return wrong_kind(entry.path, node, "a list of paths");
    for (const YamlEntry& item : node.entries) {
        const YamlNode& value = *item.value;
        std::string path;
        if (!value.is_scalar())
            wrong_kind(entry.path, value, "a path");
        else if (take(value, read_text(value, "`fit.free`"), path) &&
                 fit_parameter(path, *value.source, value.mark)) {
            std::vector<std::string>& free = out_.spec.fit.free;
            if (std::find(free.begin(), free.end(), path) != free.end())
                error("L0222", fmt::format("`fit.free` names {} twice", path), value)
                    .help.emplace_back("each value is fitted once; remove one");
            free.push_back(path);
        }
    }
}

void SpecReader::fit_bounds(const Field& entry, const YamlNode& node) {
    if (!node.is_map()) return wrong_kind(entry.path, node, "a map of paths and [low, high]");
    for (const YamlEntry& item : node.entries) {
        const FitParameter* known = fit_parameter(item.key, *item.key_source, item.key_mark);
        if (!known) continue;
        if (!item.value->is_list() || item.value->entries.size() != 2 ||
            !item.value->entries[0].value->is_scalar() ||
            !item.value->entries[1].value->is_scalar()) {
            wrong_kind(entry.path, *item.value, "[low, high]");
            continue;
        }
        const Field& field = *find_field(item.key);
        FitBounds bounds{item.key, 0, 0};
        bool read = true;
        for (int end = 0; end < 2; ++end) {
            const YamlNode& value = *item.value->entries[std::size_t(end)].value;
            const std::string what = "`fit.bounds." + item.key + "`";
            read &= take(value,
                         field.unit.empty() ? read_number(value, what)
                                            : read_quantity(value, what, field.unit),
                         end == 0 ? bounds.low : bounds.high);
        }
        if (!read) continue;
        if (bounds.low < known->lowest || bounds.high > known->highest ||
            bounds.low >= bounds.high) {
            const std::string unit = field.unit.empty() ? "" : " " + field.unit;
            error(
                "L0371",
                fmt::format("`fit.bounds.{}`: [{:g}{}, {:g}{}] is no range within {:g} and {:g}{}",
                            item.key, bounds.low, unit, bounds.high, unit, known->lowest,
                            known->highest, unit),
                *item.value)
                .help.push_back(fmt::format("write for example [{:g}{}, {:g}{}]", known->low, unit,
                                            known->high, unit));
            continue;
        }
        out_.spec.fit.bounds.push_back(bounds);
    }
}

void SpecReader::expectations(const Field& entry, const YamlNode& node) {
    if (!node.is_map()) return wrong_kind(entry.path, node, "a map of paths and bounds");
    for (const YamlEntry& item : node.entries) {
        if (!is_summary_path(item.key)) {
            out_.problems
                .error("L0221",
                       fmt::format("`{}` is not a path into the summary", item.key.substr(0, 60)),
                       *item.key_source, item.key_mark)
                .help.emplace_back("write for example comparison.output_relative_error");
            continue;
        }
        if (!item.value->is_scalar()) {
            wrong_kind(entry.path, *item.value, "a bound, as \"< 1e-3\"");
            continue;
        }
        // operator, blanks, number
        const std::string& text = item.value->text;
        const std::size_t n = text.find_first_not_of("<>=");
        Expectation expectation;
        expectation.path = item.key;
        expectation.relation = text.substr(0, std::min(n, text.size()));
        const std::vector<std::string> relations = {"<", "<=", ">", ">="};
        const bool known =
            std::find(relations.begin(), relations.end(), expectation.relation) != relations.end();
        YamlNode number = *item.value;
        number.plain = true;
        const std::size_t first = n == std::string::npos ? n : text.find_first_not_of(' ', n);
        number.text = first == std::string::npos ? "" : text.substr(first);
        if (!known || number.text.empty()) {
            error("L0220",
                  fmt::format("`expect.{}`: `{}` is not a bound", item.key, text.substr(0, 60)),
                  *item.value)
                .help.emplace_back("write <, <=, > or >= and a number, in quotes: \"< 1e-3\"");
            continue;
        }
        if (take(*item.value, read_number(number, "`expect." + item.key + "`"), expectation.bound))
            out_.spec.expect.push_back(expectation);
    }
}

} // namespace lamina
