/// Bodies of the norm of an input that is constant within a segment; see sim/input_pools.hpp for
/// the equations. The pools' true values are those that they relax to.
#pragma once

#include <cstddef>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

/// Adds weight / sqrt(nu + epsilon) and weight (mu - true mean) / sqrt(nu + epsilon) of the moment
/// when the pools' lag has faded to `e`.
template <class Real>
LAMINA_FN inline void add_norm_factors(Real mean, Real var, Real true_mean, Real true_var, Real e,
                                       Real weight, Real epsilon, Real& per_sd, Real& away_per_sd) {
    const Real d = true_mean - mean;
    const Real nu = true_var + fma(var - true_var, e, d * d * e * (1 - e));
    const Real share = weight / math::sqrt(nu + epsilon);
    per_sd += share;
    away_per_sd = fma(-d * e, share, away_per_sd);
}

/// One item = one column: its two pools over one step, exactly.
template <class Real> struct FollowInput {
    Real* mean;            ///< [n]
    Real* var;             ///< [n]
    const Real* true_mean; ///< [n]
    const Real* true_var;  ///< [n]
    Real leak;

    LAMINA_FN void operator()(std::size_t i) const {
        const Real d = true_mean[i] - mean[i];
        var[i] += fma(leak, true_var[i] - var[i], d * d * (1 - leak) * leak);
        mean[i] = fma(leak, d, mean[i]);
    }
};

/// A moment within a step: how far the lags of the pools, and of interneurons, have faded; and the
/// moment's weight.
template <class Real> struct StepMoment { Real pools, pairs, weight; };

/// One item = one column: the factors, weighted over the moments of a step.
template <class Real> struct NormFactorsOver {
    const Real* mean;
    const Real* var;
    const Real* true_mean;
    const Real* true_var;
    Real* per_sd;
    Real* away_per_sd;
    const StepMoment<Real>* moments; ///< [n_trials][most_moments]
    const int* n_moments;            ///< [n_trials]
    int most_moments, n_columns;     ///< columns of one trial
    Real epsilon;

    LAMINA_FN void operator()(std::size_t i) const {
        const std::size_t trial = i / n_columns;
        const StepMoment<Real>* const at = moments + trial * most_moments;
        Real sd = 0, away = 0;
        for (int m = 0; m < n_moments[trial]; ++m)
            add_norm_factors(mean[i], var[i], true_mean[i], true_var[i], at[m].pools, at[m].weight,
                             epsilon, sd, away);
        per_sd[i] = sd;
        away_per_sd[i] = away;
    }
};

/// One row = one column: the projection W n_0 + b out of the factors and of what is constant.
template <class Real> struct ProjectRows {
    const Real* fixed;       ///< [n_rows, width] W diag(g) (x - mean(x))
    const Real* per_mean;    ///< [width] W g
    const Real* constant;    ///< [width] W beta + b
    const Real* per_sd;      ///< [n_rows]
    const Real* away_per_sd; ///< [n_rows]
    const Real* of_constant; ///< [n_trials]
    Real* out;               ///< [n_rows, width]
    int width, n_columns;    ///< columns of one trial

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const Real sd = per_sd[row], away = away_per_sd[row], shift = of_constant[row / n_columns];
        const std::size_t first = row * width;
        for (int j = lanes.first(); j < width; j += lanes.count())
            out[first + j] =
                fma(fixed[first + j], sd, fma(-away, per_mean[j], shift * constant[j]));
    }
};

} // namespace lamina
