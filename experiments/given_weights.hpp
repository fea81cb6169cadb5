/// Weights that an experiment gives itself, as arrays in a file or in its own lines:
/// `column.weights: {file: ...}` and `{values: ...}`.
#pragma once

#include <string>
#include <vector>

#include "experiments/spec.hpp"

namespace lamina {

/// Whether this spec gives its weights.
bool gives_weights(const ExperimentSpec&);

/// The arrays of column.weights.file, or column.weights.values.
/// @throws SpecError when the file cannot be read as what it should be
NamedArrays weights_given(const ExperimentSpec&);

/// What is wrong with them for an area.
struct WeightsComplaint {
    std::string array; ///< whose; "" for one that is missing
    std::string message, help;
    bool only_unused = false; ///< a warning: the area does not read it
};
std::vector<WeightsComplaint> weights_complaints(const AreaSpec&, const NamedArrays&);

/// @param origin  where they are from, for AttentionWeights
/// @throws SpecError with the first complaint that is more than a warning
AttentionWeights given_weights(const AreaSpec&, const NamedArrays&, const std::string& origin);

/// The same of a spec that gives them.
AttentionWeights given_weights(const ExperimentSpec&);

/// What `given_weights` makes the same weights of: all arrays that the area reads.
NamedArrays arrays_of(const AttentionWeights&, const AreaSpec&);

} // namespace lamina
