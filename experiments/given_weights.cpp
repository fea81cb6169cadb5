#include "experiments/given_weights.hpp"

#include <cmath>

#include <fmt/format.h>

#include "experiments/data_path.hpp"
#include "experiments/suggest.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// "W_Q[3, 5] is nan", or "" when all entries are finite.
std::string not_finite(const NamedArray& array) {
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        if (std::isfinite(array.values[i])) continue;
        std::vector<std::size_t> place(array.shape.size());
        std::size_t rest = i;
        for (std::size_t axis = place.size(); axis-- > 0; rest /= array.shape[axis])
            place[axis] = rest % array.shape[axis];
        return fmt::format("{}{} is {}", array.name, shape_text(place), array.values[i]);
    }
    return "";
}

WeightsComplaint unknown(const std::string& name, const std::vector<WeightArray>& known) {
    std::vector<std::string> names;
    for (const WeightArray& one : known) names.emplace_back(one.name);
    const std::string near = nearest_word(name, names);
    return {name, fmt::format("there is no array `{}`", name.substr(0, 60)),
            near.empty() ? "arrays are " + quoted_list(names, "and")
                         : fmt::format("did you mean `{}`?", near)};
}

} // namespace

bool gives_weights(const ExperimentSpec& spec) {
    return spec.weights.kind == "file" || spec.weights.kind == "values";
}

NamedArrays weights_given(const ExperimentSpec& spec) {
    if (spec.weights.kind == "values") return spec.weights_values;
    return read_array_file(input_path(spec.weights_file, spec.folder));
}

std::vector<WeightsComplaint> weights_complaints(const AreaSpec& area, const NamedArrays& given) {
    const std::vector<WeightArray> known = weight_arrays(area);
    std::vector<WeightsComplaint> complaints;
    for (const NamedArray& array : given) {
        const WeightArray* due = nullptr;
        for (const WeightArray& one : known)
            if (array.name == one.name) due = &one;
        if (!due) {
            complaints.push_back(unknown(array.name, known));
        } else if (!due->unused.empty()) {
            complaints.push_back({array.name,
                                  fmt::format("`{}` changes nothing: {}", array.name, due->unused),
                                  "leave it out, or select what it belongs to", true});
        } else if (array.shape != due->shape && array.shape != due->shape_by_head) {
            complaints.push_back(
                {array.name,
                 fmt::format("`{}` is {}; {} is due, [{}]", array.name, shape_text(array.shape),
                             shape_text(due->shape), due->dims),
                 "rows are where a weight leads to, columns where it comes from: y = W x + b"});
        } else if (const std::string bad = not_finite(array); !bad.empty()) {
            complaints.push_back({array.name, bad, "weights are finite numbers"});
        }
    }
    for (const WeightArray& one : known)
        if (one.required && !find_array(given, one.name))
            complaints.push_back({"",
                                  fmt::format("`{}` is missing, [{}] = {}", one.name, one.dims,
                                              shape_text(one.shape)),
                                  "biases may be left out, matrices may not"});
    return complaints;
}

AttentionWeights given_weights(const AreaSpec& area, const NamedArrays& given,
                               const std::string& origin) {
    for (const WeightsComplaint& complaint : weights_complaints(area, given))
        if (!complaint.only_unused)
            throw SpecError(
                fmt::format("column.weights: {}; {}", complaint.message, complaint.help));
    AttentionWeights w = blank_weights(area);
    w.origin = origin;
    for (const WeightArray& one : weight_arrays(area))
        if (const NamedArray* array = find_array(given, one.name); array && one.unused.empty())
            w.*one.entries = array->values;
    return w;
}

AttentionWeights given_weights(const ExperimentSpec& spec) {
    return given_weights(spec.area, weights_given(spec),
                         spec.weights.kind == "file" ? spec.weights_file : "values");
}

NamedArrays arrays_of(const AttentionWeights& w, const AreaSpec& area) {
    NamedArrays arrays;
    for (const WeightArray& one : weight_arrays(area))
        if (one.unused.empty()) arrays.push_back({one.name, one.shape, w.*one.entries});
    return arrays;
}

} // namespace lamina
