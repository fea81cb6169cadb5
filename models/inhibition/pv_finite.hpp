/// PV with finite loop gain kappa: it leaks,
///
///     tau_p dp/dt = psi(A) - p / kappa,  psi as in pv_log,  b = p
///
/// Fixed point (eps -> 0): A = Z^(1 / (1 + kappa)), p = kappa / (1 + kappa) log Z, Z = sum_j exp
/// s_j: the ratios are softmax, their sum is not. kappa -> infinity is pv_log. The leak is taken
/// exactly: a lag of time constant kappa tau_p with input kappa psi. Source: docs/model.md,
/// "Inhibition of the gate".
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct PvFinite {
    static constexpr const char* name = "pv_finite";
    static constexpr const char* summary =
        "pv_log with a leak: loop gain kappa, sum of gates Z^(1/(1+kappa))";
    static constexpr const char* source = "docs/model.md, Inhibition of the gate";
    static constexpr bool has_loop = true;
    static constexpr bool pools_drive = false;

    template <class Real> struct Constants {
        Real leak, from_now, from_next, kappa, per_tau_per_ms;
    };
    template <class Real>
    static Constants<Real> prepare(const InhibitionParameters& par, double dt_ms) {
        const auto lag = Relaxation::over(dt_ms, par.kappa * par.tau_PV_ms);
        return {Real(lag.leak), Real(par.kappa * lag.from_now), Real(par.kappa * lag.from_next),
                Real(par.kappa), Real(1 / par.tau_PV_ms)};
    }
    static double pool_exponent(const InhibitionParameters&) { return 1; }

    template <class Real>
    LAMINA_FN static Real advance(Real p, Real sum, Real sum_ahead, Real, Real,
                                  const Constants<Real>& c) {
        return p + fma(-c.leak, p,
                       CompressiveRecruitment::over(sum, sum_ahead, c.from_now, c.from_next));
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real p, Real sum, Real, const Constants<Real>& c) {
        return c.per_tau_per_ms * (CompressiveRecruitment::of(sum) - p / c.kappa);
    }
    template <class Real> LAMINA_FN static Real log_divisor(Real p, Real, const Constants<Real>&) {
        return p;
    }
    /// sqrt(tau_p) sigma xi / tau_p integrated against the leak of time constant kappa tau_p.
    static double noise_sd(const InhibitionParameters& par, double dt_ms) {
        return math::sqrt(par.kappa) * Relaxation::over(dt_ms, par.kappa * par.tau_PV_ms).noise_sd;
    }
};

} // namespace lamina
