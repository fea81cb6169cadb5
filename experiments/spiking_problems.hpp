/// Rules for the column made of spiking neurons.
#pragma once

#include <vector>

#include "experiments/found_problem.hpp"
#include "experiments/spec.hpp"

namespace lamina {

/// Nothing where no spiking column is asked for.
/// @param available_bytes  memory that is free
std::vector<FoundProblem> spiking_problems(const ExperimentSpec&, double available_bytes);

} // namespace lamina
