#include "experiments/fields.hpp"
#include "experiments/results_parts.hpp"

namespace lamina {

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
        if (numbers.size() == texts.size()) {
            const std::string unit = field->unit_in(spec);
            image.variable("variants", names[factor], {"variant"}, numbers,
                           unit.empty() ? "1" : unit, path);
        } else {
            image.variable("variants", names[factor], {"variant"}, texts, "1", path);
        }
    }
}

} // namespace lamina
