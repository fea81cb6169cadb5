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

/// Parameters that differ for a while: a step of current, a cue. Where two overlap, the later in
/// the list holds.
struct ParameterWindow {
    double from_ms = 0, to_ms = 1e300;
    std::map<std::string, double> parameters; ///< of the neuron model, in table units
};

/// A spike that is replayed (model spike_times): the end of the step it lies in.
struct TimedSpike {
    double time_ms = 0;
    std::uint32_t neuron = 0; ///< within the population
};

struct NeuronPopulationSpec {
    std::string name;
    std::string model; ///< of models/neuron_catalogue.hpp
    std::uint32_t n = 0;
    std::map<std::string, double> parameters; ///< what differs from the model's own, in table units
    std::map<std::string, ValueLaw> start;    ///< of state variables, by recordable name
    std::vector<PoissonDrive> drives;
    std::vector<ParameterWindow> protocol;
    std::vector<TimedSpike> spikes; ///< of spike_times
};

/// How a synapse turns spikes into weights: static, or a dynamics of models/synapse_catalogue.hpp.
struct SynapseSpec {
    std::string model = "static";
    std::map<std::string, double> parameters; ///< what differs from the model's own, in table units
};

/// One synapse of the rule explicit_table.
struct TabledSynapse {
    std::uint32_t source = 0, target = 0; ///< within their populations
    double weight = 0, delay_ms = 0;      ///< used when the table has these columns
};
struct SynapseTable {
    std::vector<TabledSynapse> synapses;
    bool has_weights = false, has_delays = false; ///< else the projection's laws hold
};

struct ProjectionSpec {
    std::string from, to;
    std::string rule;                         ///< of connection_rules()
    std::map<std::string, double> parameters; ///< of the rule
    bool autapses = true;                     ///< may a neuron reach itself?
    bool multapses = true;                    ///< may a pair have several synapses?
    ValueLaw weight;                          ///< in the unit of the channel
    ValueLaw delay_ms;
    std::string channel; ///< "" for the model's first
    SynapseSpec synapse;
    SynapseTable table; ///< of the rule explicit_table
    std::string name;   ///< the user's own; may be empty
};

enum class SpikePrecision { float32, float64 };

struct NetworkSpec {
    SpikePrecision precision = SpikePrecision::float32; ///< of the state of neurons
    double dt_ms = 0.1;
    std::vector<NeuronPopulationSpec> populations;
    std::vector<ProjectionSpec> projections;
};

} // namespace lamina
