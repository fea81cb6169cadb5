#include "experiments/resolved_spec.hpp"

#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/circuits/circuit_lines.hpp"
#include "experiments/fields.hpp"
#include "experiments/input_files.hpp"
#include "experiments/quantities.hpp"
#include "experiments/read_spec.hpp"

namespace lamina {
namespace {

constexpr std::size_t comment_column = 48;

std::string where_written(const YamlNode& value, const SpecReading& reading) {
    return value.source == reading.source ? fmt::format("line {}", value.mark.line)
                                          : "override " + value.source->text;
}

/// Where a value comes from, in words.
std::string origin_of(const Field& field, const ExperimentSpec& spec, const SpecReading& reading) {
    const bool as_read = yaml_text(field, spec) == yaml_text(field, reading.spec);
    if (!as_read) return "set by the program";
    const auto given = reading.given.find(field.path);
    if (given != reading.given.end()) {
        const std::string where = where_written(*given->second.value, reading);
        return field.applies(spec) ? where : where + "; changes nothing, " + field.idle(spec);
    }
    if (yaml_text(field, spec) == yaml_text(field, default_spec())) return "default";
    return "follows from other keys";
}

bool is_written(const Field& field, const ExperimentSpec& spec, const SpecReading& reading) {
    if (reading.given.count(field.path)) return true;
    if (field.kind == FieldKind::sweep) return false;
    const bool is_list = field.kind == FieldKind::data_set || field.kind == FieldKind::paths ||
                         field.kind == FieldKind::bounds || field.kind == FieldKind::arrays ||
                         field.kind == FieldKind::windows || field.kind == FieldKind::variables ||
                         field.path == "fit.conditions";
    if (is_list) return false; // nothing stands for an empty one
    if (field.kind == FieldKind::file || field.kind == FieldKind::text)
        if (std::get<std::string>(field.get(spec)).empty()) return false;
    return field.applies(spec);
}

/// The name of an input file as it is found from any folder: the resolved spec lies in another one
/// than the file that names it.
std::string found_from_anywhere(const std::string& name, const ExperimentSpec& spec) {
    if (name.empty() || name.find("${") != std::string::npos) return name;
    return std::filesystem::absolute(std::filesystem::path(spec.folder) / name)
        .lexically_normal()
        .string();
}

/// The same of every file that the spec names.
ExperimentSpec with_absolute_files(ExperimentSpec spec) {
    for (const InputFile& file : input_files(spec))
        *file.name = found_from_anywhere(*file.name, spec);
    return spec;
}

std::string resolved_text(const Field& field, const ExperimentSpec& spec,
                          const SpecReading& reading) {
    if (field.kind == FieldKind::sweep) return flow_text(*reading.given.at(field.path).value);
    return yaml_text(field, spec);
}

nlohmann::ordered_json resolved_value(const ComparisonDataSpec& data) {
    if (!data.rdm.empty())
        return {{"rdm", data.rdm}, {"name", data.name}, {"per_subject", data.per_subject}};
    if (!data.models.empty()) {
        nlohmann::ordered_json models = {{"models", data.models}};
        if (!data.names.empty()) models["names"] = data.names;
        return models;
    }
    if (data.file.empty()) return data.name;
    nlohmann::ordered_json columns = nlohmann::ordered_json::object();
    for (const auto& [ours, theirs] : data.columns) columns[ours] = theirs;
    return {{"file", data.file}, {"columns", columns}};
}

/// The values of a factor, or its levels with what each sets.
nlohmann::ordered_json resolved_value(const VaryFactor& factor) {
    if (factor.levels.empty()) return factor.values;
    nlohmann::ordered_json levels = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < factor.values.size(); ++i) {
        levels[factor.values[i]] = nlohmann::ordered_json::object();
        for (const Setting& setting : factor.levels[i])
            levels[factor.values[i]][setting.path] = setting.value;
    }
    return levels;
}

/// What compare_with, expect, vary, fit and record hold, as the file has it: lists and maps.
nlohmann::ordered_json list_value(const Field& field, const ExperimentSpec& spec) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    if (field.kind == FieldKind::comparisons)
        for (const ComparisonDataSpec& data : spec.compare_with)
            out.push_back(resolved_value(data));
    if (field.kind == FieldKind::data_set) out = resolved_value(spec.fit.to);
    if (field.kind == FieldKind::paths) out = spec.fit.free;
    if (field.kind == FieldKind::bounds) {
        out = nlohmann::ordered_json::object();
        for (const FitBounds& bounds : spec.fit.bounds)
            out[bounds.path] = {bounds.low, bounds.high};
    }
    if (field.kind == FieldKind::arrays) {
        out = nlohmann::ordered_json::object();
        for (const NamedArray& array : spec.weights_values)
            out[array.name] = {{"shape", array.shape}, {"values", array.values}};
    }
    if (field.kind == FieldKind::expectations) {
        out = nlohmann::ordered_json::object();
        for (const Expectation& expectation : spec.expect)
            out[expectation.path] = fmt::format("{} {}", expectation.relation, expectation.bound);
    }
    if (field.kind == FieldKind::factors) {
        out = nlohmann::ordered_json::object();
        for (const VaryFactor& factor : spec.vary) out[factor.path] = resolved_value(factor);
    }
    if (field.kind == FieldKind::windows) {
        out = nlohmann::ordered_json::object();
        for (const TimeWindow& w : spec.task.windows) out[w.name] = {w.from_ms, w.to_ms};
    }
    if (field.kind == FieldKind::selection) {
        if (spec.record.spikes != "some") return spec.record.spikes;
        out = spec.record.spike_populations;
    }
    if (field.kind == FieldKind::variables)
        for (const RecordedVariable& v : spec.record.variables)
            out.push_back({{"population", v.population},
                           {"variable", v.variable},
                           {"neurons", v.neurons},
                           {"every", number_text(v.every_ms) + " ms"}});
    return out;
}

/// The spec as lines, under the headings of their sections.
class ResolvedText {
  public:
    void line(const std::string& path, const std::string& text, const std::string& origin) {
        const std::vector<std::string> words = words_of_path(path);
        std::size_t n_same = 0;
        while (n_same < open_.size() && n_same + 1 < words.size() && open_[n_same] == words[n_same])
            ++n_same;
        for (std::size_t i = n_same; i + 1 < words.size(); ++i)
            out_ += std::string(2 * i, ' ') + words[i] + ":\n";
        open_.assign(words.begin(), words.end() - 1);

        std::string line = std::string(2 * open_.size(), ' ') + words.back() + ": " + text;
        if (line.size() < comment_column) line.resize(comment_column, ' ');
        out_ += line + "  # " + origin + "\n";
    }
    const std::string& text() const { return out_; }

  private:
    std::string out_ = "# every value of the experiment, with its origin\n";
    std::vector<std::string> open_; ///< sections that the last line stood in
};

/// Where a value of a circuit's tables comes from.
std::string origin_of(const std::string& path, const SpecReading& reading) {
    const auto given = reading.given.find(path);
    if (given == reading.given.end()) return "default";
    // of a law or a list, an override of a part counts more
    const std::string below = path + ".";
    for (auto part = reading.given.lower_bound(below);
         part != reading.given.end() && part->first.rfind(below, 0) == 0; ++part)
        if (part->second.value->source != reading.source)
            return where_written(*part->second.value, reading);
    return where_written(*given->second.value, reading);
}

/// The circuit's tables stand behind its other keys.
bool is_last_of_circuit(const Field& field) { return field.path == "circuit.thalamus.duration"; }

} // namespace

std::string resolved_spec(const ExperimentSpec& spec) {
    const SpecReading reading =
        read_everything(spec.text, spec.file, spec.folder, spec.overrides, false);
    const ExperimentSpec anywhere = with_absolute_files(spec);
    ResolvedText out;
    for (const Field& field : fields()) {
        if (is_written(field, spec, reading))
            out.line(field.path, resolved_text(field, anywhere, reading),
                     origin_of(field, spec, reading));
        if (is_last_of_circuit(field))
            for (const CircuitLine& line : circuit_lines(anywhere.circuit))
                out.line(line.path, flow_yaml(line.value), origin_of(line.path, reading));
    }
    return out.text();
}

nlohmann::ordered_json resolved_json(const ExperimentSpec& spec) {
    const SpecReading reading =
        read_everything(spec.text, spec.file, spec.folder, spec.overrides, false);
    nlohmann::ordered_json out = nlohmann::ordered_json::object();
    const auto at = [&](const std::string& path) -> nlohmann::ordered_json& {
        nlohmann::ordered_json* place = &out;
        for (const std::string& word : words_of_path(path)) place = &(*place)[word];
        return *place;
    };
    for (const Field& field : fields()) {
        if (is_last_of_circuit(field))
            for (const CircuitLine& line : circuit_lines(spec.circuit)) at(line.path) = line.value;
        if (!is_written(field, spec, reading)) continue;
        if (!field.get && field.kind != FieldKind::sweep && field.kind != FieldKind::none)
            at(field.path) = list_value(field, spec);
        else if (field.get && field.kind != FieldKind::quantity)
            at(field.path) = std::visit(
                [](const auto& value) { return nlohmann::ordered_json(value); }, field.get(spec));
        else
            at(field.path) = resolved_text(field, spec, reading);
    }
    return out;
}

} // namespace lamina
