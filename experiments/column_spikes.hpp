/// record.spikes of a column made of neurons: whose spikes are kept, and their file.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/experiment.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// Recording::spikes_of for what record.spikes and record.spike_sample say; empty: none.
std::vector<std::uint32_t> units_to_keep(const ExperimentSpec&);

/// spikes.h5, or with `vary:` spikes_0.h5, spikes_1.h5, ... by variant: none of variants of rates.
std::vector<std::pair<std::string, std::function<void(Image&)>>>
column_spike_files(const std::vector<VariantRun>&);

/// Bytes that kept spikes take in memory until they are written, roughly: each neuron is taken to
/// fire at the rate of 1.5.
double kept_spike_bytes(const ExperimentSpec&, std::int64_t n_trials, std::int64_t n_steps);

} // namespace lamina
