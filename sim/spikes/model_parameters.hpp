/// The parameters of a neuron or synapse model: its own values, with what a spec says instead.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>

#include <fmt/format.h>

#include "models/quantities.hpp"
#include "sim/errors.hpp"

namespace lamina {

/// A parameter of a model, with the value that holds where a spec says nothing.
struct ModelParameter {
    const char *name, *unit, *meaning;
    double value;
    Sign sign;
};

template <class Model> std::vector<ModelParameter> parameters_of() {
    std::vector<ModelParameter> table;
    const typename Model::Params defaults;
    for (const auto& p : Model::parameters)
        table.push_back({p.name, p.unit, p.meaning, defaults.*(p.value), p.sign});
    return table;
}

/// @param where  of whom, in messages
/// @throws SpecError when the model does not know a parameter, or its value has no meaning
template <class Model>
typename Model::Params params_of(const std::map<std::string, double>& given_values,
                                 const std::string& where) {
    typename Model::Params params;
    for (const auto& given : given_values) {
        const auto* const found =
            std::find_if(std::begin(Model::parameters), std::end(Model::parameters),
                         [&](const auto& p) { return given.first == p.name; });
        if (found == std::end(Model::parameters))
            throw SpecError(
                fmt::format("{}: {} has no parameter `{}`", where, Model::name, given.first));
        const bool good = std::isfinite(given.second) &&
                          (found->sign == Sign::any || given.second > 0 ||
                           (found->sign == Sign::not_negative && given.second == 0));
        if (!good)
            throw SpecError(fmt::format("{}.{} = {:g} {} ({} must be {})", where, given.first,
                                        given.second, found->unit, found->meaning,
                                        found->sign == Sign::positive       ? "positive"
                                        : found->sign == Sign::not_negative ? "at least 0"
                                                                            : "finite"));
        params.*(found->value) = given.second;
    }
    return params;
}

} // namespace lamina
