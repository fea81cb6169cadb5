/// The spiking network that a spec names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/spec.hpp"
#include "sim/spikes/network_spec.hpp"

namespace lamina {

/// One line of the catalogue: circuit.model.
struct CircuitKind {
    std::string name, meaning, source;
    double smallest_scale;
    NetworkSpec (*make)(const ExperimentSpec&);
    /// Published mean rates of a population under this spec's drive, or nothing.
    std::optional<double> (*reference_rate_Hz)(const ExperimentSpec&,
                                               const std::string& population);
};
const std::vector<CircuitKind>& circuit_kinds();

/// nullptr for the attention column, which is no spiking circuit yet, and for an unknown name.
const CircuitKind* find_circuit(const std::string& name);

} // namespace lamina
