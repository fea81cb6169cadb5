/// Body, one item = one rate: a first-order lag over one step, its input linear in time.
///
///     x(t + h) = x + from_now u(t) + from_next u(t + h) - leak x
///
/// The weights are those of models/relaxation.hpp; with from_now + from_next = leak a rate at its
/// input stays there to the bit. A rhythm's gain lies in the two weights.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

template <class Real> struct Relax {
    Real* rate;             ///< [n]
    const Real* input_now;  ///< [n] at the start of the step
    const Real* input_next; ///< [n] at its end
    Real leak, from_now, from_next;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real x = rate[item];
        const Real pull = fma(from_next, input_next[item], from_now * input_now[item]);
        rate[item] = x + fma(-leak, x, pull);
    }
};

/// The same for an opponent pair: r+ and r- relax to r_0 + [+-u]_+, so that r+ - r- follows u.
template <class Real> struct RelaxPair {
    Real* positive;         ///< [n] r+
    Real* negative;         ///< [n] r-
    const Real* input_now;  ///< [n]
    const Real* input_next; ///< [n]
    Real leak, from_now, from_next, baseline;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real now = input_now[item], next = input_next[item];
        const Real up =
            fma(from_next, next > 0 ? next : Real(0), from_now * (now > 0 ? now : Real(0)));
        const Real down =
            fma(from_next, next < 0 ? -next : Real(0), from_now * (now < 0 ? -now : Real(0)));
        positive[item] += fma(leak, baseline - positive[item], up);
        negative[item] += fma(leak, baseline - negative[item], down);
    }
};

/// A rate that relaxes to r_0 + [I]_+ : one member of a pair whose two inputs are not opposite. It
/// never falls below r_0, not even by rounding.
template <class Real> struct RelaxRectified {
    Real* rate;             ///< [n]
    const Real* input_now;  ///< [n] I at the start of the step
    const Real* input_next; ///< [n] at its end
    Real leak, from_now, from_next, baseline;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real now = input_now[item], next = input_next[item];
        const Real pull =
            fma(from_next, next > 0 ? next : Real(0), from_now * (now > 0 ? now : Real(0)));
        rate[item] = baseline + fma(1 - leak, rate[item] - baseline, pull);
    }
};

/// A rate that relaxes to a constant.
template <class Real> struct RelaxConstant {
    Real* rate; ///< [n]
    Real leak, target;

    LAMINA_FN void operator()(std::size_t item) const {
        rate[item] += leak * (target - rate[item]);
    }
};

/// What an input that is constant within a step pulls by, where a rhythm of each trial's own gives
/// the weights: from_now u + from_next u. Relax takes it as its input with from_now 1.
template <class Real> struct RhythmicPull {
    const Real* input;   ///< [n_trials][n]
    const Real* weights; ///< [n_trials] from_now, from_next
    Real* pull;          ///< [n_trials][n]
    std::size_t n;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real* w = weights + item / n * 2;
        pull[item] = fma(w[1], input[item], w[0] * input[item]);
    }
};

/// The number that an opponent pair stands for.
template <class Real> struct PairDifference {
    const Real* positive; ///< [n]
    const Real* negative; ///< [n]
    Real* difference;     ///< [n]

    LAMINA_FN void operator()(std::size_t item) const {
        difference[item] = positive[item] - negative[item];
    }
};

/// In place: net and common drive of a pair become I+ = common + net and I- = common - net.
template <class Real> struct OpposePair {
    Real* first;  ///< [n] in: net; out: I+
    Real* second; ///< [n] in: common; out: I-

    LAMINA_FN void operator()(std::size_t item) const {
        const Real net = first[item], common = second[item];
        first[item] = common + net;
        second[item] = common - net;
    }
};

/// The right-hand side of a lag, for the steppers that judge: dx/dt = (gain u - x) / tau.
template <class Real> struct RelaxSlope {
    const Real* rate;
    const Real* input;
    Real* slope;
    Real gain, per_tau_per_ms;

    LAMINA_FN void operator()(std::size_t item) const {
        slope[item] = per_tau_per_ms * fma(gain, input[item], -rate[item]);
    }
};

template <class Real> struct RelaxRectifiedSlope {
    const Real* rate;
    const Real* input;
    Real* slope;
    Real gain, per_tau_per_ms, baseline;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real u = gain * input[item];
        slope[item] = per_tau_per_ms * (baseline + (u > 0 ? u : Real(0)) - rate[item]);
    }
};

template <class Real> struct RelaxPairSlope {
    const Real* positive;
    const Real* negative;
    const Real* input;
    Real* slope_positive;
    Real* slope_negative;
    Real gain, per_tau_per_ms, baseline;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real u = gain * input[item];
        slope_positive[item] = per_tau_per_ms * (baseline + (u > 0 ? u : Real(0)) - positive[item]);
        slope_negative[item] =
            per_tau_per_ms * (baseline + (u < 0 ? -u : Real(0)) - negative[item]);
    }
};

} // namespace lamina
