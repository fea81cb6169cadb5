/// Adaptive exponential integrate-and-fire neuron with exponential synaptic conductances.
///
///     C_m dV/dt = -g_L (V - E_L) + g_L Delta_T exp((V - V_T) / Delta_T) - w
///                 - g_exc (V - E_exc) - g_inh (V - E_inh) + I_bias
///     tau_w dw/dt = a (V - E_L) - w
///     tau_x dg_x/dt = -g_x;   each arriving weight, at least 0, adds to g_exc or g_inh
///     spike when V >= V_peak; then V = V_reset for t_ref, and w grows by b
///
/// The ohmic currents are those of ohmic_membrane.hpp, stable for every conductance; the
/// exponential current and w are means of the beginning and the predicted end of the step: order 2
/// in dt between spikes. From V_run on, the exponential current alone takes V to V_peak within dt,
///
///     V_run = V_T - Delta_T log(g_L dt / C_m + exp(-(V_peak - V_T) / Delta_T))
///
/// so a neuron that begins a step there spikes at its end, and the current need not be computed
/// beyond: nothing overflows, and w is not carried along by the upswing.
///
/// Defaults: Brette & Gerstner (2005), doi:10.1152/jn.00686.2005. The interneurons of Payeur et al.
/// (2021), doi:10.1038/s41593-021-00857-x, are (E_L = -70 mV; their rheobase I_r without adaptation
/// is in V_T = E_L + Delta_T + I_r / g_L):
///
///           C_m  g_L  V_T  Delta_T  V_reset  t_ref    a    b  tau_w
///     PV    100   10  -48        2      -55      1    0    0
///     SOM   100    5  -61        4      -65      2  0.5   10    500
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/neurons/ohmic_membrane.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct AdEx {
    using Membrane = OhmicMembrane<Real>;
    static constexpr const char* name = "adex";
    static constexpr const char* summary =
        "adaptive exponential integrate-and-fire, exponential synaptic conductances";
    static constexpr const char* source = "Brette & Gerstner 2005";

    struct Params {
        double C_m_pF = 281, g_L_nS = 30, E_L_mV = -70.6, V_T_mV = -50.4, Delta_T_mV = 2,
               V_peak_mV = 20, V_reset_mV = -70.6, t_ref_ms = 0, a_nS = 4, b_pA = 80.5,
               tau_w_ms = 144, E_exc_mV = 0, E_inh_mV = -80, tau_exc_ms = 5, tau_inh_ms = 10,
               I_bias_pA = 0;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"C_m", "pF", &Params::C_m_pF, Sign::positive, "membrane capacitance"},
        {"g_L", "nS", &Params::g_L_nS, Sign::positive, "leak conductance"},
        {"E_L", "mV", &Params::E_L_mV, Sign::any, "reversal potential of the leak"},
        {"V_T", "mV", &Params::V_T_mV, Sign::any, "potential where the spike sets in"},
        {"Delta_T", "mV", &Params::Delta_T_mV, Sign::positive, "sharpness of the onset"},
        {"V_peak", "mV", &Params::V_peak_mV, Sign::any, "potential that counts as a spike"},
        {"V_reset", "mV", &Params::V_reset_mV, Sign::any, "potential after a spike"},
        {"t_ref", "ms", &Params::t_ref_ms, Sign::not_negative, "absolute refractory time"},
        {"a", "nS", &Params::a_nS, Sign::any, "adaptation by the potential"},
        {"b", "pA", &Params::b_pA, Sign::any, "adaptation by a spike"},
        {"tau_w", "ms", &Params::tau_w_ms, Sign::positive, "time constant of adaptation"},
        {"E_exc", "mV", &Params::E_exc_mV, Sign::any, "excitatory reversal potential"},
        {"E_inh", "mV", &Params::E_inh_mV, Sign::any, "inhibitory reversal potential"},
        {"tau_exc", "ms", &Params::tau_exc_ms, Sign::positive, "decay of excitation"},
        {"tau_inh", "ms", &Params::tau_inh_ms, Sign::positive, "decay of inhibition"},
        {"I_bias", "pA", &Params::I_bias_pA, Sign::any, "constant current"}};

    struct State {
        Real V_mV, w_pA, g_exc_nS, g_inh_nS;
        CountOf<Real> refractory_left_steps;
    };
    static constexpr Recordable<State, Real> recordables[] = {{"V", "mV", &State::V_mV},
                                                              {"w", "pA", &State::w_pA},
                                                              {"g_exc", "nS", &State::g_exc_nS},
                                                              {"g_inh", "nS", &State::g_inh_nS}};

    static constexpr int n_channels = 2, n_draws = 0;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"excitatory", "nS"},
                                                          {"inhibitory", "nS"}};

    struct Constants {
        typename Membrane::Constants membrane;
        Real V_T_mV, e_folds_per_mV, most_e_folds, onset_mV; ///< onset_mV: by e^0 in a step
        Real V_run_mV, V_peak_mV, V_reset_mV;
        Real dt_per_tau_w, a_nS, b_pA;
        CountOf<Real> refractory_steps;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double dt_ms) {
        if (!(p.V_reset_mV < p.V_peak_mV)) return "V_reset must lie below V_peak";
        if (!(p.V_T_mV < p.V_peak_mV)) return "V_T must lie below V_peak";
        return dt_ms < p.C_m_pF / p.g_L_nS ? nullptr : "dt must lie below C_m / g_L";
    }

    static State start(const Params& p) { return {Real(p.E_L_mV), 0, 0, 0, 0}; }

    static Constants prepare(const Params& p, double dt_ms) {
        const double dt_per_tau_m = dt_ms * p.g_L_nS / p.C_m_pF;
        const double most_e_folds =
            -math::log(dt_per_tau_m + math::exp((p.V_T_mV - p.V_peak_mV) / p.Delta_T_mV));
        return {Membrane::prepare({p.C_m_pF, p.g_L_nS, p.E_L_mV, p.E_exc_mV, p.E_inh_mV,
                                   p.tau_exc_ms, p.tau_inh_ms, p.I_bias_pA},
                                  dt_ms),
                Real(p.V_T_mV),
                Real(1 / p.Delta_T_mV),
                Real(most_e_folds),
                Real(dt_per_tau_m * p.Delta_T_mV),
                Real(p.V_T_mV + p.Delta_T_mV * most_e_folds),
                Real(p.V_peak_mV),
                Real(p.V_reset_mV),
                Real(dt_ms / p.tau_w_ms),
                Real(p.a_nS),
                Real(p.b_pA),
                steps_of_ms<CountOf<Real>>(p.t_ref_ms, dt_ms)};
    }

    /// What the exponential current and w add to V in a step of their present size.
    LAMINA_FN static Real onset_mV(Real V_mV, Real w_pA, const Constants& c) {
        const Real e_folds = (V_mV - c.V_T_mV) * c.e_folds_per_mV;
        const Real limited = e_folds > c.most_e_folds ? c.most_e_folds : e_folds;
        return fma(c.onset_mV, math::exp(limited), -c.membrane.dt_per_pF * w_pA);
    }
    /// By how much w grows in a step at its present slope.
    LAMINA_FN static Real growth_pA(Real V_mV, Real w_pA, const Constants& c) {
        return c.dt_per_tau_w * fma(c.a_nS, V_mV - c.membrane.E_L_mV, -w_pA);
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param arriving_nS  [2] sums of the weights that arrive at the end of the step
    LAMINA_FN static bool step(State& s, const Real* arriving_nS, const Constants& c) {
        typename Membrane::Conductances g{s.g_exc_nS, s.g_inh_nS};
        const auto ohmic = Membrane::over(g, c.membrane);
        const bool waits = s.refractory_left_steps > 0;

        // the end as the beginning predicts it, then by the mean of both
        const Real first_mV = onset_mV(s.V_mV, s.w_pA, c), first_pA = growth_pA(s.V_mV, s.w_pA, c);
        const Real w_ahead_pA = s.w_pA + first_pA;
        const Real V_ahead_mV = waits ? s.V_mV : ohmic.end_mV(s.V_mV, first_mV, c.membrane);
        const Real half = Real(0.5);
        const Real mean_mV = half * (first_mV + onset_mV(V_ahead_mV, w_ahead_pA, c));
        const Real evolved_mV = ohmic.end_mV(s.V_mV, mean_mV, c.membrane);
        const Real free_mV = s.V_mV >= c.V_run_mV ? c.V_peak_mV : evolved_mV;
        const Real V_mV = waits ? s.V_mV : free_mV;
        const Real w_pA = fma(half, first_pA + growth_pA(V_ahead_mV, w_ahead_pA, c), s.w_pA);
        const CountOf<Real> left = waits ? s.refractory_left_steps - 1 : 0;

        // this step's spikes arrive
        s.g_exc_nS = g.exc_nS + arriving_nS[0];
        s.g_inh_nS = g.inh_nS + arriving_nS[1];

        const bool spikes = !waits && V_mV >= c.V_peak_mV;
        s.V_mV = spikes ? c.V_reset_mV : V_mV;
        s.w_pA = spikes ? w_pA + c.b_pA : w_pA;
        s.refractory_left_steps = spikes ? c.refractory_steps : left;
        return spikes;
    }
};

} // namespace lamina
