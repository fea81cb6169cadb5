/// Statistics of spike trains: rates, irregularity, synchrony, correlations.
#pragma once

#include <cstdint>
#include <vector>

namespace lamina::analysis {

/// The spikes of one population, by time. Time is counted in steps of dt_ms from the beginning of
/// what is analysed.
struct SpikeTrains {
    std::uint32_t n_neurons = 0;
    std::int64_t n_steps = 0;
    double dt_ms = 0.1;
    std::vector<std::int64_t> step;    ///< [spikes] 0 .. n_steps - 1, not falling
    std::vector<std::uint32_t> neuron; ///< [spikes] 0 .. n_neurons - 1

    double duration_s() const { return double(n_steps) * dt_ms * 1e-3; }
};

/// Spikes of each neuron per second.
std::vector<double> neuron_rates_Hz(const SpikeTrains&);

/// Coefficient of variation of each neuron's intervals between spikes, SD / mean (divided by n).
/// NaN for a neuron with fewer than `fewest` intervals. For a short recording it is biased down.
std::vector<double> interval_cv(const SpikeTrains&, int fewest = 10);
/// The same of one neuron, from the number of its intervals, their sum and that of their squares.
double interval_cv(double n, double sum, double squares, int fewest = 10);

/// Events and bursts of a population. An event is a spike behind a silence longer than the
/// interval; a burst is an event with a second spike within the interval, however many follow. What
/// lies within one interval of either end of the recording is left out, so that the silence before
/// and the spike behind are always seen.
///
/// @param interval_ms  > 0; two spikes exactly so far apart are one event
/// @source Naud & Sprekeler (2018), doi:10.1073/pnas.1720995115: 16 ms
struct Bursts {
    double events = 0, bursts = 0; ///< of all neurons together
    double event_rate_Hz = 0;      ///< per neuron; NaN for a recording of two intervals or less
    double burst_rate_Hz = 0;
    double probability = 0; ///< bursts / events; NaN without events
};
Bursts bursts(const SpikeTrains&, double interval_ms);

/// Spikes per neuron and second at steps from .. to - 1 of the recording.
double rate_within_Hz(const SpikeTrains&, std::int64_t from, std::int64_t to);

/// Spikes of the first n neurons in bins of bin_ms; a last bin that is not full is left out.
std::vector<double> binned_counts(const SpikeTrains&, double bin_ms, std::uint32_t n);

/// Variance over mean of these counts: 1 for independent Poisson trains, above it for trains that
/// go up and down together. Grows with n.
/// @source Potjans & Diesmann (2014), "Analysis": synchrony of the population histogram, 3 ms bins
double synchrony(const SpikeTrains&, double bin_ms, std::uint32_t n);

/// Pearson correlations of the spike counts of all pairs among the first n neurons that spike.
std::vector<double> count_correlations(const SpikeTrains&, double bin_ms, std::uint32_t n);

/// Population rate in bins: spikes per neuron and second.
std::vector<double> population_rate_Hz(const SpikeTrains&, double bin_ms);

/// The largest distance between two samples' distribution functions; NaN when one has no value.
double kolmogorov_smirnov(std::vector<double> a, std::vector<double> b);

} // namespace lamina::analysis
