/// The laws of the PV loop, each measured on the gates that an area runs: one file per law. Every
/// measurement has what was found, the same by theory where theory has an answer, a group of
/// results.h5 (docs/file-formats.md) and its numbers of the summary.
#pragma once

#include <cmath>
#include <vector>

#include "experiments/laws/laboratory.hpp"
#include "sim/run_file/image.hpp"
#include "sim/run_file/json.hpp"

namespace lamina::laws {

using Numbers = std::vector<double>;

/// The larger of the two, and NaN once there is one: what is not known is no success.
inline double worse(double so_far, double next) {
    return std::isnan(so_far) || next <= so_far ? so_far : next;
}

/// The only fixed point is softmax with p = log Z, however large the scores (fixed_point.cpp).
struct FixedPoint {
    Numbers score_sd;
    std::size_t n_draws = 0;
    Numbers a_error, p_error;  ///< [score_sd, draw] largest |a - softmax|, |p - log Z| at the end
    Numbers extreme_settle_ms; ///< [draw] scores of +-50: |a - softmax| stays below 1e-6
    Numbers extreme_gate;      ///< [draw] the largest gate on the way
};
std::size_t fixed_point_items(const Laboratory&);
FixedPoint measure_fixed_point(const Laboratory&);
void add(Image&, const FixedPoint&);
Json summary_of(const FixedPoint&, const Laboratory&);

/// After a small kick the loop rings at gamma, for the spec's own time constants (first) and others
/// around them; after an onset its first cycle is slower (ringing.cpp).
struct Ringing {
    std::vector<LoopTimes> pairs;
    Numbers time_ms;
    Numbers p_error, p_fit;          ///< [pair, time] p - p*; the damped sinusoid fitted to it
    Numbers frequency_Hz, decay_ms;  ///< [pair] NaN: it does not ring
    std::vector<std::int64_t> turns; ///< [pair] changes of sign of p - p* after the kick
    Numbers score_sd;
    std::size_t n_draws = 0;
    Numbers first_cycle_ms, second_cycle_ms; ///< [score_sd, draw] after an onset
    Numbers onset_p_error;                   ///< [score_sd, time] of the first draw
};
std::size_t ringing_items(const Laboratory&);
Ringing measure_ringing(const Laboratory&);
void add(Image&, const Ringing&);
Json summary_of(const Ringing&, const Laboratory&);

/// Driven by noise the loop peaks elsewhere, and not the same for every signal (noise_peaks.cpp).
struct NoisePeaks {
    LoopTimes times{};
    std::vector<std::string> signals; ///< PV, gates, spikes
    Numbers frequency_Hz;             ///< up to 150 Hz
    Numbers density, law_density;     ///< [signal, frequency] mean over recordings
    Numbers peak_Hz;                  ///< [signal, recording]
    Numbers law_peak_Hz;              ///< [signal]
    double duration_s = 0;
};
std::size_t noise_peak_items(const Laboratory&);
NoisePeaks measure_noise_peaks(const Laboratory&);
void add(Image&, const NoisePeaks&);
Json summary_of(const NoisePeaks&, const Laboratory&);

/// Peaks of one recording, in Hz; NaN: none.
struct Peaks {
    double PV_Hz, gates_Hz, spikes_Hz;
};
/// @param sum_sigma  amplitude of the noise of the summed gates
/// @param number     of the noise: others give other recordings
Peaks peaks_of_recording(const Laboratory&, double sum_sigma, double duration_s,
                         std::uint32_t number);

/// Sharper scores take longer to attend to; linearly recruited PV winds up (latency.cpp).
struct Latency {
    std::vector<std::string> rules; ///< pv_log, pv_linear
    Numbers score_sd;
    std::size_t n_draws = 0;
    Numbers settle_ms; ///< [rule, score_sd, draw] weights stay within 1 % of softmax; NaN: never
};
std::size_t latency_items(const Laboratory&);
Latency measure_latency(const Laboratory&);
void add(Image&, const Latency&);
Json summary_of(const Latency&, const Laboratory&);

/// PV of finite gain keeps the ratios and loses the sum (weak_inhibition.cpp).
struct WeakInhibition {
    Numbers kappa;
    std::size_t n_draws = 0;
    Numbers sum, law_sum, p, law_p; ///< [kappa, draw]
    Numbers entropy_bits;           ///< [kappa, draw] of the weights divided by their sum
    Numbers law_entropy_bits;       ///< [kappa, draw] of softmax
    Numbers saturated;              ///< [kappa, draw] share of gates at a_max, where no law holds
};
std::size_t weak_inhibition_items(const Laboratory&);
WeakInhibition measure_weak_inhibition(const Laboratory&);
void add(Image&, const WeakInhibition&);
Json summary_of(const WeakInhibition&, const Laboratory&);

/// Read literally, the population equation needs very many units (population_equation.cpp).
struct PopulationEquation {
    Numbers units, score_sd;
    std::size_t n_draws = 0;
    Numbers relative_error;       ///< [score_sd, units, draw] |a - softmax|_F / |softmax|_F
    Numbers slope, intercept;     ///< [score_sd] of log error on log M
    Numbers needed, needed_least; ///< [score_sd] M for 10 %: by the fitted power law; by M^(-1/2)
};
std::size_t population_equation_items(const Laboratory&);
PopulationEquation measure_population_equation(const Laboratory&);
void add(Image&, const PopulationEquation&);
Json summary_of(const PopulationEquation&, const Laboratory&);

} // namespace lamina::laws
