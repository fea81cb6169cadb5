/// Rules for specs with a spiking circuit.
#pragma once

#include <vector>

#include "experiments/found_problem.hpp"
#include "experiments/spec.hpp"

namespace lamina {

/// Mode, circuit and task that do not go together; else what the circuit cannot do.
std::vector<FoundProblem> circuit_problems(const ExperimentSpec&, double available_bytes);

} // namespace lamina
