/// Leaky integrate-and-fire neuron with exponential synaptic current.
///
///     tau_m dV/dt = -(V - E_L) + (tau_m / C_m) (I_syn + I_bias)
///     tau_syn dI_syn/dt = -I_syn;   each arriving weight adds to I_syn
///     spike when V >= V_thresh; then V = V_reset for t_ref, while I_syn goes on
///
/// The subthreshold equations are linear, so a step is their exact solution over dt: there is no
/// time-step error, only rounding and the placing of spikes on the grid.
/// Source: Rotter & Diesmann (1999), doi:10.1007/s004220050570; parameters of Potjans & Diesmann
/// (2014), doi:10.1093/cercor/bhs358.
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct LifExp {
    static constexpr const char* name = "lif_exp";
    static constexpr const char* summary =
        "leaky integrate-and-fire, exponential synaptic current, exact step";
    static constexpr const char* source = "Rotter & Diesmann 1999";

    struct Params {
        double tau_m_ms = 10, C_m_pF = 250, E_L_mV = -65, V_thresh_mV = -50, V_reset_mV = -65,
               t_ref_ms = 2, tau_syn_ms = 0.5, I_bias_pA = 0;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"tau_m", "ms", &Params::tau_m_ms, Sign::positive, "membrane time constant"},
        {"C_m", "pF", &Params::C_m_pF, Sign::positive, "membrane capacitance"},
        {"E_L", "mV", &Params::E_L_mV, Sign::any, "resting potential"},
        {"V_thresh", "mV", &Params::V_thresh_mV, Sign::any, "threshold of a spike"},
        {"V_reset", "mV", &Params::V_reset_mV, Sign::any, "potential after a spike"},
        {"t_ref", "ms", &Params::t_ref_ms, Sign::not_negative, "absolute refractory time"},
        {"tau_syn", "ms", &Params::tau_syn_ms, Sign::positive, "decay of the synaptic current"},
        {"I_bias", "pA", &Params::I_bias_pA, Sign::any, "constant current"}};

    struct State {
        Real V_mV, I_syn_pA;
        CountOf<Real> refractory_left_steps;
    };
    static constexpr Recordable<State, Real> recordables[] = {{"V", "mV", &State::V_mV},
                                                              {"I_syn", "pA", &State::I_syn_pA}};

    static constexpr int n_channels = 1, n_draws = 0;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"current", "pA"}};

    struct Constants {
        Real V_decay, I_decay, mV_per_pA, E_L_mV, bias_mV, V_thresh_mV, V_reset_mV;
        CountOf<Real> refractory_steps;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double) { return reset_refusal<Real>(p); }

    static State start(const Params& p) { return {Real(p.E_L_mV), 0, 0}; }

    /// Exact coefficients of a step of dt_ms, in double.
    static Constants prepare(const Params& p, double dt_ms) {
        const double V_decay = math::exp(-dt_ms / p.tau_m_ms);
        // integral of both decays over dt; expm1 keeps it exact as tau_syn approaches tau_m
        const double delta_per_ms = 1 / p.tau_m_ms - 1 / p.tau_syn_ms;
        const double overlap_ms =
            V_decay *
            (delta_per_ms == 0 ? dt_ms : math::expm1(delta_per_ms * dt_ms) / delta_per_ms);
        const double GOhm = p.tau_m_ms / p.C_m_pF;
        return {Real(V_decay),
                Real(math::exp(-dt_ms / p.tau_syn_ms)),
                Real(overlap_ms / p.C_m_pF),
                Real(p.E_L_mV),
                Real(-GOhm * p.I_bias_pA * math::expm1(-dt_ms / p.tau_m_ms)),
                Real(p.V_thresh_mV),
                Real(p.V_reset_mV),
                steps_of_ms<CountOf<Real>>(p.t_ref_ms, dt_ms)};
    }

    /// Everything of a step but the spike; true while the neuron waits out its refractory time.
    /// @param arriving_pA  [1] sum of the weights that arrive at the end of the step
    LAMINA_FN static bool evolve(State& s, const Real* arriving_pA, const Constants& c) {
        const bool waits = s.refractory_left_steps > 0;
        const Real from_rest_mV =
            fma(c.V_decay, s.V_mV - c.E_L_mV, fma(c.mV_per_pA, s.I_syn_pA, c.bias_mV));
        s.V_mV = waits ? c.V_reset_mV : c.E_L_mV + from_rest_mV;
        const CountOf<Real> left = s.refractory_left_steps - 1;
        s.refractory_left_steps = left > 0 ? left : 0;

        // the current decays, then this step's spikes arrive
        s.I_syn_pA = fma(c.I_decay, s.I_syn_pA, arriving_pA[0]);
        return waits;
    }

    /// Advances by one step; true when the neuron spikes at its end.
    LAMINA_FN static bool step(State& s, const Real* arriving_pA, const Constants& c) {
        evolve(s, arriving_pA, c);
        const bool spikes = s.V_mV >= c.V_thresh_mV; // not who waits: V_reset lies below
        s.V_mV = spikes ? c.V_reset_mV : s.V_mV;
        s.refractory_left_steps = spikes ? c.refractory_steps : s.refractory_left_steps;
        return spikes;
    }
};

} // namespace lamina
