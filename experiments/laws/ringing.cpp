/// Ringing: the loop after a kick from its fixed point, and after an onset.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/laws/damped_sinusoid.hpp"
#include "experiments/laws/laws.hpp"

namespace lamina::laws {
namespace {

constexpr double small_kick = 0.1;
/// The law is linear: it is read where p - p* is small, and above the rounding of p.
constexpr double fit_from = 1e-2, fit_to = 1e-9;
constexpr double samples_per_cycle = 24; ///< of the undamped loop
constexpr double trace_ms = 150, trace_every_ms = 0.5, onset_until_ms = 2000;
constexpr double kick_score_sd = 3;

/// The spec's own pair, five ratios at its gate and at one twice as slow, and three that do not
/// ring (tau_p > 4 tau_g).
std::vector<LoopTimes> pairs_around(LoopTimes own) {
    std::vector<LoopTimes> pairs = {own};
    for (const double slower : {1.0, 2.0})
        for (const double ratio : {0.2, 0.5, 1.0, 1.5, 2.0})
            pairs.push_back({slower * own.gate_ms, ratio * slower * own.gate_ms});
    for (const double ratio : {4.5, 6.0, 8.0}) pairs.push_back({own.gate_ms, ratio * own.gate_ms});
    return pairs;
}

std::int64_t steps_of_interval(double interval_ms, double dt_ms) {
    return std::max<std::int64_t>(1, std::llround(interval_ms / dt_ms));
}
std::size_t trace_length(const Laboratory& lab) {
    return std::size_t(trace_ms / (steps_of_interval(trace_every_ms, lab.dt_ms) * lab.dt_ms)) + 1;
}

void measure_kick(const Laboratory& lab, std::size_t pair, Ringing& out) {
    GateLoopSpec spec =
        lab.loop(1, lab.gates.n_keys, random_scores(lab, 1, lab.gates.n_keys, kick_score_sd, 0));
    spec.gates.tau_gate_ms = out.pairs[pair].gate_ms, spec.gates.tau_PV_ms = out.pairs[pair].PV_ms;
    GateLoop loop(spec);
    loop.start(loop.softmax(), loop.log_normaliser());
    loop.kick_p(small_kick);

    // p - p* at every step, until it is lost in rounding
    const double target = loop.log_normaliser()[0], dt = lab.dt_ms;
    const double until_ms =
        std::max(trace_ms, decay_ms(out.pairs[pair]) * std::log(small_kick / fit_to));
    Numbers x;
    for (std::int64_t step = 0; double(step) * dt <= until_ms + trace_every_ms; ++step) {
        x.push_back(loop.p()[0] - target);
        loop.step(dt);
    }

    // thinned for the fit, which wants some ten degrees of phase between samples
    const double cycle_ms = 2 * pi * std::sqrt(out.pairs[pair].gate_ms * out.pairs[pair].PV_ms);
    const std::int64_t thin = steps_of_interval(cycle_ms / samples_per_cycle, dt);
    Numbers samples;
    for (std::size_t n = 0; n < x.size(); n += std::size_t(thin)) samples.push_back(x[n]);
    std::size_t first = 0, last = 0;
    for (std::size_t n = 0; n < samples.size(); ++n) {
        if (std::fabs(samples[n]) >= fit_from) first = n + 1;
        if (std::fabs(samples[n]) >= fit_to) last = n + 1;
    }
    const DampedSinusoid fit = fit_damped_sinusoid(samples, double(thin) * dt, first, last);
    out.frequency_Hz[pair] = fit.frequency_Hz, out.decay_ms[pair] = fit.decay_ms;

    for (std::size_t n = 1; n < x.size(); ++n)
        // below fit_to it is rounding that changes sign
        out.turns[pair] += x[n] * x[n - 1] < 0 && std::fabs(x[n - 1]) > fit_to;
    const std::size_t every = std::size_t(steps_of_interval(trace_every_ms, dt));
    for (std::size_t t = 0; t < out.time_ms.size(); ++t) {
        out.p_error[pair * out.time_ms.size() + t] = x[t * every];
        out.p_fit[pair * out.time_ms.size() + t] = fit.at(out.time_ms[t]);
    }
}

void measure_onset(const Laboratory& lab, std::size_t sd, std::size_t draw, Ringing& out) {
    const int n_keys = lab.gates.n_keys;
    GateLoop loop(
        lab.loop(1, n_keys, random_scores(lab, 1, n_keys, out.score_sd[sd], std::uint32_t(draw))));
    const double target = loop.log_normaliser()[0], dt = lab.dt_ms;
    const std::int64_t every = steps_of_interval(trace_every_ms, dt);
    const auto last_step = std::llround(onset_until_ms / dt);
    Numbers crossings_ms;
    double before = loop.p()[0] - target;
    for (std::int64_t step = 0; step < last_step && crossings_ms.size() < 5; ++step) {
        const std::size_t sample = std::size_t(step / every);
        if (draw == 0 && step % every == 0 && sample < out.time_ms.size())
            out.onset_p_error[sd * out.time_ms.size() + sample] = before;
        loop.step(dt);
        const double now = loop.p()[0] - target;
        if (before * now < 0) crossings_ms.push_back((double(step) + before / (before - now)) * dt);
        before = now;
    }
    const std::size_t at = sd * out.n_draws + draw;
    if (crossings_ms.size() >= 3) out.first_cycle_ms[at] = crossings_ms[2] - crossings_ms[0];
    if (crossings_ms.size() >= 5) out.second_cycle_ms[at] = crossings_ms[4] - crossings_ms[2];
}

} // namespace

std::size_t ringing_items(const Laboratory& lab) {
    return pairs_around(lab.times()).size() +
           lab.task.loop.score_sd.size() * std::size_t(lab.task.loop.draws);
}

Ringing measure_ringing(const Laboratory& lab) {
    Ringing out;
    out.pairs = pairs_around(lab.times());
    out.score_sd.assign(lab.task.loop.score_sd.begin(), lab.task.loop.score_sd.end());
    out.n_draws = std::size_t(lab.task.loop.draws);
    const double every_ms = double(steps_of_interval(trace_every_ms, lab.dt_ms)) * lab.dt_ms;
    for (std::size_t t = 0; t < trace_length(lab); ++t) out.time_ms.push_back(double(t) * every_ms);
    const std::size_t n_pairs = out.pairs.size(), n_onsets = out.score_sd.size() * out.n_draws;
    out.p_error.assign(n_pairs * out.time_ms.size(), none), out.p_fit = out.p_error;
    out.frequency_Hz.assign(n_pairs, none), out.decay_ms.assign(n_pairs, none);
    out.turns.assign(n_pairs, 0);
    out.first_cycle_ms.assign(n_onsets, none), out.second_cycle_ms = out.first_cycle_ms;
    out.onset_p_error.assign(out.score_sd.size() * out.time_ms.size(), none);

    lab.for_each(n_pairs + n_onsets, [&](std::size_t item) {
        if (item < n_pairs) return measure_kick(lab, item, out);
        const auto [sd, draw] = unfold(item - n_pairs, out.n_draws);
        measure_onset(lab, sd, draw, out);
    });
    return out;
}

void add(Image& image, const Ringing& found) {
    std::string at = "loop/ringing";
    Numbers gate_ms, PV_ms, law_Hz, law_decay_ms;
    for (const LoopTimes& pair : found.pairs) {
        gate_ms.push_back(pair.gate_ms), PV_ms.push_back(pair.PV_ms);
        law_Hz.push_back(ringing_Hz(pair)), law_decay_ms.push_back(decay_ms(pair));
    }
    image.dimension(at, "pair", found.pairs.size());
    image.coordinate(at, "time", found.time_ms, "ms", "time after the kick");
    image.variable(at, "tau_gate_ms", {"pair"}, gate_ms, "ms", "time constant of the gates");
    image.variable(at, "tau_PV_ms", {"pair"}, PV_ms, "ms", "time constant of PV");
    image.variable(at, "p_error", {"pair", "time"}, found.p_error, "1",
                   "PV minus its fixed point, after a kick of 0.1");
    image.variable(at, "p_fit", {"pair", "time"}, found.p_fit, "1",
                   "damped sinusoid fitted to p_error between 1e-2 and 1e-9");
    image.variable(at, "frequency_Hz", {"pair"}, found.frequency_Hz, "Hz", "fitted frequency");
    image.variable(at, "law_frequency_Hz", {"pair"}, law_Hz, "Hz",
                   "sqrt(1 / (tau_g tau_p) - 1 / (4 tau_g^2)) / 2 pi");
    image.variable(at, "decay_ms", {"pair"}, found.decay_ms, "ms", "fitted time to 1 / e");
    image.variable(at, "law_decay_ms", {"pair"}, law_decay_ms, "ms",
                   "2 tau_g, or of the slower root where the loop does not ring");
    image.variable(at, "turns", {"pair"}, found.turns, "1",
                   "changes of sign of p_error while above 1e-9");
    at = "loop/onset";
    image.coordinate(at, "score_sd", found.score_sd, "1", "standard deviation of the scores");
    image.dimension(at, "draw", found.n_draws);
    image.coordinate(at, "time", found.time_ms, "ms", "time after onset");
    image.variable(at, "first_cycle_ms", {"score_sd", "draw"}, found.first_cycle_ms, "ms",
                   "first to third crossing of the fixed point by PV");
    image.variable(at, "second_cycle_ms", {"score_sd", "draw"}, found.second_cycle_ms, "ms",
                   "third to fifth crossing");
    image.variable(at, "p_error", {"score_sd", "time"}, found.onset_p_error, "1",
                   "PV minus its fixed point in the first draw, until its fifth crossing");
}

Json summary_of(const Ringing& found, const Laboratory& lab) {
    double worst = 0, worst_decay = 0;
    std::int64_t turns_without_law = 0, n_ringing = 0, n_silent = 0;
    for (std::size_t pair = 0; pair < found.pairs.size(); ++pair) {
        const double law = ringing_Hz(found.pairs[pair]);
        const double off_decay = std::fabs(found.decay_ms[pair] / decay_ms(found.pairs[pair]) - 1);
        worst_decay = worse(worst_decay, off_decay);
        if (std::isnan(law)) {
            ++n_silent;
            // an overdamped loop may cross its fixed point once
            turns_without_law = std::max(turns_without_law, found.turns[pair]);
            continue;
        }
        ++n_ringing;
        const double off = std::fabs(found.frequency_Hz[pair] / law - 1);
        worst = worse(worst, off);
    }
    Json slower;
    const double cycle_ms = 1e3 / ringing_Hz(lab.times());
    for (std::size_t sd = 0; sd < found.score_sd.size(); ++sd) {
        Numbers first, second;
        for (std::size_t draw = 0; draw < found.n_draws; ++draw) {
            first.push_back(found.first_cycle_ms[sd * found.n_draws + draw] / cycle_ms - 1);
            second.push_back(found.second_cycle_ms[sd * found.n_draws + draw] / cycle_ms - 1);
        }
        slower[fmt::format("sd_{:g}", found.score_sd[sd])] = {
            {"first_cycle", interval_of(first, lab.confidence)},
            {"second_cycle", interval_of(second, lab.confidence)}};
    }
    return {{"frequency_Hz", found.frequency_Hz[0]},
            {"law_frequency_Hz", ringing_Hz(found.pairs[0])},
            {"decay_ms", found.decay_ms[0]},
            {"law_decay_ms", decay_ms(found.pairs[0])},
            {"pairs", n_ringing},
            {"largest_relative_difference", worst},
            {"largest_relative_difference_of_decay", worst_decay},
            {"pairs_without_ringing", n_silent},
            {"turns_without_ringing", turns_without_law},
            {"slower", slower}};
}

} // namespace lamina::laws
