/// In which state a population is: synchronous or asynchronous, regular or irregular.
///
/// Brunel (2000), doi:10.1023/A:1008925309027, tells states of a network by two questions: whether
/// its global activity is stationary or oscillates, and whether single cells fire like clocks or
/// like Poisson processes.
#pragma once

#include <string>
#include <vector>

#include "analysis/spectrum.hpp"
#include "analysis/spikes.hpp"

namespace lamina::analysis {

/// With fewer pairs nothing is said of synchrony: a single coincidence would decide.
constexpr double fewest_pairs = 10;

/// How much of the population's activity n(t) its neurons share, in bins.
///
///     modulation^2 = (var n - sum_i var n_i) / mean(n)^2
///
/// What independent neurons add to the variance is taken off, whatever their own trains are; the
/// rest is a sum over pairs, and its root the coefficient of variation of the rate they share. So
/// it depends neither on how many neurons there are nor on how often they spike: 0 for independent
/// neurons, a / sqrt(2) for a common rate 1 + a cos(w t), sqrt(T / bin - 1) for neurons that all
/// spike once per period T.
///
/// @source Golomb & Hansel (2000), doi:10.1162/089976600300015529, whose chi^2 = var(mean) / mean
/// of
///         var compares the same variances; here over the mean squared, because chi of counts in
///         short bins also falls with the rate
struct Modulation {
    double squared = 0; ///< may be below 0: neurons that avoid each other, or chance
    /// Pairs of spikes that independent neurons would have in one bin, over the whole recording. If
    /// they are independent, what there is is a Poisson number of this mean, and `squared` scatters
    /// by one over its root.
    double pairs = 0;
    double standard_error() const;
    double depth() const; ///< the root, 0 when negative; NaN with fewer than fewest_pairs
};
/// NaN without spikes, or with fewer than two bins.
Modulation modulation(const SpikeTrains&, double bin_ms);

/// The highest point of a spectrum and how far it stands above the background. Trains that are
/// locked have a comb of equal lines: where a line at a whole part of that frequency, to a fifth,
/// is half as high, it is the one.
struct Oscillation {
    double frequency_Hz = 0;
    double strength = 0; ///< density at the peak over the median density; flat: a little above 1
};
/// @param lowest_Hz  bins below are left out: slow drift is no oscillation
/// NaN when there is no such bin, or no power.
Oscillation oscillation(const Spectrum&, double lowest_Hz);

// Thresholds, and where the four states of Brunel (2000, fig. 8; 10 000 excitatory neurons, D = 1.5
// ms) lie when they are simulated here (docs/spikes.md). Regular: intervals scatter by less than a
// quarter of their mean; SR 0.00, the others 0.40 (AI), 0.45 (slow SI) and 0.85 (fast SI).
// Synchronous: deeper than a sinusoid that just reaches silence, a = 1; AI 0.60, the others 1.00
// (fast SI), 1.41 (SR) and 1.67 (slow SI).
constexpr double regular_below_cv = 0.25, synchronous_above_depth = 0.70710678118654752;
/// A modulation counts only beyond so many of its standard errors: of independent neurons less than
/// one in 3000 gets there, with the fewest pairs (23 or more where 10 are expected).
constexpr double synchronous_above_errors = 4;
enum class Answer { unknown, no, yes };
struct Regime {
    Answer synchronous = Answer::unknown, regular = Answer::unknown;
    /// "asynchronous irregular"; what is not known is left out, "too few spikes" when all is.
    std::string words() const;
};
/// @param cv_isi  mean over neurons, NaN when too few spikes tell
Regime regime_of(const Modulation&, double cv_isi);

} // namespace lamina::analysis
