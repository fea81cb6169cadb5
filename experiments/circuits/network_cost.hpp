/// What a spiking circuit will cost.
#pragma once

#include "experiments/spec.hpp"

namespace lamina {

struct NetworkNeeds {
    double neurons = 0, synapses = 0;
    double memory_bytes = 0;   ///< of neurons, synapses, recorded spikes and variables
    double variable_bytes = 0; ///< of record.variables, as a file holds them
    double spikes = 0;         ///< of the recorded time, by published rates
    double device_bytes = 0;   ///< of a device's memory, were it run there
    double core_seconds = 0;   ///< 0 unless measured
};

/// @param measure  also time a small network of the same kind here and now, some 0.1 s
NetworkNeeds network_needs(const ExperimentSpec&, bool measure);

} // namespace lamina
