/// Sharper scores, later settling: a little with compressive recruitment, a lot with linear.
#include <cmath>

#include <fmt/format.h>

#include "experiments/predictions/sessions.hpp"

namespace lamina::predictions {
namespace {

constexpr double weak_sd = 1, sharp_sd = 10; ///< a factor of 10 in the spread of the scores
constexpr double contrast_onset_ms = 600, contrast_plateau_ms = 500, within = 0.1;

/// Time from which p stays within 10 % of its plateau.
double plateau_time_ms(const std::vector<double>& p, double dt_ms) {
    double plateau = 0;
    const auto from = std::size_t(contrast_plateau_ms / dt_ms);
    for (std::size_t n = from; n < p.size(); ++n) plateau += p[n] / double(p.size() - from);
    std::size_t last_away = 0;
    for (std::size_t n = 0; n < p.size(); ++n)
        if (!(std::fabs(p[n] - plateau) <= within * std::fabs(plateau))) last_away = n;
    return double(last_away + 1) * dt_ms;
}

} // namespace

std::vector<Prediction> contrast_latency(const Sessions& sessions) {
    const laws::Laboratory& lab = sessions.lab;
    const int n_keys = lab.gates.n_keys;
    std::vector<double> later_ms[2] = {std::vector<double>(n_sessions),
                                       std::vector<double>(n_sessions)};
    const char* const rules[2] = {"pv_log", "pv_linear"};
    lab.for_each(2 * n_sessions, [&](std::size_t item) {
        const auto [rule, session] = laws::unfold(item, n_sessions);
        const auto measured = [&, rule = rule, session = session](double sd, int part) {
            GateLoopSpec spec = lab.loop(
                1, n_keys, laws::random_scores(lab, 1, n_keys, sd, std::uint32_t(session)));
            spec.gates.inhibition = rules[rule];
            return plateau_time_ms(average_onset(sessions, spec, contrast_onset_ms, repeats,
                                                 noise_number(4, session, part)),
                                   lab.dt_ms);
        };
        later_ms[rule][session] = measured(sharp_sd, repeats) - measured(weak_sd, 0);
    });
    // the account under test is the run's own
    const std::size_t own = lab.gates.inhibition == "pv_linear" ? 1 : 0;

    Prediction out;
    out.id = "contrast_latency";
    const double expected = analysis::mean(later_ms[own]),
                 other = analysis::mean(later_ms[1 - own]);
    out.statement =
        fmt::format("When the scores spread {:g} times wider (contrast, salience), PV reaches its "
                    "plateau {:.0f} ms later, and not {:.0f} ms: PV is recruited {} by its gates.",
                    sharp_sd / weak_sd, expected, other, own == 0 ? "compressively" : "linearly");
    out.quantity = "time until PV stays within 10 % of its plateau, sharp minus weak scores";
    out.measurement = fmt::format(
        "PV rate averaged over {} onsets of each of two stimulus sets, whose scores "
        "have SD {:g} and {:g}; a score difference is the log ratio of two gates' spikes",
        repeats, weak_sd, sharp_sd);
    out.direction = "rises";
    out.effect.unit = "ms";
    out.rival = fmt::format("PV recruited {}: {:.0f} ms",
                            own == 0 ? "linearly, which winds up" : "compressively", other);
    judge(out, later_ms[own], other, lab);
    // as much time without a stimulus as with one
    out.trial_s = 4 * repeats * contrast_onset_ms * 1e-3;
    out.needed_what = fmt::format("pairs of blocks of {} onsets", repeats);
    out.falsifier =
        fmt::format("a difference nearer to {:.0f} ms than to {:.0f} ms", other, expected);
    out.assumption = sessions.noise + "; the scatter of scores between sessions is in d'";
    out.source = "docs/model.md, four facts about the PV loop, time to attend";
    return {out};
}

} // namespace lamina::predictions
