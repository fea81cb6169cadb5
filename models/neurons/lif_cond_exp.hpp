/// Leaky integrate-and-fire neuron with exponential synaptic conductances.
///
///     C_m dV/dt = -g_L (V - E_L) - g_exc (V - E_exc) - g_inh (V - E_inh) + I_bias
///     tau_x dg_x/dt = -g_x;   each arriving weight, at least 0, adds to g_exc or g_inh
///     spike when V >= V_thresh; then V = V_reset for t_ref, while the conductances go on
///
/// The potential moves as in ohmic_membrane.hpp: of order 4 in dt between spikes, stable for every
/// dt. Spikes are placed on the grid.
/// Source: model and parameters of Vogels & Abbott (2005), doi:10.1523/JNEUROSCI.3508-05.2005, as
/// in benchmark 1 of Brette et al. (2007), doi:10.1007/s10827-007-0038-6.
#pragma once

#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/neurons/ohmic_membrane.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct LifCondExp {
    using Membrane = OhmicMembrane<Real>;
    static constexpr const char* name = "lif_cond_exp";
    static constexpr const char* summary =
        "leaky integrate-and-fire, exponential synaptic conductances, step of order 4";
    static constexpr const char* source = "Vogels & Abbott 2005";

    struct Params {
        double C_m_pF = 200, g_L_nS = 10, E_L_mV = -60, V_thresh_mV = -50, V_reset_mV = -60,
               t_ref_ms = 5, E_exc_mV = 0, E_inh_mV = -80, tau_exc_ms = 5, tau_inh_ms = 10,
               I_bias_pA = 0;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"C_m", "pF", &Params::C_m_pF, Sign::positive, "membrane capacitance"},
        {"g_L", "nS", &Params::g_L_nS, Sign::positive, "leak conductance"},
        {"E_L", "mV", &Params::E_L_mV, Sign::any, "resting potential"},
        {"V_thresh", "mV", &Params::V_thresh_mV, Sign::any, "threshold of a spike"},
        {"V_reset", "mV", &Params::V_reset_mV, Sign::any, "potential after a spike"},
        {"t_ref", "ms", &Params::t_ref_ms, Sign::not_negative, "absolute refractory time"},
        {"E_exc", "mV", &Params::E_exc_mV, Sign::any, "excitatory reversal potential"},
        {"E_inh", "mV", &Params::E_inh_mV, Sign::any, "inhibitory reversal potential"},
        {"tau_exc", "ms", &Params::tau_exc_ms, Sign::positive, "decay of excitation"},
        {"tau_inh", "ms", &Params::tau_inh_ms, Sign::positive, "decay of inhibition"},
        {"I_bias", "pA", &Params::I_bias_pA, Sign::any, "constant current"}};

    struct State {
        Real V_mV, g_exc_nS, g_inh_nS;
        CountOf<Real> refractory_left_steps;
    };
    static constexpr Recordable<State, Real> recordables[] = {{"V", "mV", &State::V_mV},
                                                              {"g_exc", "nS", &State::g_exc_nS},
                                                              {"g_inh", "nS", &State::g_inh_nS}};

    static constexpr int n_channels = 2, n_draws = 0;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"excitatory", "nS"},
                                                          {"inhibitory", "nS"}};

    struct Constants {
        typename Membrane::Constants membrane;
        Real V_thresh_mV, V_reset_mV;
        CountOf<Real> refractory_steps;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double) { return reset_refusal<Real>(p); }

    static State start(const Params& p) { return {Real(p.E_L_mV), 0, 0, 0}; }

    static Constants prepare(const Params& p, double dt_ms) {
        return {Membrane::prepare({p.C_m_pF, p.g_L_nS, p.E_L_mV, p.E_exc_mV, p.E_inh_mV,
                                   p.tau_exc_ms, p.tau_inh_ms, p.I_bias_pA},
                                  dt_ms),
                Real(p.V_thresh_mV), Real(p.V_reset_mV),
                steps_of_ms<CountOf<Real>>(p.t_ref_ms, dt_ms)};
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param arriving_nS  [2] sums of the weights that arrive at the end of the step
    LAMINA_FN static bool step(State& s, const Real* arriving_nS, const Constants& c) {
        // the potential evolves, or waits out the refractory time
        typename Membrane::Conductances g{s.g_exc_nS, s.g_inh_nS};
        const auto ohmic = Membrane::over(g, c.membrane);
        const bool waits = s.refractory_left_steps > 0;
        const Real V_mV = waits ? c.V_reset_mV : ohmic.end_mV(s.V_mV, 0, c.membrane);
        const CountOf<Real> left = s.refractory_left_steps - 1;

        // this step's spikes arrive
        s.g_exc_nS = g.exc_nS + arriving_nS[0];
        s.g_inh_nS = g.inh_nS + arriving_nS[1];

        const bool spikes = V_mV >= c.V_thresh_mV; // not who waits: V_reset lies below
        s.V_mV = spikes ? c.V_reset_mV : V_mV;
        s.refractory_left_steps = spikes ? c.refractory_steps : left > 0 ? left : 0;
        return spikes;
    }
};

} // namespace lamina
