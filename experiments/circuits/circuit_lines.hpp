/// A circuit's tables written out: every key with its value, for the resolved spec.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"

namespace lamina {

struct CircuitLine {
    std::string path;             ///< circuit.populations.E.n
    nlohmann::ordered_json value; ///< a quantity is text with its unit
};

/// In the order of the tables; nothing for a circuit that is named.
std::vector<CircuitLine> circuit_lines(const CircuitSpec&);

/// The value on one line of YAML.
std::string flow_yaml(const nlohmann::ordered_json&);

} // namespace lamina
