/// Bodies of Dale's law (sim/input_pairs.hpp has the equations): what weights see of pairs r+- and
/// of their interneurons u+-, and what pairs are driven to.
#pragma once

#include <cstddef>

#include "kernels/input_norm.hpp"
#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

/// One item: half of what W sees of a pair, ((r+ - r-) + beta (u+ - u-)) / 2.
template <class Real> struct PairNet {
    const Real *r_up, *r_down; ///< [n]
    const Real *u_up, *u_down; ///< [n]
    Real* net;                 ///< [n]
    Real balance;

    LAMINA_FN void operator()(std::size_t i) const {
        net[i] = (r_up[i] - r_down[i] + balance * (u_up[i] - u_down[i])) / 2;
    }
};

/// One item: half of what |W| sees, ((r+ + r-) - beta (u+ + u-)) / 2.
template <class Real> struct PairCommon {
    const Real *r_up, *r_down;
    const Real *u_up, *u_down;
    Real* common;
    Real balance;

    LAMINA_FN void operator()(std::size_t i) const {
        common[i] = (r_up[i] + r_down[i] - balance * (u_up[i] + u_down[i])) / 2;
    }
};

/// One number of a constant input, r+- = r_0 + [+-x]_+, with its interneurons.
template <class Real> struct InputPair {
    Real x, u_up, u_down, baseline, balance;

    LAMINA_FN Real r_up() const { return baseline + (x > 0 ? x : Real(0)); }
    LAMINA_FN Real r_down() const { return baseline + (x < 0 ? -x : Real(0)); }
    /// What W, and |W|, sees once the interneurons have settled.
    LAMINA_FN Real steady_net() const { return (1 + balance) / 2 * x; }
    LAMINA_FN Real steady_common() const { return (1 - balance) / 2 * (r_up() + r_down()); }
    /// What is to be added to them now, and fades as the interneurons' lag.
    LAMINA_FN Real fading_net() const { return balance / 2 * (u_up - u_down - x); }
    LAMINA_FN Real fading_common() const {
        return balance / 2 * (r_up() + r_down() - u_up - u_down);
    }
};

/// The input's numbers with their interneurons.
template <class Real> struct InputPairsView {
    const Real* x; ///< [n]
    Real* u_up;    ///< [n]
    Real* u_down;  ///< [n]
    Real baseline, balance;
    LAMINA_FN InputPair<Real> at(std::size_t i) const {
        return {x[i], u_up[i], u_down[i], baseline, balance};
    }
};

/// One item: what fades of one number.
template <class Real> struct FadingInput {
    InputPairsView<Real> pairs;
    Real *net, *common; ///< [n]
    LAMINA_FN void operator()(std::size_t i) const {
        const InputPair<Real> pair = pairs.at(i);
        net[i] = pair.fading_net();
        common[i] = pair.fading_common();
    }
};

/// One item: what W and |W| see of one number now.
template <class Real> struct PresentInput {
    InputPairsView<Real> pairs;
    Real *net, *common; ///< [n]
    LAMINA_FN void operator()(std::size_t i) const {
        const InputPair<Real> pair = pairs.at(i);
        net[i] = pair.steady_net() + pair.fading_net();
        common[i] = pair.steady_common() + pair.fading_common();
    }
};

/// One item: its interneurons over one step, exactly.
template <class Real> struct FollowPairs {
    InputPairsView<Real> pairs;
    Real leak;
    LAMINA_FN void operator()(std::size_t i) const {
        const InputPair<Real> pair = pairs.at(i);
        pairs.u_up[i] = fma(leak, pair.r_up() - pair.u_up, pair.u_up);
        pairs.u_down[i] = fma(leak, pair.r_down() - pair.u_down, pair.u_down);
    }
};

/// What a projection gives a pair: what stays, and what fades with the interneurons.
template <class Real> struct PairProjection { Real net, common, fading_net, fading_common; };

/// Adds weight [I+-]_+ of the moment when the interneurons' lag has faded to `fading`. A norm
/// divides all that a synapse carries; what it subtracts and adds is `shift`, part of the net
/// drive.
template <class Real>
LAMINA_FN inline void add_pair_drive(const PairProjection<Real>& p, Real fading, Real per_sd,
                                     Real shift, Real weight, Real& up, Real& down) {
    const Real net = fma(fma(fading, p.fading_net, p.net), per_sd, shift);
    const Real common = fma(fading, p.fading_common, p.common) * per_sd;
    const Real I_up = common + net, I_down = common - net;
    up = fma(weight, I_up > 0 ? I_up : Real(0), up);
    down = fma(weight, I_down > 0 ? I_down : Real(0), down);
}

/// One row = one column: [I+-]_+ averaged over the moments of a step.
template <class Real> struct PairDriveRows {
    const Real *net, *common;               ///< [n_rows, width]
    const Real *fading_net, *fading_common; ///< [n_rows, width]
    const Real *mean, *var;                 ///< [n_rows] the norm's pools; null: no norm
    const Real *true_mean, *true_var;       ///< [n_rows] what they relax to
    const Real *per_mean, *constant;        ///< [width] as in ProjectRows
    const StepMoment<Real>* moments;        ///< [n_trials][most_moments]
    const int* n_moments;                   ///< [n_trials]
    Real *up, *down;                        ///< [n_rows, width]
    int most_moments, n_columns, width;
    Real epsilon;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t trial = row / n_columns;
        const StepMoment<Real>* const at = moments + trial * most_moments;
        for (int j = lanes.first(); j < width; j += lanes.count()) {
            const std::size_t i = row * width + j;
            const PairProjection<Real> p{net[i], common[i], fading_net[i], fading_common[i]};
            Real sum_up = 0, sum_down = 0;
            for (int m = 0; m < n_moments[trial]; ++m) {
                Real per_sd = mean ? 0 : 1, away = 0;
                if (mean)
                    add_norm_factors(mean[row], var[row], true_mean[row], true_var[row],
                                     at[m].pools, Real(1), epsilon, per_sd, away);
                const Real shift = mean ? fma(-away, per_mean[j], constant[j]) : Real(0);
                add_pair_drive(p, at[m].pairs, per_sd, shift, at[m].weight, sum_up, sum_down);
            }
            up[i] = sum_up;
            down[i] = sum_down;
        }
    }
};

/// One row = one column: excitation behind a norm, which divides it by its spread.
template <class Real> struct DividedRows {
    const Real* x;     ///< [n_rows, d]
    const Real* var;   ///< [n_rows]
    const Real* scale; ///< [d]
    Real* out;         ///< [n_rows, d]
    int d;
    Real epsilon;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const Real spread = math::sqrt(var[row] + epsilon);
        for (int j = lanes.first(); j < d; j += lanes.count()) {
            const Real size = scale[j] < 0 ? -scale[j] : scale[j];
            out[row * d + j] = size / spread * x[row * d + j];
        }
    }
};

} // namespace lamina
