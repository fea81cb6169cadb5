/// A resting state in numbers for run.json, and in words for people.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/circuits/activity.hpp"

namespace lamina {

/// {"populations", "network", "windows"}; with several variants {"variants": [{"label", the
/// same}, ...]}.
nlohmann::ordered_json resting_summary(const std::vector<CircuitActivity>&,
                                       const std::vector<TimeWindow>&);

/// A table of the populations of each variant.
std::string resting_text(const std::vector<CircuitActivity>&);

} // namespace lamina
