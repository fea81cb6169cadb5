/// Short-term plasticity with facilitation of its own size, which grows after the spike.
///
///     du/dt = (U - u) / tau_F;   dx/dt = (1 - x) / tau_D
///     at each spike: it arrives with weight * u x;  then x -= u x, u += f (1 - u)
///
/// A burst is heard through facilitation (small U), an event through depression (large U): the two
/// demultiplex what a bursting population multiplexes.
///
/// Source: Naud & Sprekeler (2018), doi:10.1073/pnas.1720995115; Payeur et al. (2021),
/// doi:10.1038/s41593-021-00857-x, whose facilitating synapse gives the defaults (the depressing
/// one: U 0.9, f 0.1, tau_F 1000 ms, tau_D 20 ms).
#pragma once

#include "models/synapses/tsodyks_markram.hpp"

namespace lamina {

struct ExtendedTsodyksMarkram {
    static constexpr const char* name = "extended_tsodyks_markram";
    static constexpr const char* summary =
        "short-term plasticity, facilitation of its own size after the spike";
    static constexpr const char* source = "Naud & Sprekeler 2018; Payeur et al. 2021";

    struct Params {
        double U = 0.02, f = 0.1, tau_F_ms = 100, tau_D_ms = 100;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"U", "", &Params::U, Sign::positive, "share of the resources that a spike uses at rest"},
        {"f", "", &Params::f, Sign::not_negative, "growth of u by a spike, as a share of 1 - u"},
        {"tau_F", "ms", &Params::tau_F_ms, Sign::positive, "decay of facilitation"},
        {"tau_D", "ms", &Params::tau_D_ms, Sign::positive, "recovery of the resources"}};

    using State = TsodyksMarkram::State;
    static constexpr Recordable<State, double> recordables[] = {{"u", "", &State::u},
                                                                {"x", "", &State::x}};

    /// Why these parameters describe no synapse; nullptr when they do.
    static const char* refusal(const Params& p) {
        return p.U <= 1 && p.f <= 1 ? nullptr : "U and f are shares: at most 1";
    }

    static State start(const Params& p) { return {p.U, 1}; }

    /// The state after a time without spikes.
    LAMINA_FN static State relaxed(const State& s, const Params& p, double since_ms) {
        return TsodyksMarkram::relaxed(s, {p.U, p.tau_F_ms, p.tau_D_ms}, since_ms);
    }
    /// A spike: the share of the weight with which it arrives.
    LAMINA_FN static double emit(State& s, const Params& p) {
        const double share = s.u * s.x;
        s.x -= share;
        s.u += p.f * (1 - s.u);
        return share;
    }
};

} // namespace lamina
