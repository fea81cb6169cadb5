/// Bursts of layer-5 cells: the key sets the rate of events at the soma, the query the probability
/// that an event becomes a burst in the apical dendrite, and the rate of bursts is their product.
///
///     B = E P,  E(I_s) = 13.4 Hz sigma((I_s - 123.4 pA) / 141.9 pA),  sigma(x) = 1 / (1 + exp(-x))
///               P(I_d) = sigma((I_d - 148.5 pA) / 52.7 pA)
///
/// Each number is an opponent pair, k+- = [+-k]_+, so that four populations carry one dimension,
/// one for each sign of key and query: I_s = J_s k+-, I_d = 50 pA + J_d q+-. Their bursts add up
/// with their signs, in units of what small k and q give:
///
///     s_ij = lambda (1 - r_i) / sqrt(d_head) sum_d f(k_jd) g(q_id)
///     f(k) = [E(k+) - E(k-)] / (E' J_s),   g(q) = [P(q+) - P(q-)] / (P' J_d),   E', P' at rest
///
/// so that s -> q.k / sqrt(d_head) for small vectors, as for small J. J_s = J_d = 100 pA by
/// default: the table ends at k = 4 and q = 2.5. f and g first grow faster than their argument, f
/// by up to 15 % at 1.8 and g by up to 80 % at 1.4, and then saturate, |f| < 4.81, |g| < 3.95. One
/// unit of a small q k is 0.43 bursts per second. At rest, I_d = 50 pA, an event is a burst in 13 %
/// of the cases, in the paper in 12 %.
///
/// The sigmoids are least squares through the table of tests/support/burst_table.hpp, which
/// models/neurons/two_compartment_burst.hpp reproduces: E through its six rates at I_d = 50 pA
/// (residual 0.19 Hz rms, 0.31 at most), P through the six at I_s = 0 (0.010 rms, 0.020 at most).
/// The cell is not quite as separable: at I_s = 200 pA P is higher by up to 0.07, and beyond I_d =
/// 100 pA E lower by up to 3.5 Hz, as bursts take the time of events.
/// Source: docs/model.md, "Scores"; Naud & Sprekeler (2018), doi:10.1073/pnas.1720995115.
#pragma once

#include "models/scores/score.hpp"

namespace lamina {

struct Apical {
    static constexpr const char* name = "apical";
    static constexpr const char* summary =
        "event rate of the key times burst probability of the query; saturates";
    static constexpr const char* source =
        "docs/model.md, Scores; Naud & Sprekeler 2018, doi:10.1073/pnas.1720995115";
    static constexpr bool gives_drive = false;

    /// top sigma((I - half) / width)
    struct Sigmoid {
        double top, half_pA, width_pA;

        double operator()(double current_pA) const {
            return top / (1 + math::exp((half_pA - current_pA) / width_pA));
        }
        double slope(double current_pA) const {
            const double at = (*this)(current_pA);
            return at * (1 - at / top) / width_pA;
        }
    };
    static constexpr Sigmoid event_rate_Hz{13.4, 123.4, 141.9};
    static constexpr Sigmoid burst_probability{1, 148.5, 52.7};
    static constexpr double soma_rest_pA = 0, dendrite_rest_pA = 50;

    /// E' J_s P' J_d at rest: the bursts per second and cell, summed over the four populations with
    /// their signs, that stand for a unit of a small product k q.
    static double unit_Hz(const ScoreParameters& par) {
        return event_rate_Hz.slope(soma_rest_pA) * par.soma_pA *
               burst_probability.slope(dendrite_rest_pA) * par.dendrite_pA;
    }

    /// The difference of a pair through a sigmoid, slope 1 at 0: with u = steepness |x| and y the
    /// sigmoid at rest, per top,
    ///
    ///     sign(x) / steepness (1 - exp(-u)) / (1 - (1 - y) (1 - exp(-u)))
    template <class Real> struct Pair {
        Real steepness, above_rest; ///< J / width; 1 - y

        LAMINA_FN Real operator()(Real x) const {
            const Real fallen = math::expm1(-steepness * (x < 0 ? -x : x));
            const Real rise = -fallen / (steepness * fma(above_rest, fallen, Real(1)));
            return x < 0 ? -rise : rise;
        }
    };
    template <class Real> struct Constants {
        Pair<Real> key, query;
        Real per_sqrt_d;
        int d_head;
    };
    static int n_features(const ScoreParameters& par) { return par.d_head; }
    template <class Real>
    static Constants<Real> prepare(const ScoreParameters& par, std::uint64_t, std::vector<Real>&) {
        const auto pair = [](const Sigmoid& of, double rest_pA, double pA_per_unit) {
            return Pair<Real>{Real(pA_per_unit / of.width_pA), Real(1 - of(rest_pA) / of.top)};
        };
        return {pair(event_rate_Hz, soma_rest_pA, par.soma_pA),
                pair(burst_probability, dendrite_rest_pA, par.dendrite_pA),
                Real(1 / math::sqrt(double(par.d_head))), par.d_head};
    }

    template <class Real, class Lanes>
    LAMINA_FN static Real encode(const Real* rate, Real gain, Real* features,
                                 const Constants<Real>& c, int, Role role, Lanes lanes) {
        const Pair<Real> pair = role == Role::query ? c.query : c.key;
        const Real scale = role == Role::query ? gain * c.per_sqrt_d : Real(1);
        for (int i = lanes.first(); i < c.d_head; i += lanes.count())
            features[i] = scale * pair(rate[i]);
        return 0;
    }
    template <class Real> LAMINA_FN static Real meet(Real dot, Real, Real, const Constants<Real>&) {
        return dot;
    }
};

} // namespace lamina
