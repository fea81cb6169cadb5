/// Rules for the column made of spiking neurons.
#pragma once

#include <vector>

#include "experiments/found_problem.hpp"
#include "experiments/spec.hpp"

namespace lamina {

/// Nothing where no spiking column is asked for.
std::vector<FoundProblem> spiking_problems(const ExperimentSpec&);

} // namespace lamina
