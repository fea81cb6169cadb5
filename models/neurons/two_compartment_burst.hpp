/// Layer-5 pyramidal cell of two compartments: dendritic plateaus turn single spikes into bursts.
///
///     dV_s/dt = (E_L - V_s) / tau_s + [g_s f(V_d) + b_w_s w_s + I_s + I_syn,s] / C_s
///     dV_d/dt = (E_L - V_d) / tau_d + [g_d f(V_d) + a_w_d w_d + c_d K + I_d + I_syn,d] / C_d
///     f(V) = 1 / (1 + exp(-(V - E_d) / D_d))
///     tau_w_s dw_s/dt = -w_s;   tau_w_d dw_d/dt = -w_d + (V_d - E_L)
///     tau_theta dtheta/dt = E_theta - theta
///     I_syn = g_exc (E_exc - V) + g_inh (E_inh - V);   tau_x dg_x/dt = -g_x;   each arriving
///     weight, at least 0, adds to one of the four conductances
///     spike when V_s >= theta; then V_s = V_reset, w_s grows by 1, theta by theta_jump
///
/// K is 1 for t_bAP after a spike, the action potential that runs back into the dendrite. There is
/// no refractory time other than the moving threshold.
///
/// The ohmic currents of both compartments are those of ohmic_membrane.hpp, stable for every
/// conductance; plateau and adaptation are means of the beginning and the predicted end of the
/// step: order 2 in dt between spikes. What decays freely is exact. Source: Naud & Sprekeler
/// (2018), doi:10.1073/pnas.1720995115; equations and parameters of Payeur et al. (2021),
/// doi:10.1038/s41593-021-00857-x, as in their program. Synaptic weights there are in units of the
/// leak, which is C_s / tau_s = 23.1 nS and C_d / tau_d = 24.3 nS.
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/neurons/ohmic_membrane.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct TwoCompartmentBurst {
    using Membrane = OhmicMembrane<Real>;
    static constexpr const char* name = "two_compartment_burst";
    static constexpr const char* summary =
        "soma and apical dendrite with plateaus: single spikes and bursts";
    static constexpr const char* source = "Naud & Sprekeler 2018";

    struct Params {
        double tau_s_ms = 16, C_s_pF = 370, E_L_mV = -70, V_reset_mV = -70, g_s_pA = 1300,
               b_w_s_pA = -200, tau_w_s_ms = 100, I_s_pA = 0, tau_d_ms = 7, C_d_pF = 170,
               g_d_pA = 1200, a_w_d_nS = -13, tau_w_d_ms = 30, E_d_mV = -38, D_d_mV = 6,
               c_d_pA = 2600, t_bAP_ms = 2, I_d_pA = 0, E_theta_mV = -50, theta_jump_mV = 2,
               tau_theta_ms = 27, E_exc_mV = 0, E_inh_mV = -80, tau_exc_ms = 5, tau_inh_ms = 10;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"tau_s", "ms", &Params::tau_s_ms, Sign::positive, "time constant of the soma"},
        {"C_s", "pF", &Params::C_s_pF, Sign::positive, "capacitance of the soma"},
        {"E_L", "mV", &Params::E_L_mV, Sign::any, "resting potential"},
        {"V_reset", "mV", &Params::V_reset_mV, Sign::any, "potential of the soma after a spike"},
        {"g_s", "pA", &Params::g_s_pA, Sign::any, "current of a plateau into the soma"},
        {"b_w_s", "pA", &Params::b_w_s_pA, Sign::any, "current of adaptation, per spike"},
        {"tau_w_s", "ms", &Params::tau_w_s_ms, Sign::positive, "decay of adaptation"},
        {"I_s", "pA", &Params::I_s_pA, Sign::any, "constant current into the soma"},
        {"tau_d", "ms", &Params::tau_d_ms, Sign::positive, "time constant of the dendrite"},
        {"C_d", "pF", &Params::C_d_pF, Sign::positive, "capacitance of the dendrite"},
        {"g_d", "pA", &Params::g_d_pA, Sign::any, "regenerative current of a plateau"},
        {"a_w_d", "nS", &Params::a_w_d_nS, Sign::any, "recovery of the dendrite, per mV of w_d"},
        {"tau_w_d", "ms", &Params::tau_w_d_ms, Sign::positive, "time constant of recovery"},
        {"E_d", "mV", &Params::E_d_mV, Sign::any, "potential of half a plateau"},
        {"D_d", "mV", &Params::D_d_mV, Sign::positive, "width of the plateau's onset"},
        {"c_d", "pA", &Params::c_d_pA, Sign::any, "current of a back-propagating spike"},
        {"t_bAP", "ms", &Params::t_bAP_ms, Sign::not_negative, "its duration"},
        {"I_d", "pA", &Params::I_d_pA, Sign::any, "constant current into the dendrite"},
        {"E_theta", "mV", &Params::E_theta_mV, Sign::any, "threshold at rest"},
        {"theta_jump", "mV", &Params::theta_jump_mV, Sign::not_negative,
         "rise of the threshold by a spike"},
        {"tau_theta", "ms", &Params::tau_theta_ms, Sign::positive, "decay of the threshold"},
        {"E_exc", "mV", &Params::E_exc_mV, Sign::any, "excitatory reversal potential"},
        {"E_inh", "mV", &Params::E_inh_mV, Sign::any, "inhibitory reversal potential"},
        {"tau_exc", "ms", &Params::tau_exc_ms, Sign::positive, "decay of excitation"},
        {"tau_inh", "ms", &Params::tau_inh_ms, Sign::positive, "decay of inhibition"}};

    struct State {
        Real V_s_mV, V_d_mV, w_s, w_d_mV, theta_mV, soma_exc_nS, soma_inh_nS, dendrite_exc_nS,
            dendrite_inh_nS;
        CountOf<Real> bAP_left_steps;
    };
    static constexpr Recordable<State, Real> recordables[] = {
        {"V_s", "mV", &State::V_s_mV},
        {"V_d", "mV", &State::V_d_mV},
        {"w_s", "", &State::w_s},
        {"w_d", "mV", &State::w_d_mV},
        {"theta", "mV", &State::theta_mV},
        {"soma_exc", "nS", &State::soma_exc_nS},
        {"soma_inh", "nS", &State::soma_inh_nS},
        {"dendrite_exc", "nS", &State::dendrite_exc_nS},
        {"dendrite_inh", "nS", &State::dendrite_inh_nS}};

    static constexpr int n_channels = 4, n_draws = 0;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"soma_excitatory", "nS"},
                                                          {"soma_inhibitory", "nS"},
                                                          {"dendrite_excitatory", "nS"},
                                                          {"dendrite_inhibitory", "nS"}};

    struct Constants {
        typename Membrane::Constants soma, dendrite;
        Real g_s_mV, b_w_s_mV;      ///< what a current adds to V in a step
        Real g_d_mV, a_w_d, c_d_mV; ///< a_w_d: per mV of w_d
        Real per_D_d, E_d_per_D_d, dt_per_tau_w_d;
        Real V_reset_mV, E_theta_mV, theta_jump_mV, w_s_decay, theta_decay;
        CountOf<Real> bAP_steps;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double) {
        return p.V_reset_mV < p.E_theta_mV ? nullptr : "V_reset must lie below E_theta";
    }

    static State start(const Params& p) {
        return {Real(p.E_L_mV), Real(p.E_L_mV), 0, 0, Real(p.E_theta_mV), 0, 0, 0, 0, 0};
    }

    static Constants prepare(const Params& p, double dt_ms) {
        const auto membrane = [&](double C_pF, double tau_ms, double I_pA) {
            return Membrane::prepare({C_pF, C_pF / tau_ms, p.E_L_mV, p.E_exc_mV, p.E_inh_mV,
                                      p.tau_exc_ms, p.tau_inh_ms, I_pA},
                                     dt_ms);
        };
        const double dt_per_C_s = dt_ms / p.C_s_pF, dt_per_C_d = dt_ms / p.C_d_pF;
        return {membrane(p.C_s_pF, p.tau_s_ms, p.I_s_pA),
                membrane(p.C_d_pF, p.tau_d_ms, p.I_d_pA),
                Real(p.g_s_pA * dt_per_C_s),
                Real(p.b_w_s_pA * dt_per_C_s),
                Real(p.g_d_pA * dt_per_C_d),
                Real(p.a_w_d_nS * dt_per_C_d),
                Real(p.c_d_pA * dt_per_C_d),
                Real(1 / p.D_d_mV),
                Real(p.E_d_mV / p.D_d_mV),
                Real(dt_ms / p.tau_w_d_ms),
                Real(p.V_reset_mV),
                Real(p.E_theta_mV),
                Real(p.theta_jump_mV),
                Real(math::exp(-dt_ms / p.tau_w_s_ms)),
                Real(math::exp(-dt_ms / p.tau_theta_ms)),
                steps_of_ms<CountOf<Real>>(p.t_bAP_ms, dt_ms)};
    }

    /// What plateau and adaptation add to both potentials, and to w_d, in a step of their present
    /// size.
    struct Growth {
        Real soma_mV, dendrite_mV, w_d_mV;
    };
    LAMINA_FN static Growth growth(Real V_d_mV, Real w_s, Real w_d_mV, const Constants& c) {
        const Real plateau = 1 / (1 + math::exp(fma(-c.per_D_d, V_d_mV, c.E_d_per_D_d)));
        return {fma(c.g_s_mV, plateau, c.b_w_s_mV * w_s), fma(c.g_d_mV, plateau, c.a_w_d * w_d_mV),
                c.dt_per_tau_w_d * (V_d_mV - c.dendrite.E_L_mV - w_d_mV)};
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param arriving_nS  [4] sums of the weights that arrive at the end of the step
    LAMINA_FN static bool step(State& s, const Real* arriving_nS, const Constants& c) {
        return step(s, arriving_nS, c, c.soma.bias_mV, c.dendrite.bias_mV);
    }
    /// The same with other constant currents than I_s and I_d, by their integrals over C.
    LAMINA_FN static bool step(State& s, const Real* arriving_nS, const Constants& c, Real soma_mV,
                               Real dendrite_mV) {
        // what evolves by itself
        typename Membrane::Conductances g_s{s.soma_exc_nS, s.soma_inh_nS};
        typename Membrane::Conductances g_d{s.dendrite_exc_nS, s.dendrite_inh_nS};
        const auto soma = Membrane::over(g_s, c.soma, soma_mV);
        const auto dendrite = Membrane::over(g_d, c.dendrite, dendrite_mV);
        const Real w_s = c.w_s_decay * s.w_s;
        const Real theta_mV = fma(c.theta_decay, s.theta_mV - c.E_theta_mV, c.E_theta_mV);
        const bool bAP = s.bAP_left_steps > 0;
        const Real bAP_mV = bAP ? c.c_d_mV : Real(0);

        // the end as the beginning predicts it, then by the mean of both
        const Growth first = growth(s.V_d_mV, s.w_s, s.w_d_mV, c);
        const Real V_d_ahead_mV = dendrite.end_mV(s.V_d_mV, first.dendrite_mV + bAP_mV, c.dendrite);
        const Growth second = growth(V_d_ahead_mV, w_s, s.w_d_mV + first.w_d_mV, c);
        const Real half = Real(0.5);
        const Real V_s_mV = soma.end_mV(s.V_s_mV, half * (first.soma_mV + second.soma_mV), c.soma);
        s.V_d_mV = dendrite.end_mV(
            s.V_d_mV, fma(half, first.dendrite_mV + second.dendrite_mV, bAP_mV), c.dendrite);
        s.w_d_mV = fma(half, first.w_d_mV + second.w_d_mV, s.w_d_mV);

        // this step's spikes arrive
        s.soma_exc_nS = g_s.exc_nS + arriving_nS[0];
        s.soma_inh_nS = g_s.inh_nS + arriving_nS[1];
        s.dendrite_exc_nS = g_d.exc_nS + arriving_nS[2];
        s.dendrite_inh_nS = g_d.inh_nS + arriving_nS[3];

        const bool spikes = V_s_mV >= theta_mV;
        s.V_s_mV = spikes ? c.V_reset_mV : V_s_mV;
        s.w_s = spikes ? w_s + 1 : w_s;
        s.theta_mV = spikes ? theta_mV + c.theta_jump_mV : theta_mV;
        const CountOf<Real> left = bAP ? s.bAP_left_steps - 1 : 0;
        s.bAP_left_steps = spikes ? c.bAP_steps : left;
        return spikes;
    }
};

} // namespace lamina
