/// Rules for the PV loop of the column, and for the task that measures it alone.
#pragma once

#include <vector>

#include "experiments/found_problem.hpp"
#include "experiments/spec.hpp"

namespace lamina {

std::vector<FoundProblem> loop_problems(const ExperimentSpec&);

} // namespace lamina
