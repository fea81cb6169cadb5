/// The laws of the PV loop whose gates are neurons (sim/spiking_gates.hpp), one file per law, as in
/// laws.hpp.
#pragma once

#include <cmath>
#include <memory>

#include "experiments/laws/laws.hpp"
#include "sim/spiking_gates.hpp"

namespace lamina::laws {

/// Gates of the laboratory, with these scores [n_rows, n_keys].
SpikingGatesSpec spiking_gates(const Laboratory&, int n_rows, int n_keys, Numbers scores,
                               int n_neurons);
/// Steps in so long a time.
inline std::int64_t steps_in(double time_ms, const Laboratory& lab) {
    return std::llround(time_ms / lab.dt_ms);
}
/// Runs the gates for so long.
inline void run_for(double time_ms, const Laboratory& lab, SpikingGates& gates) {
    for (std::int64_t step = 0; step < steps_in(time_ms, lab); ++step) gates.step();
}
/// The same loop with rates, which knows the fixed point.
GateLoop with_rates(const SpikingGatesSpec&);
/// Such gates, in that fixed point.
std::unique_ptr<SpikingGates> settled(const SpikingGatesSpec&);

/// Who spikes next does not need the loop: any inhibition that is common to a row leaves softmax,
/// and what is not common biases it as its formula says (winners.cpp).
struct Winners {
    std::vector<std::string> inhibitions;
    std::size_t n_draws = 0;
    Numbers total_variation;     ///< [inhibition, draw] winners against softmax
    Numbers kl_bits;             ///< [inhibition, draw] of softmax from the winners
    Numbers law_total_variation; ///< [inhibition, draw] of the formula against softmax
    Numbers formula_missed;      ///< [inhibition, draw] winners against the formula
    Numbers sum;                 ///< [inhibition, draw] mean of sum_j a_j
    double n_spikes = 0;         ///< counted at least, of each
};
std::size_t winners_items(const Laboratory&);
Winners measure_winners(const Laboratory&);
void add(Image&, const Winners&);
Json summary_of(const Winners&, const Laboratory&);

/// What the loop is for: the sum. A compressive PV overshoots with few neurons; frozen, it leaves
/// every row its own sum (spike_sums.cpp).
struct SpikeSums {
    std::vector<std::string> rules; ///< pv_log, pv_linear
    Numbers neurons;
    Numbers sum;        ///< [rule, neurons] mean over rows and time of sum_j a_j
    Numbers law_sum;    ///< [rule, neurons] 1 + 1 / (4 n R tau_g) with pv_log, 1 with pv_linear
    Numbers frozen_rms; ///< [draw] of sum - 1 over rows, PV frozen at its mean over rows
};
std::size_t spike_sums_items(const Laboratory&);
SpikeSums measure_spike_sums(const Laboratory&);
void add(Image&, const SpikeSums&);
Json summary_of(const SpikeSums&, const Laboratory&);

/// How well so many spikes tell the weights: the binomial floor (sampling.cpp).
struct Sampling {
    Numbers neurons;
    std::size_t n_draws = 0;
    Numbers relative_error; ///< [neurons, draw] |f - softmax|_F / |softmax|_F, f shares of spikes
    Numbers floor;          ///< [neurons, draw] the same of as many independent winners
    double slope = none;    ///< of log mean error on log n
    double window_ms = 0;
};
std::size_t sampling_items(const Laboratory&);
Sampling measure_sampling(const Laboratory&);
void add(Image&, const Sampling&);
Json summary_of(const Sampling&, const Laboratory&);

/// Spikes are the loop's noise: it peaks where NoisePeaks says, and rings after a step of the
/// scores as Ringing says (spike_rhythm.cpp).
struct SpikeRhythm {
    std::vector<LoopTimes> pairs;
    Numbers neurons;
    std::vector<std::string> signals;   ///< PV, gates, spikes
    Numbers peak_Hz;                    ///< [pair, neurons, signal]
    Numbers law_peak_Hz;                ///< [pair, signal]
    Numbers frequency_Hz;               ///< of the first pair
    Numbers density, law_density;       ///< [neurons, signal, frequency] of the first pair
    Numbers time_ms;                    ///< after the step
    Numbers response;                   ///< [pair, time] of p, mean over trials, minus that without
    Numbers ringing_Hz, law_ringing_Hz; ///< [pair]
    double duration_s = 0;
};
std::size_t spike_rhythm_items(const Laboratory&);
SpikeRhythm measure_spike_rhythm(const Laboratory&);
void add(Image&, const SpikeRhythm&);
Json summary_of(const SpikeRhythm&, const Laboratory&);

} // namespace lamina::laws
