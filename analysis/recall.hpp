/// Behaviour of an observer who reports an angle: how far from the right one, and whose it was.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/statistics.hpp"

namespace lamina::analysis {

/// An angle in degrees brought to -180 <= x < 180.
double wrapped_deg(double angle_deg);

/// One report among the items that were shown, all in degrees.
struct Report {
    double response_deg, target_deg;
    std::vector<double> others_deg; ///< the items that were not asked for
};

/// Shares of three kinds of report:
///
///     p(x) = p_target V(x - target; kappa) + p_swap mean_i V(x - other_i; kappa) + p_guess / 360
///
/// V is the von Mises density; shares add up to 1. By maximum likelihood, with the expectation
/// maximisation algorithm from several starts.
/// @source Bays, Catalao & Husain (2009), doi:10.1167/9.10.7, eqs. 2 and 3
struct Mixture {
    double p_target, p_swap, p_guess;
    double kappa;          ///< 0 when reports are uniform
    double log_likelihood; ///< per radian
};

/// NaN throughout for no report. Without other items p_swap is 0.
Mixture fit_mixture(const std::vector<Report>&);

/// 30 bins of 12 degrees from -180 on, as the published histograms have them.
constexpr int n_error_bins = 30;
using ErrorHistogram = std::array<std::int64_t, n_error_bins>;

/// What one variant did in one condition.
struct RecallRow {
    std::int64_t variant = 0, condition = 0, load = 0, n = 0;
    Estimate circular_sd_deg{};    ///< sqrt(-2 ln R) of the errors, bootstrap interval
    Estimate mean_abs_error_deg{}; ///< bootstrap interval
    ErrorHistogram histogram{};    ///< of response - target
    Mixture mixture{};
    Estimate p_target{}, p_swap{}, p_guess{}; ///< of the mixture, bootstrap intervals
};

/// Columns of /trials with one report each, all [n_trials].
struct RecallColumns {
    std::vector<std::int64_t> variant, condition, load;
    std::vector<Report> reports; ///< a response that is NaN is left out
};

/// Rows for every pair (variant, condition), variants slowest; pairs without reports have n = 0 and
/// NaN. Intervals of the mixture come from at most 200 resamples: each is a fit.
std::vector<RecallRow> recall(const RecallColumns&, const Confidence& = {});

} // namespace lamina::analysis
