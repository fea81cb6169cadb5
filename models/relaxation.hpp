/// Exact coefficients of a first-order lag over one step.
///
///     tau dx/dt = -x + u(t) + sqrt(tau) sigma xi(t)
///
/// With u linear in time over the step of length h (exact when it is constant),
///
///     x(t + h) = x - leak x + from_now u(t) + from_next u(t + h) + sigma noise_sd z
///     E = exp(-h / tau),  leak = 1 - E
///     from_next = 1 - (tau / h)(1 - E),  from_now = leak - from_next
///     noise_sd = sqrt((1 - E^2) / 2),  z ~ N(0, 1)
///
/// from_now and from_next are the integrals of exp(-(h - s) / tau) / tau times 1 - s / h and s / h:
/// exponential time differencing of second order (Cox & Matthews 2002, doi:10.1006/jcph.2002.6995).
/// The noise is that of the Ornstein-Uhlenbeck process, exact for any h (Gillespie 1996,
/// doi:10.1103/PhysRevE.54.2084). All in double; cast where they are used.
#pragma once

#include "kernels/math.hpp"

namespace lamina {

struct Relaxation {
    double leak = 0, from_now = 0, from_next = 0;
    double noise_sd = 0; ///< per unit sigma

    static Relaxation over(double dt_ms, double tau_ms) {
        const double x = dt_ms / tau_ms;
        Relaxation r;
        r.leak = -math::expm1(-x);
        r.from_next = next_share(x);
        r.from_now = r.leak - r.from_next;
        r.noise_sd = math::sqrt(-0.5 * math::expm1(-2 * x));
        return r;
    }

    /// 1 - (1 - exp(-x)) / x; its series where the difference would cancel.
    static double next_share(double x) {
        if (x > 0.5) return 1 + math::expm1(-x) / x;
        double term = x / 2, sum = 0;
        for (int n = 3; n < 18; ++n) { // 0.5^15 / 17! < 1e-19
            sum += term;
            term *= -x / n;
        }
        return sum;
    }
};

} // namespace lamina
