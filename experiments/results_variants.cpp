#include <variant>

#include "experiments/fields.hpp"
#include "experiments/quantities.hpp"
#include "experiments/results_parts.hpp"
#include "experiments/scalars.hpp"

namespace lamina {
namespace {

/// The values of a field as the spec holds them, in its unit; empty when they are no numbers.
std::vector<double> field_numbers(const Field& field, const std::vector<Variant>& variants) {
    std::vector<double> numbers;
    for (const Variant& variant : variants) {
        const FieldValue value = field.get(variant.spec);
        if (const auto* x = std::get_if<double>(&value)) numbers.push_back(*x);
        if (const auto* n = std::get_if<std::int64_t>(&value)) numbers.push_back(double(*n));
    }
    return numbers;
}

/// Values that are written as numbers, in the unit of the first; empty when one is not. So are
/// parameters of a circuit's tables read, which are no fields.
std::vector<double> field_numbers(const std::vector<std::string>& texts, std::string& unit) {
    const std::size_t space = texts.at(0).find(' ');
    unit = space == std::string::npos ? "" : texts[0].substr(space + 1);
    if (!unit.empty() && !find_unit(unit)) return {};
    std::vector<double> numbers;
    for (const std::string& text : texts) {
        YamlNode node;
        node.text = text;
        const Read<double> read =
            unit.empty() ? read_number(node, "") : read_quantity(node, "", unit);
        if (!std::holds_alternative<double>(read)) return {};
        numbers.push_back(std::get<double>(read));
    }
    return numbers;
}

} // namespace

void add_variants(Image& image, const std::vector<Variant>& variants) {
    std::vector<std::string> labels;
    for (const Variant& variant : variants) labels.push_back(variant.label);
    image.dimension("variants", "variant", variants.size());
    image.variable("variants", "label", {"variant"}, labels, "1", "combination of varied factors");
    const ExperimentSpec& spec = variants.front().spec;
    const std::vector<std::string> names = factor_names(spec);
    for (std::size_t factor = 0; factor < names.size(); ++factor) {
        const std::string& path = spec.vary[factor].path;
        const Field* field = find_field(path);
        std::vector<std::string> texts;
        for (const Variant& variant : variants) texts.push_back(variant.values[factor]);
        std::string unit = field ? field->unit_in(spec) : "";
        const std::vector<double> numbers =
            field && field->get ? field_numbers(*field, variants) : field_numbers(texts, unit);
        if (numbers.size() == texts.size()) {
            image.variable("variants", names[factor], {"variant"}, numbers,
                           unit.empty() ? "1" : unit, path);
        } else {
            image.variable("variants", names[factor], {"variant"}, texts, "1", path);
        }
    }
}

} // namespace lamina
