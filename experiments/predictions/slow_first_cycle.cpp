/// After an onset the first gamma cycle is longer than those that follow.
#include <cmath>

#include <fmt/format.h>

#include "experiments/predictions/sessions.hpp"

namespace lamina::predictions {
namespace {

constexpr double cycle_onset_ms = 500,
                 cycle_plateau_ms = 350; ///< settled, and lapses before the next

/// First to third crossing of the plateau; NaN when there are fewer.
double first_cycle_ms(const std::vector<double>& p, double dt_ms) {
    double plateau = 0;
    const auto from = std::size_t(cycle_plateau_ms / dt_ms);
    for (std::size_t n = from; n < p.size(); ++n) plateau += p[n] / double(p.size() - from);
    std::vector<double> crossings_ms;
    for (std::size_t n = 1; n < p.size() && crossings_ms.size() < 3; ++n) {
        const double before = p[n - 1] - plateau, now = p[n] - plateau;
        // a crossing turns back at once only in noise: the next must be 3 ms away
        if (before * now < 0 &&
            (crossings_ms.empty() || double(n) * dt_ms - crossings_ms.back() > 3))
            crossings_ms.push_back((double(n) - now / (now - before)) * dt_ms);
    }
    return crossings_ms.size() == 3 ? crossings_ms[2] - crossings_ms[0] : laws::none;
}

} // namespace

std::vector<Prediction> slow_first_cycle(const Sessions& sessions) {
    const laws::Laboratory& lab = sessions.lab;
    if (std::isnan(laws::PV_peak_Hz(lab.times()))) return {}; // hardly a cycle to see
    const int n_keys = lab.gates.n_keys;
    const double after_kick_ms = 3e3 / laws::ringing_Hz(lab.times());
    std::vector<double> slower_percent(n_sessions);
    lab.for_each(n_sessions, [&](std::size_t session) {
        const GateLoopSpec spec = lab.loop(
            1, n_keys,
            laws::random_scores(lab, 1, n_keys, laws::broad_score_sd, std::uint32_t(session)));
        const double first_ms = first_cycle_ms(
            average_onset(sessions, spec, cycle_onset_ms, repeats, noise_number(3, session, 0)),
            lab.dt_ms);
        const double later_Hz =
            ringing_of(average_kick(sessions, spec, kick, 3e3 / laws::ringing_Hz(lab.times()),
                                    repeats, noise_number(3, session, repeats)),
                       lab.dt_ms, lab.times());
        slower_percent[session] = 100 * (first_ms * later_Hz * 1e-3 - 1);
    });

    Prediction out;
    out.id = "slow_first_cycle";
    out.statement =
        "The first gamma cycle after an onset is longer than the cycle of the same loop "
        "after a small pulse: large deviations of PV fall back at a limited speed.";
    out.quantity = "length of the first cycle after onset over that after a small pulse, minus 1";
    out.measurement = fmt::format(
        "PV rate averaged over {} onsets of a stimulus with score SD {:g}; first to third crossing "
        "of its plateau, against the period after {} light pulses",
        repeats, laws::broad_score_sd, repeats);
    out.direction = "above 0";
    out.effect.unit = "%";
    out.rival = "a linear resonance: one period, whatever the deviation (0 %)";
    judge(out, slower_percent, 0, lab);
    // as much time without the stimulus as with it
    out.trial_s =
        repeats * (2 * cycle_onset_ms + before_kick_ms(lab.times()) + after_kick_ms) * 1e-3;
    out.needed_what = fmt::format("blocks of {} onsets and {} pulses", repeats, repeats);
    out.falsifier = "a first cycle as long as the later ones, or shorter";
    out.assumption = sessions.noise + "; the scatter of scores between sessions is in d'";
    out.source = "docs/model.md, four facts about the PV loop; /loop/onset of softmax_loop";
    return {out};
}

} // namespace lamina::predictions
