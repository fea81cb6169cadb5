/// Rows of the field table as text.
#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/fields.hpp"
#include "experiments/quantities.hpp"
#include "experiments/yaml_tree.hpp"

namespace lamina {

std::string Range::text() const {
    // 1e12 bounds numbers without a limit of their own, and is not worth saying
    const bool has_low = low > -1e12, has_high = high < 1e12;
    if (has_low && has_high && low == high) return number_text(low);
    if (has_low && has_high)
        return fmt::format("{} {} and {} {}", above ? ">" : ">=", number_text(low),
                           below ? "<" : "<=", number_text(high));
    if (has_low) return fmt::format("{} {}", above ? ">" : ">=", number_text(low));
    if (has_high) return fmt::format("{} {}", below ? "<" : "<=", number_text(high));
    return "any";
}

std::vector<std::string> Field::words() const {
    std::vector<std::string> names;
    for (const Choice& choice : choices)
        if (!choice.later) names.push_back(choice.name);
    return names;
}

std::vector<std::string> keys_of(const std::string& section) {
    const std::string prefix = section.empty() ? "" : circuit_row(section) + ".";
    std::vector<std::string> keys;
    std::unordered_set<std::string> seen;
    for (const std::vector<Field>* table : {&fields(), &circuit_fields()})
        for (const Field& field : *table) {
            if (field.path.compare(0, prefix.size(), prefix) != 0) continue;
            const std::string rest = field.path.substr(prefix.size());
            const std::string key = rest.substr(0, rest.find('.'));
            if (seen.insert(key).second) keys.push_back(key);
        }
    return keys;
}

namespace {

std::string as_written(const std::string& text) {
    YamlNode node;
    node.text = text;
    // texts are quoted unless they are plain words
    const bool word = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '/';
    });
    node.plain = word && std::isalpha(static_cast<unsigned char>(text[0]));
    return flow_text(node);
}

/// A data set as it is written: its name, file and columns, or dissimilarities.
std::string as_written(const ComparisonDataSpec& data) {
    if (!data.rdm.empty())
        return fmt::format("{{rdm: {}, name: {}, per_subject: {}}}", as_written(data.rdm),
                           as_written(data.name), data.per_subject);
    if (!data.models.empty())
        return "{models: " + as_written(data.models) +
               (data.names.empty() ? "}" : ", names: " + as_written(data.names) + "}");
    if (data.file.empty()) return as_written(data.name);
    std::string columns;
    for (const auto& [ours, theirs] : data.columns)
        columns += (columns.empty() ? "" : ", ") + ours + ": " + as_written(theirs);
    return (data.name.empty() ? "{" : "{name: " + as_written(data.name) + ", ") +
           "file: " + as_written(data.file) + ", columns: {" + columns + "}}";
}

std::string fit_text(const FitSpec& fit, FieldKind kind) {
    std::string out;
    const auto item = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
    if (kind == FieldKind::data_set) return fit.given() ? as_written(fit.to) : "none";
    if (kind == FieldKind::paths) {
        for (const std::string& path : fit.free) item(path);
        return "[" + out + "]";
    }
    for (const FitBounds& bounds : fit.bounds) {
        const std::string& unit = find_field(bounds.path)->unit;
        const std::string tail = unit.empty() ? "" : " " + unit;
        item(fmt::format("{}: [{}{}, {}{}]", bounds.path, number_text(bounds.low), tail,
                         number_text(bounds.high), tail));
    }
    return "{" + out + "}";
}

std::string comma_list(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

/// A factor as it is written: its values, or its levels with what they set.
std::string as_written(const VaryFactor& factor) {
    if (factor.levels.empty()) return factor.path + ": [" + comma_list(factor.values) + "]";
    std::vector<std::string> levels;
    for (std::size_t i = 0; i < factor.values.size(); ++i) {
        std::vector<std::string> settings;
        for (const Setting& setting : factor.levels[i])
            settings.push_back(setting.path + ": " + setting.value);
        levels.push_back(factor.values[i] + ": {" + comma_list(settings) + "}");
    }
    return factor.path + ": {" + comma_list(levels) + "}";
}

/// task.windows, record.spikes and record.variables.
std::string recording_text(const ExperimentSpec& spec, FieldKind kind) {
    std::vector<std::string> items;
    if (kind == FieldKind::windows) {
        for (const TimeWindow& w : spec.task.windows)
            items.push_back(fmt::format("{}: [{} ms, {} ms]", w.name, number_text(w.from_ms),
                                        number_text(w.to_ms)));
        return "{" + comma_list(items) + "}";
    }
    if (kind == FieldKind::selection) {
        if (spec.record.spikes != "some") return spec.record.spikes;
        for (const std::string& name : spec.record.spike_populations)
            items.push_back(as_written(name));
        return "[" + comma_list(items) + "]";
    }
    for (const RecordedVariable& v : spec.record.variables)
        items.push_back(fmt::format("{{population: {}, variable: {}, neurons: {}, every: {} ms}}",
                                    as_written(v.population), as_written(v.variable), v.neurons,
                                    number_text(v.every_ms)));
    return "[" + comma_list(items) + "]";
}

/// The rows of an array from axis `axis` and entry `at` on, which is left behind them.
std::string nested_rows(const NamedArray& array, std::size_t axis, std::size_t& at) {
    if (axis == array.shape.size()) return number_text(array.values[at++]);
    std::string out;
    for (std::size_t i = 0; i < array.shape[axis]; ++i)
        out += (i > 0 ? ", " : "") + nested_rows(array, axis + 1, at);
    return "[" + out + "]";
}

std::string list_of(const ExperimentSpec& spec, FieldKind kind) {
    std::string out;
    const auto item = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
    if (kind == FieldKind::data_set || kind == FieldKind::paths || kind == FieldKind::bounds)
        return fit_text(spec.fit, kind);
    if (kind == FieldKind::arrays) {
        for (const NamedArray& array : spec.weights_values) {
            std::size_t at = 0;
            item(array.name + ": " + nested_rows(array, 0, at));
        }
        return "{" + out + "}";
    }
    if (kind == FieldKind::comparisons) {
        for (const ComparisonDataSpec& data : spec.compare_with) item(as_written(data));
        return "[" + out + "]";
    }
    if (kind == FieldKind::expectations) {
        for (const Expectation& e : spec.expect)
            item(fmt::format("{}: \"{} {}\"", e.path, e.relation, number_text(e.bound)));
        return "{" + out + "}";
    }
    if (kind == FieldKind::windows || kind == FieldKind::selection || kind == FieldKind::variables)
        return recording_text(spec, kind);
    for (const VaryFactor& factor : spec.vary) item(as_written(factor));
    return "{" + out + "}";
}

} // namespace

std::string yaml_text(const Field& field, const ExperimentSpec& spec) {
    if (!field.get)
        return field.kind == FieldKind::none ? (field.path.rfind("record.", 0) == 0 ? "none" : "[]")
                                             : list_of(spec, field.kind);
    const FieldValue value = field.get(spec);
    switch (field.kind) {
    case FieldKind::boolean:
        return std::get<bool>(value) ? "true" : "false";
    case FieldKind::integer:
        return std::to_string(std::get<std::int64_t>(value));
    case FieldKind::natural:
        return std::to_string(std::get<std::uint64_t>(value));
    case FieldKind::number:
        return number_text(std::get<double>(value));
    case FieldKind::quantity: {
        const double number = std::get<double>(value);
        if (number == 0 && !field.zero_word.empty()) return field.zero_word;
        return number_text(number) + " " + field.unit_in(spec);
    }
    case FieldKind::choice:
        return std::get<std::string>(value);
    case FieldKind::integers: {
        std::string out;
        for (const int n : std::get<std::vector<int>>(value))
            out += (out.empty() ? "" : ", ") + std::to_string(n);
        return "[" + out + "]";
    }
    case FieldKind::numbers: {
        std::string out;
        for (const double x : std::get<std::vector<double>>(value))
            out += (out.empty() ? "" : ", ") + number_text(x);
        return "[" + out + "]";
    }
    default:
        return as_written(std::get<std::string>(value));
    }
}

} // namespace lamina
