/// How often the decision network chooses: its psychometric function, as one number.
#pragma once

#include "models/decision/wong_wang_parameters.hpp"

namespace lamina {

/// Choices of the network for a coherence e that stays, clipped to -1 .. 1:
///
///     P(population 0) = Phi(slope e),   Phi the standard normal distribution function
///
/// An approximation: within 0.02 of 5000 simulated trials at every coherence (tests/models).
struct Psychometric {
    double slope = 14;

    /// P(population 0); its complement at -e.
    double operator()(double evidence) const;
};

/// The slope that fits simulated choices best (maximum likelihood): coherences 1/64, 1/32, ... 1,
/// `n_trials` each from a fixed seed, in the protocol of a trial: `lead_ms` without stimulus, then
/// the stimulus until a threshold is crossed or `limit_ms` are over, when the larger rate decides.
/// @param limit_ms  > 0
Psychometric measure_psychometric(const WongWangParameters&, double limit_ms, int n_trials = 2000,
                                  double lead_ms = 500, double dt_ms = 0.5);

/// Share of `n_trials` simulated trials in which population 0 is chosen; the protocol as above.
double simulated_choices(const WongWangParameters&, double coherence, double limit_ms, int n_trials,
                         double lead_ms, double dt_ms, unsigned seed);

} // namespace lamina
