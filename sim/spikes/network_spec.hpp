/// What a spiking network consists of: populations, projections, drives. Plain data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/value_law.hpp"

namespace lamina {

/// Independent Poisson spikes from outside, through one synapse kind.
struct PoissonDrive {
    double rate_Hz = 0;  ///< of all sources of one neuron together
    double weight = 0;   ///< in the unit of the channel
    std::string channel; ///< "" for the model's first
    double from_ms = 0, to_ms = 1e300;
};

struct NeuronPopulationSpec {
    std::string name;
    std::string model; ///< of models/neuron_catalogue.hpp
    std::uint32_t n = 0;
    std::map<std::string, double> parameters; ///< what differs from the model's own, in table units
    std::map<std::string, ValueLaw> start;    ///< of state variables, by recordable name
    std::vector<PoissonDrive> drives;
};

struct ProjectionSpec {
    std::string from, to;
    std::string rule;                         ///< of models/wiring_catalogue.hpp
    std::map<std::string, double> parameters; ///< of the rule
    bool autapses = true;                     ///< may a neuron reach itself?
    bool multapses = true;                    ///< may a pair have several synapses?
    ValueLaw weight;                          ///< in the unit of the channel
    ValueLaw delay_ms;
    std::string channel; ///< "" for the model's first
};

enum class SpikePrecision { float32, float64 };

struct NetworkSpec {
    SpikePrecision precision = SpikePrecision::float32; ///< of the state of neurons
    double dt_ms = 0.1;
    std::vector<NeuronPopulationSpec> populations;
    std::vector<ProjectionSpec> projections;
};

} // namespace lamina
