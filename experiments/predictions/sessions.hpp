/// Simulated sessions: the gate loop as an electrode would see it, noisy, averaged over repeats.
///
/// The noise is that of counting: a row's gates are `n_cells` cells of rate `rate_Hz`, so that
/// their filtered sum has relative variance 1 / (2 n R tau_g), which white noise of amplitude
/// sigma = 1 / sqrt(n R tau_g) gives. A run whose spec has
/// noise on its gates brings its own amplitude instead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/laws/laboratory.hpp"
#include "experiments/predictions/prediction.hpp"

namespace lamina::predictions {

constexpr int n_cells = 100;
constexpr double rate_Hz = 100;
/// Sessions behind every mean and interval; trials of one session share all but their noise.
constexpr std::size_t n_sessions = 16;
constexpr int repeats = 20;  ///< of an onset or a kick in one session
constexpr double kick = 0.5; ///< of p

struct Sessions {
    laws::Laboratory lab;
    double sum_sigma = 0; ///< amplitude of the noise of the summed gates
    std::string noise;    ///< where it comes from, in words

    /// A noisy loop of one row; number: of the noise, one per repeat.
    GateLoop loop(int n_keys, std::vector<double> scores, std::uint32_t number) const;
    /// The same with other gate parameters.
    GateLoop loop(GateLoopSpec spec, std::uint32_t number) const;
};

Sessions sessions_of(const ExperimentSpec&);

/// What the loop is given to forget its past before a kick.
inline double before_kick_ms(laws::LoopTimes times) { return 10 * laws::decay_ms(times); }

/// p (after a kick: minus its fixed point) from time 0 on, every dt, averaged over repeats of the
/// same onset (a = 1 / N, p = 0) or of the same kick of p from the fixed point.
std::vector<double> average_onset(const Sessions&, const GateLoopSpec&, double duration_ms,
                                  int repeats, std::uint32_t first_number);
std::vector<double> average_kick(const Sessions&, const GateLoopSpec&, double kick,
                                 double duration_ms, int repeats, std::uint32_t first_number);

/// Frequency of the damped sinusoid with the least squared distance from a noisy trace (a search
/// over frequency and decay about the law's; amplitude and phase by least squares).
double ringing_of(const std::vector<double>& x, double every_ms, laws::LoopTimes about);

/// What trials found, one value each, against what a rival expects of every one.
void judge(Prediction&, const std::vector<double>& trials, double rival_value,
           const laws::Laboratory&);

/// Number of a noise sequence that no other session, repeat or prediction uses.
inline std::uint32_t noise_number(int prediction, std::size_t session, int part) {
    return std::uint32_t(prediction) << 24 | std::uint32_t(session) << 12 | std::uint32_t(part);
}

// one file each
std::vector<Prediction> ringing_shift(const Sessions&);
std::vector<Prediction> separate_peaks(const Sessions&);
std::vector<Prediction> slow_first_cycle(const Sessions&);
std::vector<Prediction> contrast_latency(const Sessions&);
std::vector<Prediction> weakened_PV(const Sessions&, double kappa);

} // namespace lamina::predictions
