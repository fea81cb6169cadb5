/// Leaky integrate-and-fire neuron whose potential jumps by each arriving weight, with white noise.
///
///     tau_m dV/dt = -(V - E_L) + mu + sigma sqrt(tau_m) eta(t);   each arriving weight adds to V
///     spike when V >= V_thresh; then V = V_reset for t_ref, and what arrives meanwhile is lost
///
/// eta is Gaussian white noise of unit intensity, so the free potential has mean E_L + mu and
/// variance sigma^2 / 2. A step is the exact solution of this Ornstein-Uhlenbeck process over dt:
///
///     V(t + dt) = m + (V - m) exp(-dt / tau_m) + sigma sqrt((1 - exp(-2 dt / tau_m)) / 2) z
///
/// with m = E_L + mu and z ~ N(0, 1) of one random word. The threshold is looked at once per step,
/// which between two looks the noise may cross unseen: rates are those of a threshold higher by
/// 0.5826 sigma sqrt(dt / tau_m) (Broadie, Glasserman & Kou 1997, doi:10.1111/1467-9965.00035).
/// Source: Brunel (2000), doi:10.1023/A:1008925309027, with its single-cell parameters; the noise
/// as in Mongillo, Barak & Tsodyks (2008), doi:10.1126/science.1150769.
#pragma once

#include "kernels/math.hpp"
#include "kernels/normal_quantile.hpp"
#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct LifDelta {
    static constexpr const char* name = "lif_delta";
    static constexpr const char* summary =
        "leaky integrate-and-fire, potential jumps, white noise, exact step";
    static constexpr const char* source = "Brunel 2000";

    struct Params {
        double tau_m_ms = 20, E_L_mV = 0, V_thresh_mV = 20, V_reset_mV = 10, t_ref_ms = 2,
               mu_mV = 0, sigma_mV = 0;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"tau_m", "ms", &Params::tau_m_ms, Sign::positive, "membrane time constant"},
        {"E_L", "mV", &Params::E_L_mV, Sign::any, "resting potential"},
        {"V_thresh", "mV", &Params::V_thresh_mV, Sign::any, "threshold of a spike"},
        {"V_reset", "mV", &Params::V_reset_mV, Sign::any, "potential after a spike"},
        {"t_ref", "ms", &Params::t_ref_ms, Sign::not_negative, "absolute refractory time"},
        {"mu", "mV", &Params::mu_mV, Sign::any, "mean of the external input"},
        {"sigma", "mV", &Params::sigma_mV, Sign::not_negative,
         "size of the external noise; the SD of V is sigma / sqrt 2"}};

    struct State {
        Real V_mV;
        CountOf<Real> refractory_left_steps;
    };
    static constexpr Recordable<State, Real> recordables[] = {{"V", "mV", &State::V_mV}};

    static constexpr int n_channels = 1, n_draws = 1;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"potential", "mV"}};

    struct Constants {
        Real V_decay, mean_mV, step_sd_mV, V_thresh_mV, V_reset_mV;
        CountOf<Real> refractory_steps;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double) { return reset_refusal<Real>(p); }

    static State start(const Params& p) { return {Real(p.E_L_mV), 0}; }

    /// Exact coefficients of a step of dt_ms, in double.
    static Constants prepare(const Params& p, double dt_ms) {
        const double variance = -0.5 * math::expm1(-2 * dt_ms / p.tau_m_ms); // in sigma^2
        return {Real(math::exp(-dt_ms / p.tau_m_ms)),
                Real(p.E_L_mV + p.mu_mV),
                Real(p.sigma_mV * math::sqrt(variance)),
                Real(p.V_thresh_mV),
                Real(p.V_reset_mV),
                steps_of_ms<CountOf<Real>>(p.t_ref_ms, dt_ms)};
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param arriving_mV  [1] sum of the weights that arrive at the end of the step
    /// @param draw         [1] random word
    LAMINA_FN static bool step(State& s, const Real* arriving_mV, const Constants& c,
                               const std::uint32_t* draw) {
        const bool waits = s.refractory_left_steps > 0;
        const Real noise_mV = c.step_sd_mV * Real(normal_quantile(draw[0]));
        const Real V_mV = fma(c.V_decay, s.V_mV - c.mean_mV, c.mean_mV + noise_mV) + arriving_mV[0];

        const bool spikes = !waits && V_mV >= c.V_thresh_mV;
        s.V_mV = spikes || waits ? c.V_reset_mV : V_mV;
        const CountOf<Real> left = waits ? s.refractory_left_steps - 1 : 0;
        s.refractory_left_steps = spikes ? c.refractory_steps : left;
        return spikes;
    }
};

} // namespace lamina
