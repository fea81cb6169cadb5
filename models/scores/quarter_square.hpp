/// The product as a difference of two squares, each the rate of a pair of threshold-quadratic
/// populations, one of which adds query and key while the other subtracts them:
///
///     s_ij = lambda (1 - r_i) / (4 sqrt(d_head)) sum_d [S(q_id + k_jd) - S(q_id - k_jd)]
///     S(x) = [x - theta]_+^2 + [-x - theta]_+^2 = [|x| - theta]_+^2
///
/// theta = 0 is the product exactly, to rounding. Where both sums pass a threshold above 0,
///
///     [S(q + k) - S(q - k)] / 4 = q k - theta sign(q k) min(|q|, |k|)
///
/// and small numbers do not meet at all: nothing passes where |q| + |k| < theta. It is no dot
/// product of features of q and of k.
/// Source: docs/model.md, "Scores"; threshold-quadratic rates: Miller & Troyer (2002),
/// doi:10.1152/jn.00425.2001.
#pragma once

#include "models/scores/score.hpp"

namespace lamina {

struct QuarterSquare {
    static constexpr const char* name = "quarter_square";
    static constexpr const char* summary =
        "difference of the squares of q + k and q - k, by rates with a threshold";
    static constexpr const char* source = "docs/model.md, Scores";
    static constexpr bool gives_drive = false;
    static constexpr bool pairwise = true;

    template <class Real> struct Constants {
        Real threshold, per_four_sqrt_d;
        int d_head;
    };
    /// The rates themselves, and behind them the factor of the query; 1 for keys.
    static int n_features(const ScoreParameters& par) { return par.d_head + 1; }
    template <class Real>
    static Constants<Real> prepare(const ScoreParameters& par, std::uint64_t, std::vector<Real>&) {
        return {Real(par.threshold), Real(0.25 / math::sqrt(double(par.d_head))), par.d_head};
    }
    template <class Real, class Lanes>
    LAMINA_FN static Real encode(const Real* rate, Real gain, Real* features,
                                 const Constants<Real>& c, int, Role role, Lanes lanes) {
        for (int i = lanes.first(); i < c.d_head; i += lanes.count()) features[i] = rate[i];
        if (lanes.first() == 0)
            features[c.d_head] = role == Role::query ? gain * c.per_four_sqrt_d : Real(1);
        return 0;
    }
    template <class Real>
    LAMINA_FN static Real pair(const Real* query, const Real* key, const Constants<Real>& c) {
        Real sum = 0;
        for (int i = 0; i < c.d_head; ++i) {
            const Real with = above(query[i] + key[i], c.threshold);
            const Real against = above(query[i] - key[i], c.threshold);
            sum = fma(with, with, fma(-against, against, sum));
        }
        return query[c.d_head] * sum;
    }
    template <class Real> LAMINA_FN static Real meet(Real met, Real, Real, const Constants<Real>&) {
        return met;
    }

  private:
    /// [|x| - theta]_+
    template <class Real> LAMINA_FN static Real above(Real x, Real threshold) {
        const Real beyond = (x < 0 ? -x : x) - threshold;
        return beyond < 0 ? Real(0) : beyond; // so written, NaN stays NaN
    }
};

} // namespace lamina
