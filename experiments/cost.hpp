/// What a run will cost, before anything runs.
#pragma once

#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"

namespace lamina {

struct Cost {
    std::int64_t variants = 0, trials = 0, steps = 0;
    double neurons = 0, synapses = 0; ///< of a spiking circuit; a column has no synapses of its own
    double memory_bytes =
        0; ///< state of the threads, records of all trials, the file while it is built
    double device_bytes = 0; ///< of a spiking circuit or column, were it run on a device
    double disk_bytes = 0;   ///< results.h5 before compression
    double core_seconds = 0; ///< from a few hundred steps measured here and now
    /// Of a file with `fit:`, in place of trials: what `lamina fit`, or task set_size, does.
    std::int64_t fits = 0;
    double evaluations = 0;   ///< of the law
    double alone_seconds = 0; ///< the part of core_seconds that one thread does

    /// Seconds on so many threads.
    double seconds_on(int threads) const {
        return alone_seconds + (core_seconds - alone_seconds) / threads;
    }
};

/// @param threads  how many areas exist at a time
Cost predict_cost(const ExperimentSpec&, int threads);

nlohmann::ordered_json to_json(const Cost&);

} // namespace lamina
