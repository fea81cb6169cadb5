/// A membrane with a leak and two exponentially decaying conductances, over one step.
///
///     C dV/dt = -g_L (V - E_L) - g_exc (V - E_exc) - g_inh (V - E_inh) + I
///     tau_x dg_x/dt = -g_x
///
/// With u = V - E_L this is du/dt = b(t) - a(t) u, linear with known a and b. A step takes the
/// first two terms of its Magnus series (Magnus 1954, doi:10.1002/cpa.3160070404):
///
///     u(t + dt) = u + (1 - exp(-A)) (B / A - u)
///     A = int a,  B = int b + (dt / 12) (mean a * change of b - change of a * mean b)
///
/// with exact integrals, since conductances decay freely within a step: an error of order 4 in dt,
/// zero for constant conductances, and stable for every dt and every conductance. A current that
/// depends on V adds its mean over the step to B, which leaves order 2 when the mean is that of
/// both ends.
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

template <class Real> struct OhmicMembrane {
    struct Params {
        double C_pF, g_L_nS, E_L_mV, E_exc_mV, E_inh_mV, tau_exc_ms, tau_inh_ms, I_pA;
    };
    struct Conductances {
        Real exc_nS, inh_nS;
    };
    struct Constants {
        Real leak, per_nS_exc, per_nS_inh; ///< integrals of a, per conductance at the beginning
        Real bias_mV;                      ///< integral of I / C
        Real exc_mV, inh_mV;               ///< reversal potentials from E_L
        Real dt_per_pF, exc_decay, inh_decay, E_L_mV;
    };

    static Constants prepare(const Params& p, double dt_ms) {
        const auto integral_per_nS = [&](double tau_ms) {
            return -tau_ms * math::expm1(-dt_ms / tau_ms) / p.C_pF;
        };
        const double dt_per_pF = dt_ms / p.C_pF;
        return {Real(p.g_L_nS * dt_per_pF),
                Real(integral_per_nS(p.tau_exc_ms)),
                Real(integral_per_nS(p.tau_inh_ms)),
                Real(p.I_pA * dt_per_pF),
                Real(p.E_exc_mV - p.E_L_mV),
                Real(p.E_inh_mV - p.E_L_mV),
                Real(dt_per_pF),
                Real(math::exp(-dt_ms / p.tau_exc_ms)),
                Real(math::exp(-dt_ms / p.tau_inh_ms)),
                Real(p.E_L_mV)};
    }

    /// One step of one neuron, for any current that comes on top.
    struct Step {
        Real share, A, B_mV; ///< share = 1 - exp(-A)

        /// The potential at the end. @param more_mV  integral of further current over C
        LAMINA_FN Real end_mV(Real V_mV, Real more_mV, const Constants& c) const {
            return fma(share, (B_mV + more_mV) / A - (V_mV - c.E_L_mV), V_mV);
        }
    };

    /// The step that begins with conductances g, which decay to its end.
    LAMINA_FN static Step over(Conductances& g, const Constants& c) {
        return over(g, c, c.bias_mV);
    }
    /// The same with another constant current, by its integral over C.
    LAMINA_FN static Step over(Conductances& g, const Constants& c, Real bias_mV) {
        // integrals of a and b, and their changes times dt
        const Real exc = c.per_nS_exc * g.exc_nS, inh = c.per_nS_inh * g.inh_nS;
        const Real exc_end_nS = c.exc_decay * g.exc_nS, inh_end_nS = c.inh_decay * g.inh_nS;
        const Real exc_change = c.dt_per_pF * (exc_end_nS - g.exc_nS);
        const Real inh_change = c.dt_per_pF * (inh_end_nS - g.inh_nS);
        g.exc_nS = exc_end_nS, g.inh_nS = inh_end_nS;
        const Real A = c.leak + exc + inh;
        const Real b_mV = fma(exc, c.exc_mV, fma(inh, c.inh_mV, bias_mV));
        const Real b_change_mV = fma(exc_change, c.exc_mV, inh_change * c.inh_mV);
        const Real commutator_mV = fma(A, b_change_mV, -(exc_change + inh_change) * b_mV);
        return {-math::expm1(-A), A, fma(Real(1.0 / 12), commutator_mV, b_mV)};
    }
};

} // namespace lamina
