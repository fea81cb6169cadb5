/// What the spikes of a column of neurons say: irregularity, variability, correlation, bursts, and
/// what a decoder of their counts knows at which time (docs/model.md, "Spikes of the column").
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/experiment.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// Bins of spike counts, and how many neurons of a population are counted one by one.
constexpr double spike_bin_ms = 50;
constexpr std::int64_t counted_neurons = 100;
/// Units of the first column, each with both signs, whose counts are decoded.
constexpr int decoded_units = 64;

/// Recording::counted: of each population some neurons, evenly over all of it, and where it has
/// columns the numbers of the first one. Empty for a column of rates.
std::vector<CountedUnits> units_to_count(const ExperimentSpec&);

/// What decoders know of the item, of each population; of those that are not decoded nothing. On
/// threads, which change no number.
std::vector<analysis::CrossDecoding> decodings_of(const VariantRun&, int threads = 1);

/// summary.spikes.populations.NAME, added to what is there: cv, fano, noise_correlation, event and
/// burst rates, persistence_index; each only where it is defined for task and population.
void add_spike_measures(const VariantRun&, nlohmann::ordered_json& populations);

/// Bytes of the counts of one trial like this; and of what is made of them in results.h5.
double count_bytes(const ExperimentSpec&, const Trial&);
double decoding_bytes(const ExperimentSpec&, const Trial&);

/// /spike_counts and /spike_decoding of results.h5; nothing without neurons.
void add_spike_results(Image&, const std::vector<VariantRun>&);

} // namespace lamina
