/// Independent Poisson spikes on the grid of steps; input is ignored.
///
///     P(spike in a step) = rate dt   while from <= t < to, else 0
///
/// Each step is decided alone, so the mean is exact and the count of n steps binomial: its Fano
/// factor is 1 - rate dt. A rate of more than one spike per step is refused.
#pragma once

#include <cmath>

#include "kernels/portable.hpp"
#include "kernels/soa.hpp"
#include "models/quantities.hpp"

namespace lamina {

template <class Real> struct Poisson {
    static constexpr const char* name = "poisson";
    static constexpr const char* summary = "independent Poisson spikes; input is ignored";
    static constexpr const char* source = "";

    struct Params {
        double rate_Hz = 10, from_ms = 0, to_ms = 1e300;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"rate", "Hz", &Params::rate_Hz, Sign::not_negative, "spikes per second"},
        {"from", "ms", &Params::from_ms, Sign::not_negative, "first time of a spike"},
        {"to", "ms", &Params::to_ms, Sign::not_negative, "end of the spikes"}};

    struct State {
        Real n_spikes;
    };
    static constexpr Recordable<State, Real> recordables[] = {{"n_spikes", "", &State::n_spikes}};

    static constexpr int n_channels = 1, n_draws = 1;
    static constexpr bool timed = true;
    static constexpr InputChannel channels[n_channels] = {{"ignored", ""}};

    struct Constants {
        std::uint32_t last_word; ///< a step with a word up to it has a spike
        bool spikes;             ///< now, in some steps
        std::int64_t from_step, to_step;
    };

    /// Why these parameters describe no neuron; nullptr when they do.
    static const char* refusal(const Params& p, double dt_ms) {
        return p.rate_Hz * 1e-3 * dt_ms <= 1
                   ? nullptr
                   : "rate is more than one spike per step; lower it or dt";
    }

    static State start(const Params&) { return {0}; }

    static Constants prepare(const Params& p, double dt_ms) {
        const std::int64_t n_words = std::llround(p.rate_Hz * 1e-3 * dt_ms * 0x1p32);
        return {static_cast<std::uint32_t>(n_words - 1), n_words > 0, steps_of_ms(p.from_ms, dt_ms),
                steps_of_ms(p.to_ms, dt_ms)};
    }
    /// The constants of one step.
    LAMINA_FN static Constants at(Constants c, std::int64_t step) {
        c.spikes = c.spikes && step >= c.from_step && step < c.to_step;
        return c;
    }

    /// Advances by one step; true when the neuron spikes at its end.
    /// @param draw  [1] random word
    LAMINA_FN static bool step(State& s, const Real*, const Constants& c,
                               const std::uint32_t* draw) {
        const bool spikes = c.spikes && draw[0] <= c.last_word;
        s.n_spikes += spikes ? Real(1) : Real(0);
        return spikes;
    }
};

} // namespace lamina
