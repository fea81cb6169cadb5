/// Izhikevich's two-variable neuron; arriving weights make the potential jump.
///
///     dv/dt = 0.04 v^2 + 5 v + 140 - u + I        t in ms, v in mV
///     du/dt = a (b v - u);   each arriving weight adds to v
///     spike when v >= 30; then v = c, and u grows by d
///
///                 a     b    c     d
///     RS       0.02  0.20  -65  8       regular spiking (default)
///     IB       0.02  0.20  -55  4       intrinsically bursting
///     CH       0.02  0.20  -50  2       chattering
///     FS       0.10  0.20  -65  2       fast spiking
///     LTS      0.02  0.25  -65  2       low-threshold spiking
///
/// A step is Heun's, of order 2 in dt between spikes, its predicted v at most 30. The paper's own
/// scheme (two Euler steps of 0.5 ms for v, then one of 1 ms for u) is of order 1 and can only be
/// had at dt = 1 ms, where spike times are off by milliseconds; its networks are therefore met in
/// patterns and rates, not in spike times. There a weight is a current for 1 ms; here the same
/// charge comes at once.
/// Source: Izhikevich (2003), doi:10.1109/TNN.2003.820440.
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct Izhikevich {
    static constexpr const char* name = "izhikevich";
    static constexpr const char* summary = "quadratic two-variable neuron, potential jumps";
    static constexpr const char* source = "Izhikevich 2003";

    struct Params {
        double a = 0.02, b = 0.2, c_mV = -65, d = 8, I = 0;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"a", "", &Params::a, Sign::positive, "speed of recovery, per ms"},
        {"b", "", &Params::b, Sign::any, "recovery by the potential"},
        {"c", "mV", &Params::c_mV, Sign::any, "potential after a spike"},
        {"d", "", &Params::d, Sign::any, "recovery by a spike, mV/ms"},
        {"I", "", &Params::I, Sign::any, "constant input, mV/ms"}};

    struct State {
        Real v_mV, u;
    };
    static constexpr Recordable<State, Real> recordables[] = {{"v", "mV", &State::v_mV},
                                                              {"u", "mV/ms", &State::u}};

    static constexpr int n_channels = 1, n_draws = 0;
    static constexpr bool timed = false;
    static constexpr InputChannel channels[n_channels] = {{"potential", "mV"}};

    struct Constants {
        Real dt_ms, a_dt, b, constant, c_mV, d;
    };
    static constexpr double v_peak_mV = 30;

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double) {
        return p.c_mV < v_peak_mV ? nullptr : "c must lie below the peak of a spike, 30 mV";
    }

    static State start(const Params& p) { return {Real(p.c_mV), Real(p.b * p.c_mV)}; }

    static Constants prepare(const Params& p, double dt_ms) {
        return {Real(dt_ms),     Real(p.a * dt_ms), Real(p.b),
                Real(140 + p.I), Real(p.c_mV),      Real(p.d)};
    }

    /// dv/dt, in mV/ms.
    LAMINA_FN static Real slope(Real v_mV, Real u, const Constants& c) {
        return fma(fma(Real(0.04), v_mV, Real(5)), v_mV, c.constant - u);
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param arriving_mV  [1] sum of the weights that arrive at the end of the step
    LAMINA_FN static bool step(State& s, const Real* arriving_mV, const Constants& c) {
        // slopes at the beginning, times dt; predicted end
        const Real peak_mV = Real(v_peak_mV);
        const Real v_first = c.dt_ms * slope(s.v_mV, s.u, c);
        const Real u_first = c.a_dt * fma(c.b, s.v_mV, -s.u);
        const Real ahead_mV = s.v_mV + v_first;
        const Real v_ahead_mV = ahead_mV > peak_mV ? peak_mV : ahead_mV;
        const Real u_ahead = s.u + u_first;

        // slopes there; the mean of both moves v and u
        const Real v_second = c.dt_ms * slope(v_ahead_mV, u_ahead, c);
        const Real u_second = c.a_dt * fma(c.b, v_ahead_mV, -u_ahead);
        const Real v_mV = fma(Real(0.5), v_first + v_second, s.v_mV) + arriving_mV[0];
        const Real u = fma(Real(0.5), u_first + u_second, s.u);

        const bool spikes = v_mV >= peak_mV;
        s.v_mV = spikes ? c.c_mV : v_mV;
        s.u = spikes ? u + c.d : u;
        return spikes;
    }
};

} // namespace lamina
