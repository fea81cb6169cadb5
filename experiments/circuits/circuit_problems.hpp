/// Rules for specs with a spiking circuit.
#pragma once

#include <string>
#include <vector>

#include "experiments/spec.hpp"

namespace lamina {

struct CircuitProblem {
    const char* id; ///< of problem_kinds()
    std::string message, help;
    std::vector<std::string> keys; ///< where it is told: at the first that the file has
    bool warning = false;
    /// From the value of the first key on to what is meant: names in maps, numbers in lists.
    std::vector<std::string> inside = {};
};

/// Mode, circuit and task that do not go together; else what the circuit cannot do.
std::vector<CircuitProblem> circuit_problems(const ExperimentSpec&, double available_bytes);

} // namespace lamina
