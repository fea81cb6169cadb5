/// What every inhibition of the gate offers, and what it is told.
///
/// The gates of one row follow tau_g da_j/dt = -a_j + min(exp(s_j - b), a_max). An inhibition keeps
/// one number p per row and says what b is:
///
///     name, summary, source    its word in a spec, one line about it, where it comes from
///     has_loop                 true when p listens to the gates (then lag, delay and noise exist)
///     pools_drive              true when it needs pool = log sum_j exp(s_j / n)
///     Constants<Real>          one-step coefficients;  prepare<Real>(parameters, dt_ms) makes them
///     pool_exponent(par.)      1 / n of that pool
///     advance(p, sum, sum_ahead, pool, pool_ahead, constants)   p after one step; `sum` is
///                              A = sum_j a_j at its start, `sum_ahead` at its end to second order
///     slope_per_ms(p, sum, pool, constants)                     dp/dt, for the steppers that judge
///     log_divisor(p, pool, constants)                           b
///     noise_sd(par., dt_ms)    SD of p's increment per unit sigma of sqrt(tau) sigma xi
///
/// A new one is one file like pv_log.hpp and one line in models/catalogue.hpp.
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "models/relaxation.hpp"

namespace lamina {

struct InhibitionParameters {
    double tau_PV_ms = 2.7; ///< > 0
    double kappa = 10;      ///< loop gain of pv_finite, > 0
    double n = 1;           ///< exponent of pv_divisive, > 0
    double sigma_n = 0;     ///< sigma^n of pv_divisive, >= 0
};

/// Compressive recruitment of PV by the summed gates: psi(A) = log((eps + A) / (eps + 1)), eps =
/// 1e-6; psi(1) = 0, and psi'(1) = 1 to 1e-6. Noise may carry A below 0; PV then sees 0.
struct CompressiveRecruitment {
    template <class Real> LAMINA_FN static Real of(Real sum) {
        constexpr Real epsilon = Real(1e-6);
        const Real seen = sum > 0 ? sum : Real(0);
        return math::log((epsilon + seen) / (epsilon + 1));
    }

    /// psi over a step in which A goes linearly from `sum` to `ahead`, with the lag's weights. The
    /// logarithm's average is exact: half the sum of its ends, and L/2 coth(L/2) - 1 with
    /// L = psi(ahead) - psi(sum). At rest A = 0 and psi = -14: the ends alone would throw PV back
    /// by half of that, whatever A does later in the step.
    template <class Real>
    LAMINA_FN static Real over(Real sum, Real ahead, Real from_now, Real from_next) {
        const Real now = of(sum), next = of(ahead);
        const Real length = next - now, square = length * length;
        // the series where the quotient would cancel: next term L^6 / 30240 < 4e-11
        const Real series = square * fma(square, Real(-1.0 / 720), Real(1.0 / 12));
        const bool small = square < Real(0.01);
        const Real ratio = math::exp(small ? Real(-1) : -(length > 0 ? length : -length));
        const Real quotient = (length > 0 ? length : -length) / 2 * ((1 + ratio) / (1 - ratio)) - 1;
        const Real bend = small ? series : quotient;
        return fma(from_next, next, fma(from_now, now, (from_now + from_next) * bend));
    }
};

/// psi(A) = A - 1.
struct LinearRecruitment {
    template <class Real> LAMINA_FN static Real of(Real sum) { return sum - 1; }
    template <class Real>
    LAMINA_FN static Real over(Real sum, Real ahead, Real from_now, Real from_next) {
        return fma(from_next, of(ahead), from_now * of(sum));
    }
};

/// PV that integrates its recruitment without leak: tau_p dp/dt = psi(A). p is the log-normaliser
/// itself, b = p. Over a step psi's average is of second order, and psi = 0 leaves p where it is.
template <class Recruitment> struct IntegratingPv {
    static constexpr bool has_loop = true;
    static constexpr bool pools_drive = false;

    template <class Real> struct Constants { Real half_step, per_tau_per_ms; };
    template <class Real>
    static Constants<Real> prepare(const InhibitionParameters& par, double dt_ms) {
        return {Real(dt_ms / (2 * par.tau_PV_ms)), Real(1 / par.tau_PV_ms)};
    }
    static double pool_exponent(const InhibitionParameters&) { return 1; }

    template <class Real>
    LAMINA_FN static Real advance(Real p, Real sum, Real sum_ahead, Real, Real,
                                  const Constants<Real>& c) {
        return p + Recruitment::over(sum, sum_ahead, c.half_step, c.half_step);
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real, Real sum, Real, const Constants<Real>& c) {
        return c.per_tau_per_ms * Recruitment::of(sum);
    }
    template <class Real> LAMINA_FN static Real log_divisor(Real p, Real, const Constants<Real>&) {
        return p;
    }
    static double noise_sd(const InhibitionParameters& par, double dt_ms) {
        return math::sqrt(dt_ms / par.tau_PV_ms);
    }
};

} // namespace lamina
