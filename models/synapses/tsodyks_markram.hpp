/// Short-term facilitation and depression: how much of its weight a synapse gives to a spike.
///
///     du/dt = (U - u) / tau_F;   dx/dt = (1 - x) / tau_D
///     at each spike: u += U (1 - u);  it arrives with weight * u x;  then x -= u x
///
/// u is the share of the resources that a spike uses, x the share that is there. Between spikes
/// both decay exponentially, so that a spike is the only thing that costs. All synapses of a neuron
/// that have the same parameters share u and x. At a steady rate r of regular or Poisson spikes, in
/// the mean, u = U (1 + tau_F r) / (1 + U tau_F r) and x = 1 / (1 + u tau_D r).
///
/// Source: Tsodyks, Pawelzik & Markram (1998), doi:10.1162/089976698300017502; parameters of
/// facilitating synapses of prefrontal cortex in Mongillo, Barak & Tsodyks (2008),
/// doi:10.1126/science.1150769.
#pragma once

#include "kernels/math.hpp"
#include "models/quantities.hpp"

namespace lamina {

struct TsodyksMarkram {
    static constexpr const char* name = "tsodyks_markram";
    static constexpr const char* summary = "short-term facilitation and depression";
    static constexpr const char* source = "Tsodyks, Pawelzik & Markram 1998";

    struct Params {
        double U = 0.2, tau_F_ms = 1500, tau_D_ms = 200;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"U", "", &Params::U, Sign::positive, "share of the resources that a spike uses at rest"},
        {"tau_F", "ms", &Params::tau_F_ms, Sign::positive, "decay of facilitation"},
        {"tau_D", "ms", &Params::tau_D_ms, Sign::positive, "recovery of the resources"}};

    struct State {
        double u, x;
    };
    static constexpr Recordable<State, double> recordables[] = {{"u", "", &State::u},
                                                                {"x", "", &State::x}};

    /// Why these parameters describe no synapse; nullptr when they do.
    static const char* refusal(const Params& p) {
        return p.U <= 1 ? nullptr : "U is a share: at most 1";
    }

    static State start(const Params& p) { return {p.U, 1}; }

    /// The state after a time without spikes.
    LAMINA_FN static State relaxed(const State& s, const Params& p, double since_ms) {
        return {p.U + (s.u - p.U) * math::exp(-since_ms / p.tau_F_ms),
                1 + (s.x - 1) * math::exp(-since_ms / p.tau_D_ms)};
    }
    /// A spike: the share of the weight with which it arrives.
    LAMINA_FN static double emit(State& s, const Params& p) {
        s.u += p.U * (1 - s.u);
        const double share = s.u * s.x;
        s.x -= share;
        return share;
    }
};

} // namespace lamina
