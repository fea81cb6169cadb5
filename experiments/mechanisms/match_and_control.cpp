/// Match and control: a query is the cell's own spike train while keys drive its spines. Spines
/// whose spikes come with the cell's are potentiated, for a second or two, and in the control phase
/// their axons drive the cell alone:
///
///     m_k = sum_ab kappa(t_b - t_a - 7 ms)   over spikes a of key k and b of the cell
///     alpha_k = sigma(20 (m_k / theta - 1))  share of key k's spikes that the cell then follows
///
/// with kappa a Gaussian of height 1. It compares each key with a threshold and no key with
/// another, so that it is no softmax: as many keys pass as match. What is published is fitted at
/// the window of 1 s, by theta and the width of kappa; the other windows are foretold with theta in
/// the published ratios, and with one theta for all.
///
/// Source: Ellwood (2024), doi:10.1371/journal.pcbi.1011843, for the equations, rates, delay and
/// thresholds; numbers to be met: the simulation data published with it.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "experiments/mechanisms/mechanisms.hpp"
#include "kernels/normal.hpp"
#include "models/draws.hpp"

namespace lamina::laws {
namespace {

constexpr std::size_t n_windows = MatchAndControl::n_windows, fitted = 1;
constexpr double window_s[n_windows] = {0.5, 1, 2};
// Ellwood (2024): thresholds of the calcium integral, 1e-14 mM^4 ms, and means of 1000 simulations
constexpr double calcium_threshold[n_windows] = {6.039, 7.869, 10.341};
constexpr double published_success[n_windows] = {0.336, 0.683, 0.913};
constexpr double published_spurious[n_windows] = {0.145, 0.115, 0.110};
constexpr double slope = 20, key_leads_ms = 7;
constexpr double widest_kernel_ms = 60, reach = 5; // of kappa, in widths

double relative_threshold(std::size_t window) {
    return calcium_threshold[window] / calcium_threshold[fitted];
}

/// A Poisson train whose rate recovers at once, `recovery` after each spike.
Numbers spike_train(const MatchTaskSpec& par, double until_ms, Draws& draws) {
    Numbers train;
    double t = 0;
    while (true) {
        t -= std::log(draws.uniform()) * 1e3 / par.rate_Hz;
        if (t >= until_ms) return train;
        train.push_back(t);
        t += par.recovery_ms;
    }
}

/// Lags t_b - t_a - 7 ms that any kernel here reaches.
Numbers lags_of(const Numbers& key, const Numbers& cell) {
    Numbers lags;
    for (const double a : key)
        for (const double b : cell) {
            const double lag = b - a - key_leads_ms;
            if (std::fabs(lag) < reach * widest_kernel_ms) lags.push_back(lag);
        }
    return lags;
}

/// What a trial leaves behind: the lags of every key, the first of which matches.
using TrialLags = std::vector<Numbers>;

TrialLags trial_of(const Laboratory& lab, std::size_t window, std::size_t draw) {
    const MatchTaskSpec& par = lab.task.match;
    const double until_ms = window_s[window] * 1e3;
    TrialLags trial;
    Numbers cell;
    for (int k = 0; k < par.keys; ++k) {
        Draws draws(lab.seed, std::uint32_t(draw), Stream::laboratory,
                    std::uint32_t(std::size_t(k) * n_windows + window));
        Numbers key = spike_train(par, until_ms, draws);
        if (k == 0) { // the cell fires as this key does, 7 ms later
            cell = key;
            Numbers jitter(key.size());
            normal_row(lab.seed, std::uint32_t(draw), Stream::tokens, std::uint32_t(window),
                       jitter.data(), jitter.size());
            for (std::size_t i = 0; i < key.size(); ++i)
                key[i] += par.jitter_ms * jitter[i] - key_leads_ms;
        }
        trial.push_back(lags_of(key, cell));
    }
    return trial;
}

double coincidences(const Numbers& lags, double kernel_ms) {
    double sum = 0;
    for (const double lag : lags) sum += std::exp(-lag * lag / (2 * kernel_ms * kernel_ms));
    return sum;
}

double potentiated(double m, double threshold) {
    return 1 / (1 + std::exp(-slope * (m / threshold - 1)));
}

/// m of every key of every trial [trials, keys].
Numbers coincidences_of(const std::vector<TrialLags>& trials, double kernel_ms) {
    Numbers m;
    for (const TrialLags& trial : trials)
        for (const Numbers& lags : trial) m.push_back(coincidences(lags, kernel_ms));
    return m;
}

/// Shares over all trials: of the matching key's spikes that the cell follows, and of the cell's
/// spikes that are another key's.
struct Control {
    double success, spurious;
};
Control control_of(const Numbers& m, std::size_t n_keys, double threshold) {
    double right = 0, wrong = 0;
    for (std::size_t i = 0; i < m.size(); ++i)
        (i % n_keys == 0 ? right : wrong) += potentiated(m[i], threshold);
    return {right / (double(m.size()) / double(n_keys)), wrong / (right + wrong)};
}

/// x in [low, high] where f passes `target`; f rises, at least from below the target to above it.
/// Where it does not, the nearer end: the fit is then missed, and that is told.
template <class F> double where(const F& f, double target, double low, double high) {
    for (int halving = 0; halving < 50; ++halving) {
        const double middle = (low + high) / 2;
        (f(middle) < target ? low : high) = middle;
    }
    return (low + high) / 2;
}

/// Success falls with the threshold.
double threshold_for(const Numbers& m, std::size_t n_keys) {
    const double most = *std::max_element(m.begin(), m.end()) + 1;
    return where([&](double t) { return -control_of(m, n_keys, t).success; },
                 -published_success[fitted], 1e-3, most);
}

} // namespace

std::size_t match_and_control_items(const Laboratory& lab) {
    return n_windows * std::size_t(lab.task.match.draws);
}

MatchAndControl measure_match_and_control(const Laboratory& lab) {
    MatchAndControl out;
    out.n_draws = std::size_t(lab.task.match.draws);
    const std::size_t n_keys = std::size_t(lab.task.match.keys);
    for (Numbers* numbers : {&out.success, &out.spurious, &out.success_one_threshold})
        numbers->assign(n_windows, none);
    for (Numbers* numbers : {&out.coincidences, &out.best_of_others, &out.reproduced})
        numbers->assign(n_windows * out.n_draws, none);
    std::vector<TrialLags> trials[n_windows];
    for (std::vector<TrialLags>& of_window : trials) of_window.resize(out.n_draws);
    lab.for_each(match_and_control_items(lab), [&](std::size_t item) {
        const auto [window, draw] = unfold(item, out.n_draws);
        trials[window][draw] = trial_of(lab, window, draw);
    });
    if (lab.stopped()) return out;

    // a wider kernel takes more chance for a match
    out.kernel_ms = where(
        [&](double kernel_ms) {
            if (lab.stopped()) return published_spurious[fitted];
            const Numbers m = coincidences_of(trials[fitted], kernel_ms);
            return control_of(m, n_keys, threshold_for(m, n_keys)).spurious;
        },
        published_spurious[fitted], 0.5, widest_kernel_ms);
    if (lab.stopped()) return out;
    out.threshold = threshold_for(coincidences_of(trials[fitted], out.kernel_ms), n_keys);

    for (std::size_t window = 0; window < n_windows; ++window) {
        const Numbers m = coincidences_of(trials[window], out.kernel_ms);
        const double threshold = out.threshold * relative_threshold(window);
        const Control control = control_of(m, n_keys, threshold);
        out.success[window] = control.success, out.spurious[window] = control.spurious;
        out.success_one_threshold[window] = control_of(m, n_keys, out.threshold).success;
        for (std::size_t draw = 0; draw < out.n_draws; ++draw) {
            const auto own = m.begin() + std::ptrdiff_t(draw * n_keys);
            const std::size_t at = window * out.n_draws + draw;
            out.coincidences[at] = *own;
            out.best_of_others[at] = *std::max_element(own + 1, own + std::ptrdiff_t(n_keys));
            out.reproduced[at] = potentiated(*own, threshold);
        }
    }
    return out;
}

void add(Image& image, const MatchAndControl& found) {
    const std::string at = "match";
    const auto all = [](const double(&values)[n_windows]) {
        return Numbers(values, values + n_windows);
    };
    Numbers thresholds;
    for (std::size_t window = 0; window < n_windows; ++window)
        thresholds.push_back(found.threshold * relative_threshold(window));
    image.coordinate(at, "window", all(window_s), "s", "duration of the match phase");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "success", {"window"}, found.success, "1",
                   "share of the matching key's spikes that the cell follows in the control phase");
    image.variable(at, "spurious", {"window"}, found.spurious, "1",
                   "share of the cell's spikes there that follow another key");
    image.variable(at, "success_one_threshold", {"window"}, found.success_one_threshold, "1",
                   "success with the threshold of 1 s at every window");
    image.variable(at, "published_success", {"window"}, all(published_success), "1",
                   "success in the simulations of Ellwood (2024)");
    image.variable(at, "published_spurious", {"window"}, all(published_spurious), "1",
                   "spurious share in the simulations of Ellwood (2024)");
    image.variable(at, "coincidences", {"window", "draw"}, found.coincidences, "1",
                   "weighted coincidences m of the key that matches");
    image.variable(at, "best_of_others", {"window", "draw"}, found.best_of_others, "1",
                   "largest m among the keys that do not match");
    image.variable(at, "reproduced", {"window", "draw"}, found.reproduced, "1",
                   "share of the matching key's spikes that the cell follows, by trial");
    image.variable(at, "threshold", {"window"}, thresholds, "1",
                   "coincidences at which half of a key's spikes are followed");
    image.attribute(at, "kernel_ms", found.kernel_ms);
}

Json summary_of(const MatchAndControl& found, const Laboratory& lab) {
    Json out = {{"kernel_ms", found.kernel_ms}, {"threshold", found.threshold}};
    out["fit_missed_by"] = std::max(std::fabs(found.success[fitted] - published_success[fitted]),
                                    std::fabs(found.spurious[fitted] - published_spurious[fitted]));
    for (std::size_t window = 0; window < n_windows; ++window) {
        const auto first = found.reproduced.begin() + std::ptrdiff_t(window * found.n_draws);
        const Numbers reproduced(first, first + std::ptrdiff_t(found.n_draws));
        out[fmt::format("window_{:g}_ms", window_s[window] * 1e3)] = {
            {"success", interval_of(reproduced, lab.confidence)},
            {"difference_from_published",
             std::fabs(found.success[window] - published_success[window])},
            {"success_one_threshold", found.success_one_threshold[window]},
            {"spurious", found.spurious[window]}};
    }
    return out;
}

} // namespace lamina::laws
