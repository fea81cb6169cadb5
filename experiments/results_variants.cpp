#include <cstdlib>
#include <set>

#include "experiments/fields.hpp"
#include "experiments/results_parts.hpp"

namespace lamina {
namespace {

/// Values of a key of a circuit's tables, which no field holds: "100 pA", "200 pA" as numbers with
/// their unit. Empty when some are no numbers, or of different units.
std::vector<double> written_numbers(const std::vector<std::string>& texts, std::string& unit) {
    std::vector<double> numbers;
    std::set<std::string> units;
    for (const std::string& text : texts) {
        char* end = nullptr;
        numbers.push_back(std::strtod(text.c_str(), &end));
        const std::string behind(end);
        if (end == text.c_str() || (!behind.empty() && behind[0] != ' ')) return {};
        units.insert(behind.empty() ? "" : behind.substr(1));
    }
    if (units.size() != 1) return {};
    unit = *units.begin();
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
        // numbers as the spec holds them, in the field's unit; anything else as it is written
        const std::string& path = spec.vary[factor].path;
        const Field* field = find_field(path);
        std::vector<std::string> texts;
        std::vector<double> numbers;
        for (const Variant& variant : variants) {
            texts.push_back(variant.values[factor]);
            if (!field || !field->get) continue;
            const FieldValue value = field->get(variant.spec);
            if (const auto* x = std::get_if<double>(&value)) numbers.push_back(*x);
            if (const auto* n = std::get_if<std::int64_t>(&value)) numbers.push_back(double(*n));
        }
        std::string unit = field ? field->unit_in(spec) : "";
        if (field && !field->get) numbers = written_numbers(texts, unit);
        if (numbers.size() == texts.size()) {
            image.variable("variants", names[factor], {"variant"}, numbers,
                           unit.empty() ? "1" : unit, path);
        } else {
            image.variable("variants", names[factor], {"variant"}, texts, "1", path);
        }
    }
}

} // namespace lamina
