/// PV recruited by the square root of its gates:
///
///     tau_p dp/dt = psi(A),  psi(A) = 2 (sqrt(A) - 1),  A = sum_j a_j,  b = p
///
/// psi(1) = 0 and psi'(1) = 1, so the fixed point is softmax and the linearised law that of pv_log;
/// far from it PV answers more than the logarithm and less than the line.
/// Source: an example of docs/extending.md, from no paper.
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct PvSqrt {
    static constexpr const char* name = "pv_sqrt";
    static constexpr const char* summary = "PV integrates the root of the summed gates; softmax";
    static constexpr const char* source = "docs/extending.md";
    static constexpr bool has_loop = true;
    static constexpr bool pools_drive = false;

    template <class Real> struct Constants { Real half_step, per_tau_per_ms; };
    template <class Real>
    static Constants<Real> prepare(const InhibitionParameters& par, double dt_ms) {
        return {Real(dt_ms / (2 * par.tau_PV_ms)), Real(1 / par.tau_PV_ms)};
    }
    static double pool_exponent(const InhibitionParameters&) { return 1; }

    /// Noise may carry the sum below 0; PV then sees 0.
    template <class Real> LAMINA_FN static Real psi(Real sum) {
        return 2 * (math::sqrt(sum > 0 ? sum : Real(0)) - 1);
    }
    /// The trapezoid over a step: second order, and psi = 0 leaves p where it is.
    template <class Real>
    LAMINA_FN static Real advance(Real p, Real sum, Real sum_ahead, Real, Real,
                                  const Constants<Real>& c) {
        return fma(c.half_step, psi(sum) + psi(sum_ahead), p);
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real, Real sum, Real, const Constants<Real>& c) {
        return c.per_tau_per_ms * psi(sum);
    }
    template <class Real> LAMINA_FN static Real log_divisor(Real p, Real, const Constants<Real>&) {
        return p;
    }
    static double noise_sd(const InhibitionParameters& par, double dt_ms) {
        return math::sqrt(dt_ms / par.tau_PV_ms);
    }
};

} // namespace lamina
