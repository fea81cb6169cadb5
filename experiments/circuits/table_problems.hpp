/// What is wrong with a circuit's tables although each value can be read.
#pragma once

#include <vector>

#include "experiments/circuits/circuit_problems.hpp"

namespace lamina {

std::vector<FoundProblem> table_problems(const ExperimentSpec&);

} // namespace lamina
