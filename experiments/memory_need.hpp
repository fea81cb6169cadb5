/// How much memory a run of the column needs, and how much there is.
#pragma once

#include "experiments/spec.hpp"

namespace lamina {

/// Bytes of weights, state and the inputs of one trial, with a copy of state and inputs for each
/// thread; counted from the spec alone.
double predicted_memory_bytes(const ExperimentSpec&, int n_threads);

/// What the kernel could give without swapping, in bytes.
double available_memory_bytes();

} // namespace lamina
