/// The law of change detection with a single probe.
///
/// One of L remembered colours is probed, in its place. What is held of it, o, is compared with the
/// probe and the evidence for "the same" goes to the decision network:
///
///     e = kappa_e (c(d) - c_0),   c(d) = I_0(2 kappa cos(d / 2)) / I_0(2 kappa)
///
/// where d is the angle between what is held and the probe, and c the cosine of two von Mises codes
/// of concentration kappa at that angle. A changed probe is one of the M colours that were not
/// shown; with colours drawn without replacement it is any of the M - 1 others, equally likely, as
/// seen from the probed item.
///
/// Attention always goes somewhere: when nothing is held of the probed item, what is held of
/// another comes in its place, whose colour is never the probe's and any of the M - 1 others,
/// equally likely. So a swap is judged as a changed probe is. When nothing is held of any item,
/// o = 0 and c = 0. Not in the law: two others that are equally near are mixed, which makes
/// "changed" rarer by up to 0.015 (docs/fitting.md). Motor noise does not act here: the answer is
/// one of two keys, not an angle.
#pragma once

#include <vector>

#include "models/capacity/account.hpp"
#include "models/decision/psychometric.hpp"

namespace lamina {

struct ChangeParameters {
    CapacityParameters capacity;
    double diffusion_deg2_per_s = 20; ///< D >= 0
    double delay_s = 1;               ///< t >= 0
    double gain = 2;                  ///< kappa_e > 0
    double criterion = 0.5;           ///< c_0
    int n_colours = 16;               ///< M >= 2
    Psychometric psychometric;
};

/// Probabilities of the answer "changed".
struct ChangeRates {
    double hit;         ///< the probe has changed
    double false_alarm; ///< it is the same
};

/// Cosine of two von Mises codes of concentration kappa whose angles differ by d.
double code_cosine(double kappa, double d_rad);

/// Angles between what is held and the probe, from 0 to pi, with the cosine of the codes at each;
/// depends on kappa alone.
struct ProbeCircle {
    std::size_t n_moments;
    std::vector<double> similarity; ///< [angles] c(d)
    std::vector<double> cosine;     ///< [angles][n_moments] weights of a Fourier coefficient

    /// @param n  moments, as many as the CountDirections beside it
    ProbeCircle(double kappa, int n);
};

/// @param circle  of the same kappa and number of moments as the directions
ChangeRates change_rates(const Account&, const ChangeParameters&, int load, const CountDirections&,
                         const ProbeCircle& circle);

/// What a unit of log odds of a change is worth, in units of cosine: how far the criterion of an
/// observer moves who adds log(p / (1 - p)) to the log ratio Lambda(c) of the likelihoods of a
/// changed and of the same probe at cosine c,
///
///     s = (c_2 - c_1) / (Lambda(c_1) - Lambda(c_2)),   c_1 = 0.3, c_2 = 0.8
///
/// between which the criteria of that observer lie.
double criterion_per_log_odds(const Account&, const ChangeParameters&, int load,
                              const CountDirections&);

} // namespace lamina
