#include "analysis/load_run.hpp"

#include <sstream>

#include <nlohmann/json.hpp>

namespace lamina::analysis {
namespace {

/// Words of a variable that holds codes (`flag_values`, `flag_meanings`); none for any other.
std::map<double, std::string> meanings_of(const ResultsReader& reader, const std::string& object) {
    if (!reader.has_attribute(object, "flag_values")) return {};
    std::map<double, std::string> meanings;
    std::istringstream words(reader.text_attribute(object, "flag_meanings"));
    for (const double code : reader.number_attribute(object, "flag_values"))
        words >> meanings[code];
    return meanings;
}

void load_group(const ResultsReader& reader, const std::string& path,
                std::map<std::string, Group>& groups) {
    for (const std::string& name : reader.variables(path)) {
        const VariableInfo info = reader.describe(path, name);
        Column column;
        column.place = groups[path].size();
        column.dims = info.dimensions;
        column.shape = info.shape;
        column.units = info.units.empty() ? "1" : info.units;
        column.long_name = info.long_name;
        if (info.kind == VariableInfo::Kind::text)
            column.words = reader.text(path, name);
        else
            column.numbers = reader.numbers(path, name);
        column.is_integer = info.kind == VariableInfo::Kind::integer;
        column.meanings = meanings_of(reader, path.empty() ? name : path + "/" + name);
        groups[path][name] = std::move(column);
    }
    for (const std::string& below : reader.groups(path))
        load_group(reader, path.empty() ? below : path + "/" + below, groups);
}

} // namespace

std::map<std::string, Group> load_groups(const ResultsReader& reader) {
    std::map<std::string, Group> groups;
    load_group(reader, "", groups);
    return groups;
}

RunData load_run(const RunDirectory& directory) {
    const ResultsReader results = directory.results(results_file(directory));
    std::string spec_text;
    for (const char* name : {"spec.resolved.yaml", "spec.yaml"})
        if (spec_text.empty() && directory.has(name)) spec_text = directory.read_text(name);
    const std::string name = directory.path().filename().empty()
                                 ? directory.path().parent_path().filename().string()
                                 : directory.path().filename().string();
    if (!directory.has("trace.h5"))
        return assemble_run(name, directory.run(), results, nullptr, spec_text);
    const ResultsReader trace = directory.results("trace.h5");
    return assemble_run(name, directory.run(), results, &trace, spec_text);
}

RunData assemble_run(const std::string& name, const nlohmann::ordered_json& run,
                     const ResultsReader& results, const ResultsReader* trace,
                     const std::string& spec_text) {
    RunData data;
    data.name = name;
    data.run = std::make_shared<const nlohmann::ordered_json>(run);
    data.groups = load_groups(results);
    if (trace) data.trace = load_groups(*trace);
    data.spec_text = spec_text;
    return data;
}

} // namespace lamina::analysis
