/// What a circuit at rest did: numbers about every population, and the few spikes and samples that
/// are shown or kept. One per variant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/regime.hpp"
#include "analysis/spectrum.hpp"
#include "analysis/spikes.hpp"
#include "analysis/statistics.hpp"
#include "experiments/circuits/learnt_weights.hpp"
#include "experiments/spec.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {

// how activity is described: Potjans & Diesmann (2014); van Albada et al. (2018)
constexpr double synchrony_bin_ms = 3, correlation_bin_ms = 2, activity_bin_ms = 1;
constexpr std::uint32_t synchrony_neurons = 1000, correlation_neurons = 250;
constexpr int fewest_intervals = 10;
/// Short enough for oscillations of 330 Hz, which bins of 1 ms would level out by half.
constexpr double modulation_bin_ms = 0.5;
/// Windows of spectra: 512 bins of 1 ms, frequencies 2 Hz apart.
constexpr std::size_t spectrum_segment = 512;
/// Slower than this is drift: a window of a spectrum holds two cycles of it.
constexpr double lowest_oscillation_Hz = 4;

/// Correlations of pairs as a density over these bins.
constexpr int correlation_bins = 100;
constexpr double correlation_from = -0.03, correlation_to = 0.07,
                 correlation_width = (correlation_to - correlation_from) / correlation_bins;

struct PopulationActivity {
    std::string name;
    std::uint32_t n_neurons = 0;
    std::vector<double> rate_Hz, cv; ///< [neurons]
    analysis::Estimate mean_rate_Hz; ///< interval over twentieths of the recording
    double synchrony, synchrony_all, correlation;
    double reference_Hz;                     ///< published; NaN: nobody has published one
    std::vector<double> correlation_density; ///< [correlation_bins]
    std::vector<double> activity_Hz;         ///< [bins of activity_bin_ms]
    analysis::Spectrum spectrum;             ///< empty for a recording below one window
    analysis::Bursts bursts;
    analysis::Modulation modulation;
    analysis::Oscillation oscillation;
    analysis::Regime regime;
    std::vector<double> window_rate_Hz; ///< [task.windows]

    double cv_isi() const { return analysis::mean(analysis::finite(cv)); }
    /// |rate / published - 1|: without its sign, so that one bound holds it from both sides.
    double rate_error() const;
};

/// Some neurons of every population, for a while.
struct RasterSpikes {
    double from_ms = 0, to_ms = 0, share = 0; ///< share of each population's neurons, at most
    std::vector<double> time_ms;
    std::vector<std::int32_t> population, neuron;
};

/// Samples of record.variables.
struct SampledVariable {
    std::string population, variable, unit;
    std::size_t n_neurons = 0;
    std::vector<double> time_ms, values; ///< [samples], [samples, neurons]
};

struct CircuitActivity {
    std::string label; ///< of the variant
    std::vector<PopulationActivity> populations;
    std::vector<std::uint32_t> first; ///< [populations + 1] numbers in the network
    NetworkCost cost;
    std::size_t n_spikes = 0;
    double discard_ms = 0, dt_ms = 0.1;
    std::int64_t n_steps = 0; ///< recorded
    RasterSpikes raster;
    std::vector<SampledVariable> variables;
    std::vector<LearntProjection> learnt;
    std::vector<Spike> kept; ///< those of spikes.h5
};

/// The spikes of the recorded time, and when that was.
struct RecordedSpikes {
    std::vector<std::string> populations;
    std::vector<std::uint32_t> first; ///< [populations + 1]
    std::vector<Spike> spikes;        ///< steps count from the start of the simulation
    double dt_ms = 0.1;
    std::int64_t discarded = 0, n_steps = 0;
};

/// All but cost, samples and kept spikes.
/// @param dots  most dots of the raster
CircuitActivity describe_activity(const RecordedSpikes&, const ExperimentSpec&, double dots);

/// What record.spikes and record.spike_sample leave of the spikes.
std::vector<Spike> kept_spikes(const RecordedSpikes&, const RecordSpec&);

} // namespace lamina
