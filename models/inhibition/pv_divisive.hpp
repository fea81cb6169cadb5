/// PV that pools the drive itself, feed-forward, and divides:
///
///     tau_p dP/dt = -P + sum_j D_j,   D = exp(s / n),   a_j -> D_j^n / (sigma^n + P^n)
///
/// so b = log(sigma^n + P^n): the power is taken after pooling. sigma = 0, n = 1 is softmax; for L
/// equal unit inputs a = 1 / (sigma^n + L^n). There is no loop: nothing rings, and lag or delay
/// only postpone. The pooled drive is limited at exp(600) (double) and exp(80) (float). Source:
/// docs/model.md, "Inhibition of the gate"; Carandini & Heeger (2012), doi:10.1038/nrn3136.
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct PvDivisive {
    static constexpr const char* name = "pv_divisive";
    static constexpr const char* summary =
        "divisive normalisation: power n after pooling, constant sigma^n";
    static constexpr const char* source = "Carandini & Heeger 2012, doi:10.1038/nrn3136";
    static constexpr bool has_loop = true;
    static constexpr bool pools_drive = true;

    template <class Real> struct Constants {
        Real leak, from_now, from_next, n, sigma_n, log_limit, smallest, per_tau_per_ms;
    };
    template <class Real>
    static Constants<Real> prepare(const InhibitionParameters& par, double dt_ms) {
        const auto lag = Relaxation::over(dt_ms, par.tau_PV_ms);
        const bool wide = sizeof(Real) > 4;
        return {Real(lag.leak),
                Real(lag.from_now),
                Real(lag.from_next),
                Real(par.n),
                Real(par.sigma_n),
                Real(wide ? 600 : 80),
                Real(wide ? 1e-300 : 1e-37),
                Real(1 / par.tau_PV_ms)};
    }
    static double pool_exponent(const InhibitionParameters& par) { return 1 / par.n; }

    template <class Real> LAMINA_FN static Real pooled(Real log_pool, const Constants<Real>& c) {
        return math::exp(log_pool < c.log_limit ? log_pool : c.log_limit);
    }
    template <class Real>
    LAMINA_FN static Real advance(Real p, Real, Real, Real pool, Real pool_ahead,
                                  const Constants<Real>& c) {
        const Real pull = fma(c.from_next, pooled(pool_ahead, c), c.from_now * pooled(pool, c));
        return p + fma(-c.leak, p, pull);
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real p, Real, Real pool, const Constants<Real>& c) {
        return c.per_tau_per_ms * (pooled(pool, c) - p);
    }
    /// n log P + log(1 + sigma^n / P^n), or with the roles exchanged, so that P^n never overflows.
    template <class Real>
    LAMINA_FN static Real log_divisor(Real p, Real, const Constants<Real>& c) {
        const Real log_power = c.n * math::log(p > c.smallest ? p : c.smallest);
        if (!(c.sigma_n > 0)) return log_power;
        const Real log_sigma = math::log(c.sigma_n);
        const Real larger = log_power > log_sigma ? log_power : log_sigma;
        const Real smaller = log_power > log_sigma ? log_sigma : log_power;
        return larger + math::log(1 + math::exp(smaller - larger));
    }
    static double noise_sd(const InhibitionParameters& par, double dt_ms) {
        return Relaxation::over(dt_ms, par.tau_PV_ms).noise_sd;
    }
};

} // namespace lamina
