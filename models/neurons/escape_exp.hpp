/// Leaky integrate-and-fire neuron with exponential synaptic current and exponential escape noise.
///
///     tau_m dV/dt = -(V - E_L) + (tau_m / C_m) (I_syn + I_bias)
///     tau_syn dI_syn/dt = -I_syn;   each arriving weight adds to I_syn
///     hazard of a spike  rho = rho_0 exp((V - V_thresh) / Delta_u),  P(spike in dt) = 1 - exp(-rho
///     dt) then V moves the share `reset` of its way to V_reset, where it stays for t_ref
///
/// The potential is that of lif_exp, exact. Its mean of the step's two ends enters the hazard, so
/// that P differs from the integral over the step by O(dt^3). With reset = 0 and t_ref = 0 a spike
/// leaves no trace: under common inhibition such neurons spike in the proportions of softmax(V /
/// Delta_u).
/// Source: Jolivet, Rauch, Luescher & Gerstner (2006), doi:10.1007/s10827-006-7074-5; Delta_u = 4
/// mV and 1 / rho_0 = 19 ms as quoted from there in Gerstner et al., Neuronal Dynamics (2014),
/// chapter 9 (not checked against the paper).
#pragma once

#include "models/neurons/lif_exp.hpp"

namespace lamina {

template <class Real> struct EscapeExp {
    using Membrane = LifExp<Real>;
    static constexpr const char* name = "escape_exp";
    static constexpr const char* summary =
        "leaky integrate-and-fire, exponential synaptic current, exponential escape noise";
    static constexpr const char* source = "Jolivet et al. 2006";

    struct Params : Membrane::Params {
        double rho_0_Hz = 1000.0 / 19, Delta_u_mV = 4, reset = 1;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"tau_m", "ms", &Params::tau_m_ms, Sign::positive, "membrane time constant"},
        {"C_m", "pF", &Params::C_m_pF, Sign::positive, "membrane capacitance"},
        {"E_L", "mV", &Params::E_L_mV, Sign::any, "resting potential"},
        {"V_thresh", "mV", &Params::V_thresh_mV, Sign::any,
         "potential at which the hazard is rho_0"},
        {"V_reset", "mV", &Params::V_reset_mV, Sign::any, "potential after a spike"},
        {"t_ref", "ms", &Params::t_ref_ms, Sign::not_negative, "absolute refractory time"},
        {"tau_syn", "ms", &Params::tau_syn_ms, Sign::positive, "decay of the synaptic current"},
        {"I_bias", "pA", &Params::I_bias_pA, Sign::any, "constant current"},
        {"rho_0", "Hz", &Params::rho_0_Hz, Sign::positive, "hazard at V_thresh"},
        {"Delta_u", "mV", &Params::Delta_u_mV, Sign::positive,
         "potential over which the hazard grows e-fold"},
        {"reset", "", &Params::reset, Sign::not_negative,
         "share of the way to V_reset that a spike takes V; 0 to 1"}};

    using State = typename Membrane::State;
    static constexpr Recordable<State, Real> recordables[] = {{"V", "mV", &State::V_mV},
                                                              {"I_syn", "pA", &State::I_syn_pA}};

    static constexpr int n_channels = 1, n_draws = 1;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"current", "pA"}};

    struct Constants {
        typename Membrane::Constants membrane;
        Real e_folds_per_mV, log_rho_0_dt, reset;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double) {
        return p.reset <= 1 ? nullptr : "reset is a share, from 0 to 1";
    }

    static State start(const Params& p) { return Membrane::start(p); }

    static Constants prepare(const Params& p, double dt_ms) {
        return {Membrane::prepare(p, dt_ms), Real(1 / p.Delta_u_mV),
                Real(math::log(p.rho_0_Hz * 1e-3 * dt_ms)), Real(p.reset)};
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param arriving_pA  [1] sum of the weights that arrive at the end of the step
    /// @param draw         [1] random word
    LAMINA_FN static bool step(State& s, const Real* arriving_pA, const Constants& c,
                               const std::uint32_t* draw) {
        const Real V_before_mV = s.V_mV;
        const bool waits = Membrane::evolve(s, arriving_pA, c.membrane);
        const Real V_mean_mV = Real(0.5) * (V_before_mV + s.V_mV);
        const Real rho_dt =
            math::exp(fma(V_mean_mV - c.membrane.V_thresh_mV, c.e_folds_per_mV, c.log_rho_0_dt));
        const Real probability = -math::expm1(-rho_dt);

        // 31 bits are a signed integer, which every instruction set turns into a Real
        const Real uniform =
            (Real(static_cast<std::int32_t>(draw[0] >> 1)) + Real(0.5)) * Real(0x1p-31);
        const bool spikes = !waits && uniform <= probability;
        const Real after_mV = fma(c.reset, c.membrane.V_reset_mV - s.V_mV, s.V_mV);
        s.V_mV = spikes ? after_mV : s.V_mV;
        s.refractory_left_steps = spikes ? c.membrane.refractory_steps : s.refractory_left_steps;
        return spikes;
    }
};

} // namespace lamina
