/// Keys that hold lists and maps: compare_with, expect, vary.
#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

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
    static const std::vector<std::string> names = {"rouder_2008_change_detection"};
    return names;
}

bool can_be_varied(const std::string& path) {
    if (path == "lamina" || path == "name") return false;
    const Field* field = find_field(path);
    return field ? static_cast<bool>(field->get) : !short_key_of(path).empty();
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
        if (value.is_scalar()) {
            if (take(value, read_choice(value, "`compare_with`", published_data_sets()), data.name))
                out_.spec.compare_with.push_back(data);
            continue;
        }
        if (!value.is_map()) {
            wrong_kind(entry.path, value, "a name, or {file: ..., columns: {...}}");
            continue;
        }
        for (const YamlEntry& part : value.entries) {
            const bool is_columns = part.key == "columns";
            if (part.key != "name" && part.key != "file" && !is_columns) {
                const std::string near = nearest_word(part.key, {"name", "file", "columns"});
                out_.problems
                    .error(
                        "L0204",
                        fmt::format("unknown key `{}` in `compare_with`", part.key.substr(0, 60)),
                        *part.key_source, part.key_mark)
                    .help.push_back(near.empty() ? "known here: `name`, `file` and `columns`"
                                                 : fmt::format("did you mean `{}`?", near));
            } else if (is_columns != part.value->is_map() || part.value->is_list()) {
                wrong_kind(entry.path, *part.value,
                           is_columns ? "a map of column names" : "one value");
            } else if (!is_columns) {
                take(*part.value, read_text(*part.value, "`compare_with." + part.key + "`"),
                     part.key == "name" ? data.name : data.file);
            } else {
                for (const YamlEntry& column : part.value->entries) {
                    std::string theirs;
                    if (!column.value->is_scalar())
                        wrong_kind(entry.path, *column.value, "the name of a column");
                    else if (take(*column.value, read_text(*column.value, "`compare_with.columns`"),
                                  theirs))
                        data.columns.emplace_back(column.key, theirs);
                }
            }
        }
        if (!value.find("file") || !value.find("columns"))
            error("L0203", "`compare_with`: `file` and `columns` are due for data of your own",
                  value)
                .help.emplace_back(
                    "write {file: mine.csv, columns: {load: set_size, accuracy: acc}}");
        else
            out_.spec.compare_with.push_back(data);
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

void SpecReader::factors(const Field& entry, const YamlNode& node) {
    if (!node.is_map()) return wrong_kind(entry.path, node, "a map of paths and lists");
    double n_variants = 1;
    for (const YamlEntry& factor : node.entries) {
        std::string message, help;
        const std::vector<std::string> keys = keys_of_path(factor.key, message, help);
        const auto refuse = [&](const std::string& why, const std::string& remedy) {
            out_.problems.error("L0221", why, *factor.key_source, factor.key_mark)
                .help.push_back(remedy);
        };
        if (keys.empty()) {
            refuse("`vary`: " + message, help);
            continue;
        }
        if (!can_be_varied(factor.key)) {
            refuse(fmt::format("`vary`: `{}` cannot be varied", factor.key.substr(0, 60)),
                   "name one key with one value, for example column.inhibition");
            continue;
        }
        if (!factor.value->is_list() || factor.value->entries.empty()) {
            error("L0222", fmt::format("`vary.{}` needs a list of values", factor.key),
                  *factor.value)
                .help.emplace_back("write [value, value]");
            continue;
        }
        VaryFactor out{factor.key, {}};
        for (const YamlEntry& value : factor.value->entries) {
            const std::string text = flow_text(*value.value);
            if (std::find(out.values.begin(), out.values.end(), text) != out.values.end())
                error("L0222",
                      fmt::format("`vary.{}` names {} twice", factor.key, text.substr(0, 60)),
                      *value.value)
                    .help.emplace_back("each value makes one variant; remove one");
            out.values.push_back(text);
        }
        n_variants *= static_cast<double>(out.values.size());
        out_.spec.vary.push_back(std::move(out));
    }
    if (n_variants > 1000)
        error("L0223",
              fmt::format("`vary` makes {:.0f} variants in one run; 1000 at most", n_variants),
              node)
            .help.emplace_back("use `sweep:` for large grids");
}

} // namespace lamina
