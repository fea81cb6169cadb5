/// Rules for specs with a spiking circuit.
#pragma once

#include <string>
#include <vector>

#include "experiments/found_problem.hpp"
#include "experiments/spec.hpp"

namespace lamina {

/// Mode, circuit and task that do not go together; else what the circuit cannot do.
std::vector<FoundProblem> circuit_problems(const ExperimentSpec&, double available_bytes);

/// A name in `record` that is none of those known, and what to write instead (L0355).
/// @param what  "the circuit has no population"
/// @param inside  from the key's value on to the name
FoundProblem unknown_name(const std::string& what, const std::string& name,
                          const std::vector<std::string>& known, const std::string& key,
                          const std::vector<std::string>& inside);

} // namespace lamina
