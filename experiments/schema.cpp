#include "experiments/schema.hpp"

#include <map>

#include <fmt/format.h>

#include "experiments/circuits/model_tables.hpp"
#include "experiments/fields.hpp"
#include "experiments/quantities.hpp"
#include "experiments/spec_reader.hpp"
#include "sim/run_file/json.hpp"
#include "sim/spikes/rule_parameters.hpp"

namespace lamina {
namespace {

/// Names of factors and levels.
constexpr const char* word_pattern = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";

Json text_schema() { return {{"type", "string"}, {"minLength", 1}}; }

/// Numbers with a unit of the field's dimension, as text.
std::string quantity_pattern(const Field& field) {
    std::string names;
    std::vector<std::string> dimensions = {find_unit(field.unit)->dimension};
    if (field.unit_due) dimensions.emplace_back("rate");
    for (const std::string& dimension : dimensions)
        for (const std::string& name : units_of(dimension))
            names += (names.empty() ? "" : "|") + name;
    const char* sign = field.range.low >= 0 ? "" : "-?";
    return fmt::format("^{}(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)? +({})$", sign, names);
}

Json time_schema() {
    Field time;
    time.unit = "ms";
    time.range.low = 0;
    return {{"type", "string"}, {"pattern", quantity_pattern(time)}};
}

void add_range(Json& json, const Range& range) {
    const auto number = [](double value) {
        return value == static_cast<double>(static_cast<std::int64_t>(value))
                   ? Json(static_cast<std::int64_t>(value))
                   : Json(value);
    };
    if (range.low > -1e15) json[range.above ? "exclusiveMinimum" : "minimum"] = number(range.low);
    if (range.high < 1e15) json[range.below ? "exclusiveMaximum" : "maximum"] = number(range.high);
}

/// Dissimilarities of people, and of models.
std::vector<Json> rdm_set_schemas() {
    const Json file{{"type", "string"}, {"minLength", 1}};
    const Json people{{"type", "object"},
                      {"properties",
                       {{"rdm", file},
                        {"name", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_]+$"}}},
                        {"per_subject", {{"type", "integer"}, {"minimum", 1}}}}},
                      {"required", {"rdm", "name"}},
                      {"additionalProperties", false}};
    const Json models{{"type", "object"},
                      {"properties", {{"models", file}, {"names", file}}},
                      {"required", Json::array({"models"})},
                      {"additionalProperties", false}};
    return {people, models};
}

/// A data set: a name, or a file with its columns.
Json data_set_schema(const std::vector<std::string>& names) {
    const Json own{
        {"type", "object"},
        {"properties",
         {{"name", {{"type", "string"}}},
          {"file", {{"type", "string"}}},
          {"columns", {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}}}}},
        {"required", {"file", "columns"}},
        {"additionalProperties", false}};
    Json json = Json::object();
    json["anyOf"] = Json::array({Json{{"enum", names}}, own});
    return json;
}

/// A name of the user's own.
Json word_schema() { return {{"type", "string"}, {"pattern", "^[A-Za-z][A-Za-z0-9_]{0,63}$"}}; }

std::vector<std::string> fit_paths() {
    std::vector<std::string> paths;
    for (const FitParameter& parameter : fit_parameters()) paths.push_back(parameter.path);
    return paths;
}

/// Axes of a sweep: paths with lists or ranges, or words with steps that set paths.
Json sweep_schema() {
    const Json end{{"type", {"string", "number"}}};
    const Json count{{"type", "integer"}, {"minimum", 1}};
    const Json range{{"type", "object"},
                     {"properties",
                      {{"from", end},
                       {"to", end},
                       {"step", end},
                       {"n", count},
                       {"scale", {{"enum", {"linear", "log"}}}}}},
                     {"required", {"from", "to"}},
                     {"additionalProperties", false}};
    const Json list{{"type", "array"}, {"minItems", 1}};
    const Json steps{
        {"type", "object"}, {"minProperties", 1}, {"additionalProperties", {{"type", "object"}}}};
    const auto paths_with = [](const Json& either) {
        return Json{{"type", "object"},
                    {"minProperties", 1},
                    {"additionalProperties", {{"anyOf", either}}}};
    };
    const Json drawn{{"type", "object"},
                     {"properties", {{"n", count}, {"over", paths_with({list, range})}}},
                     {"required", {"n", "over"}},
                     {"additionalProperties", false}};
    return {{"type", "object"},
            {"properties",
             {{"grid", paths_with({list, range, steps})},
              {"zip", paths_with({list, range})},
              {"random", drawn},
              {"lhs", drawn},
              {"points", text_schema()},
              {"replicates", count},
              {"seeds", {{"enum", {"common", "independent"}}}}}},
            {"additionalProperties", false}};
}

Json value_schema(const Field& field) {
    Json json = Json::object();
    switch (field.kind) {
    case FieldKind::boolean:
        json["type"] = "boolean";
        break;
    case FieldKind::integer:
        json["type"] = "integer";
        add_range(json, field.range);
        break;
    case FieldKind::natural:
        json["type"] = "integer";
        json["minimum"] = 0;
        json["maximum"] = std::numeric_limits<std::uint64_t>::max();
        break;
    case FieldKind::number:
        json["type"] = "number";
        add_range(json, field.range);
        break;
    case FieldKind::quantity:
        json["type"] = "string";
        json["pattern"] = quantity_pattern(field);
        if (!field.zero_word.empty()) {
            Json either;
            either["anyOf"] = Json::array({json, Json{{"const", field.zero_word}}});
            return either;
        }
        break;
    case FieldKind::choice:
        json["enum"] = field.words();
        break;
    case FieldKind::text:
    case FieldKind::file:
        json["type"] = "string";
        json["minLength"] = 1;
        break;
    case FieldKind::name:
        json["type"] = "string";
        json["pattern"] = "^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";
        break;
    case FieldKind::integers:
    case FieldKind::numbers: {
        Json one{{"type", field.kind == FieldKind::integers ? "integer" : "number"}};
        add_range(one, field.range);
        json["anyOf"] = Json::array(
            {one, Json{{"type", "array"}, {"items", one}, {"minItems", 1}, {"uniqueItems", true}}});
        break;
    }
    case FieldKind::comparisons:
        json["type"] = "array";
        json["items"] = data_set_schema(published_data_sets());
        for (const Json& set : rdm_set_schemas()) json["items"]["anyOf"].push_back(set);
        break;
    case FieldKind::data_set:
        json.update(data_set_schema(fit_data_sets()));
        break;
    case FieldKind::paths:
        json["type"] = "array";
        json["minItems"] = 1;
        json["uniqueItems"] = true;
        json["items"]["enum"] = fit_paths();
        break;
    case FieldKind::bounds:
        json["type"] = "object";
        json["propertyNames"]["enum"] = fit_paths();
        json["additionalProperties"] = Json{{"type", "array"}, {"minItems", 2}, {"maxItems", 2}};
        break;
    case FieldKind::arrays: {
        // rows, or with heads as an axis of their own
        Json list{{"type", "array"}, {"minItems", 1}, {"items", {{"type", "number"}}}};
        Json any = Json::array({list});
        for (int axis = 1; axis < 3; ++axis) {
            list = Json{{"type", "array"}, {"minItems", 1}, {"items", list}};
            any.push_back(list);
        }
        Json names = Json::array();
        for (const WeightArray& array : weight_arrays({})) names.push_back(array.name);
        json["type"] = "object";
        json["propertyNames"]["enum"] = names;
        json["additionalProperties"]["anyOf"] = any;
        break;
    }
    case FieldKind::expectations:
        json["type"] = "object";
        json["propertyNames"]["pattern"] = "^[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*$";
        json["additionalProperties"] =
            Json{{"type", "string"},
                 {"pattern", "^(<|<=|>|>=) *-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$"}};
        break;
    case FieldKind::factors: {
        std::vector<std::string> paths;
        for (const Field& factor : fields())
            if (can_be_varied(factor.path)) paths.push_back(factor.path);
        for (const Section& section : sections())
            if (!section.short_key.empty()) paths.push_back(section.path);
        // a path with its values, or a name with levels that set paths
        const Json values{{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}};
        Json level{{"type", "object"}};
        const std::string tables = R"(^circuit\.(populations|projections)\.(\*|[A-Za-z]\w*)\..+)";
        level["propertyNames"]["anyOf"] =
            Json::array({Json{{"enum", paths}}, Json{{"pattern", tables}}});
        json["type"] = "object";
        for (const std::string& path : paths) json["properties"][path] = values;
        json["patternProperties"][tables] = values;
        json["additionalProperties"] = Json{{"type", "object"},
                                            {"minProperties", 1},
                                            {"propertyNames", {{"pattern", word_pattern}}},
                                            {"additionalProperties", level}};
        break;
    }
    case FieldKind::words:
        json["anyOf"] = Json::array(
            {word_schema(), Json{{"type", "array"}, {"minItems", 1}, {"items", word_schema()}}});
        break;
    case FieldKind::spikes: {
        const Json pair{{"type", "array"}, {"minItems", 2}, {"maxItems", 2}};
        const Json file{{"type", "object"},
                        {"properties", {{"file", {{"type", "string"}, {"minLength", 1}}}}},
                        {"required", Json::array({"file"})},
                        {"additionalProperties", false}};
        json["anyOf"] = Json::array({Json{{"type", "array"}, {"items", pair}}, file});
        break;
    }
    case FieldKind::tabled:
        json["type"] = Json::array({"number", "string"});
        break;
    case FieldKind::windows:
        json["type"] = "object";
        json["propertyNames"]["pattern"] = "^[A-Za-z0-9_]{1,64}$";
        json["additionalProperties"] =
            Json{{"type", "array"}, {"minItems", 2}, {"maxItems", 2}, {"items", time_schema()}};
        break;
    case FieldKind::selection: {
        const Json names{
            {"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", text_schema()}};
        json["anyOf"] = Json::array({Json{{"enum", {"none", "all"}}}, names});
        break;
    }
    case FieldKind::variables:
        json["type"] = "array";
        json["items"] =
            Json{{"type", "object"},
                 {"properties",
                  {{"population", text_schema()},
                   {"variable", text_schema()},
                   {"neurons", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100000}}},
                   {"every", time_schema()}}},
                 {"required", {"population", "variable"}},
                 {"additionalProperties", false}};
        break;
    case FieldKind::sweep:
        json = sweep_schema();
        break;
    case FieldKind::none:
        json["anyOf"] =
            Json::array({Json{{"const", "none"}}, Json{{"type", "array"}, {"maxItems", 0}}});
        break;
    }
    return json;
}

/// The default as JSON: a number where YAML has a number.
Json default_value(const Field& field) {
    if (!field.get) return nullptr;
    const FieldValue value = field.get(default_spec());
    if (field.kind == FieldKind::quantity) return yaml_text(field, default_spec());
    return std::visit([](const auto& v) { return Json(v); }, value);
}

Json field_schema(const Field& field) {
    Json json = value_schema(field);
    std::string description = field.meaning;
    if (!field.symbol.empty()) description += fmt::format(" ({})", field.symbol);
    if (field.range.text() != "any")
        description +=
            fmt::format("; {}{}", field.range.text(), field.unit.empty() ? "" : " " + field.unit);
    for (const Choice& choice : field.choices)
        if (!choice.later) description += fmt::format("\n{}: {}", choice.name, choice.meaning);
    if (!field.source.empty()) description += "\nSource: " + field.source;
    json["description"] = description;
    const Json standard = default_value(field);
    if (!field.required && !standard.is_null() && standard != "") json["default"] = standard;
    if (field.kind == FieldKind::quantity || field.kind == FieldKind::text ||
        field.kind == FieldKind::file || field.kind == FieldKind::name)
        if (!field.example.empty()) json["examples"] = Json::array({field.example});
    return json;
}

/// What models and rules can have in the place of the * that a path ends with: name and meaning.
std::map<std::string, std::string> parameters_below(const std::string& path) {
    std::map<std::string, std::string> meanings;
    const auto add = [&](const auto& table) {
        for (const auto& line : table)
            for (const NeuronParameter& p : line.parameters)
                meanings[p.name] +=
                    fmt::format("{}{}: {}{}", meanings[p.name].empty() ? "" : "\n", line.name,
                                p.meaning, *p.unit == '\0' ? "" : fmt::format(" ({})", p.unit));
    };
    if (path == "circuit.populations.*.parameters.*") add(circuit_neurons());
    if (path == "circuit.projections.*.synapse.*") add(circuit_synapses());
    if (path == "circuit.projections.*.rule.*")
        for (const RuleParameter& p : rule_parameters()) meanings[p.name] = p.meaning;
    return meanings;
}

Json section_schema(const Section& section) {
    Json json{{"type", "object"}, {"description", section.meaning}};
    Json required = Json::array();
    json["additionalProperties"] = false;
    for (const std::string& key : keys_of(section.path)) {
        const std::string path = key_path(section.path, key);
        const Field* field = find_field(path);
        const Section* below = find_section(path);
        const Json value = field ? field_schema(*field) : section_schema(*below);
        if (key == "*") {
            json["additionalProperties"] = value;
            for (const auto& [name, meaning] : parameters_below(path)) {
                json["properties"][name] = value;
                json["properties"][name]["description"] = meaning;
            }
            if (below) json["propertyNames"] = word_schema();
        } else {
            json["properties"][key] = value;
        }
        if (field ? field->required : below->required) required.push_back(key);
    }
    if (!required.empty()) json["required"] = required;
    if (section.listed) {
        Json one_or_many{{"description", section.meaning}};
        one_or_many["anyOf"] =
            Json::array({json, Json{{"type", "array"}, {"minItems", 1}, {"items", json}}});
        return one_or_many;
    }
    if (section.short_key.empty()) return json;
    // or one word
    Json either{{"description", section.meaning}};
    either["anyOf"] =
        Json::array({value_schema(*find_field(key_path(section.path, section.short_key))), json});
    return either;
}

} // namespace

Json schema() {
    Json json{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "Lamina experiment, format 1"}};
    json.update(section_schema(*find_section("")));
    return json;
}

} // namespace lamina
