/// What theory says about the PV loop: the linearised loop, lambda^2 + lambda / tau_g +
/// 1 / (tau_g tau_p) = 0, and the fixed point of a PV that leaks.
///
/// Source: docs/model.md, "Four facts about the PV loop"; the spectra follow from the same
/// linearisation with noise on the gates' input,
///
///     tau_g dA'/dt = -A' - p' + eta     tau_p dp'/dt = A'     (deviations from the fixed point)
#pragma once

#include <cmath>
#include <limits>

#include "models/angle.hpp"

namespace lamina::laws {

/// Time constants in ms, > 0; frequencies in Hz, NaN where the law has none.
struct LoopTimes {
    double gate_ms, PV_ms;
};

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Of an angular frequency squared, in 1/ms^2.
inline double Hz_of(double omega2_per_ms2) {
    return omega2_per_ms2 > 0 ? std::sqrt(omega2_per_ms2) / (2 * pi) * 1e3 : none;
}
/// The loop rings when tau_p < 4 tau_g, at (1 / 2 pi) sqrt(1 / (tau_g tau_p) - 1 / (4 tau_g^2)).
inline double ringing_Hz(LoopTimes t) {
    return Hz_of(1 / (t.gate_ms * t.PV_ms) - 1 / (4 * t.gate_ms * t.gate_ms));
}
/// Time in which a deviation falls to 1 / e: 2 tau_g while it rings, else that of the slower root.
inline double decay_ms(LoopTimes t) {
    const double under_root = 1 - 4 * t.gate_ms / t.PV_ms;
    return under_root <= 0 ? 2 * t.gate_ms : 2 * t.gate_ms / (1 - std::sqrt(under_root));
}

/// The longest pure delay between PV and the gates for which the linearised loop is stable:
///
///     lambda^2 + lambda / tau_g + exp(-lambda d) / (tau_g tau_p) = 0
///
/// crosses the imaginary axis at omega^2 = (sqrt(1 / tau_g^4 + 4 / (tau_g tau_p)^2) - 1 / tau_g^2)
/// / 2, where d = atan2(omega tau_p, omega^2 tau_g tau_p) / omega. 2.93 ms at tau_g = 5, tau_p
/// = 2.7 ms.
inline double longest_stable_PV_delay_ms(LoopTimes t) {
    const double a = 1 / (t.gate_ms * t.gate_ms), b = 1 / (t.gate_ms * t.PV_ms);
    const double omega = std::sqrt((std::sqrt(a * a + 4 * b * b) - a) / 2);
    return std::atan2(omega * t.PV_ms, omega * omega * t.gate_ms * t.PV_ms) / omega;
}

/// Where noise makes the filtered gates peak: 1 / (2 pi sqrt(tau_g tau_p)).
inline double gate_peak_Hz(LoopTimes t) { return Hz_of(1 / (t.gate_ms * t.PV_ms)); }
/// Where it makes PV peak; only for tau_p < 2 tau_g.
inline double PV_peak_Hz(LoopTimes t) {
    return Hz_of(1 / (t.gate_ms * t.PV_ms) - 1 / (2 * t.gate_ms * t.gate_ms));
}
/// Where it makes the gates' spikes peak, before the synapse filters them.
inline double spike_peak_Hz(LoopTimes t) {
    return Hz_of((1 + std::sqrt(1 + 2 * t.PV_ms / t.gate_ms)) / (2 * t.gate_ms * t.PV_ms));
}

/// One-sided densities of p, the sum of the filtered gates and the sum of their input at one
/// frequency, when the summed input carries white noise of amplitude sigma sqrt(tau_g).
struct NoiseDensities {
    double PV, gates, spikes; ///< 1 / Hz
};
inline NoiseDensities noise_densities(LoopTimes t, double sigma, double frequency_Hz) {
    const double w = 2 * pi * frequency_Hz * 1e-3, g = t.gate_ms, p = t.PV_ms;
    const double white_per_Hz = 2 * g * sigma * sigma * 1e-3;
    const double resonance = std::pow(1 - g * p * w * w, 2) + p * p * w * w;
    const double PV = white_per_Hz / resonance, gates = PV * p * p * w * w;
    return {PV, gates, gates * (1 + g * g * w * w)};
}

/// PV of finite loop gain kappa settles where the weights sum to Z^(1 / (1 + kappa)).
inline double sum_with_gain(double log_normaliser, double kappa) {
    return std::exp(log_normaliser / (1 + kappa));
}
inline double PV_with_gain(double log_normaliser, double kappa) {
    return kappa / (1 + kappa) * log_normaliser;
}

} // namespace lamina::laws
