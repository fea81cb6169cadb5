/// A spec written out again: every default filled in, each value with its origin.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"

namespace lamina {

/// YAML that reads as the same spec. A comment behind each value says where it comes from: the line
/// of the file, the override, or the default. Keys that change nothing in this spec are left out
/// unless the file holds them.
std::string resolved_spec(const ExperimentSpec&);

/// The same values as an object: numbers as numbers, quantities as "5 ms".
nlohmann::ordered_json resolved_json(const ExperimentSpec&);

} // namespace lamina
