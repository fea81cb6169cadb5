/// Body, one item = one neuron: what its group gets, in units of the neuron.
///
///     of_neurons[i] = factor of_groups[i / n_neurons]
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

struct SpreadGroups {
    const float* of_groups; ///< [n_groups]
    std::size_t n_neurons;  ///< of a group
    float factor;
    float* of_neurons; ///< [n_groups, n_neurons]

    LAMINA_FN void operator()(std::size_t neuron) const {
        of_neurons[neuron] = of_groups[neuron / n_neurons] * factor;
    }
};

} // namespace lamina
