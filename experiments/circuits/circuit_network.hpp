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

/// nullptr for the attention column, whose neurons are no network of synapses, and for an unknown
/// name.
const CircuitKind* find_circuit(const std::string& name);

/// Does the spec name a model of spiking neurons, or describe one in tables?
bool has_network(const ExperimentSpec&);

/// The network of a spec that has one, with the files that its tables name.
/// @throws SpecError when a file cannot be read
NetworkSpec network_of(const ExperimentSpec&);

/// As CircuitKind; nothing for tables.
std::optional<double> reference_rate_Hz(const ExperimentSpec&, const std::string& population);

/// What the circuit is called, for people: its model, or "of its own tables".
std::string circuit_name(const ExperimentSpec&);

} // namespace lamina
