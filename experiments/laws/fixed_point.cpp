/// The fixed point: a = softmax(s), p = log sum exp s, for any scores.
#include <algorithm>
#include <cmath>

#include "experiments/laws/laws.hpp"
#include "kernels/normal.hpp"

namespace lamina::laws {
namespace {

constexpr std::size_t most_fixed_point_draws = 10; ///< a maximum over 10 x n_keys rows says enough
/// The slowest case, pv_linear at score SD 30, is within 1 % after 0.3 s; what is left then falls
/// as exp(-t / 2 tau_g), by 1e-40 in another 0.9 s at the defaults.
constexpr double random_until_ms = 1500;
constexpr double extreme = 50, extreme_until_ms = 300, extreme_tolerance = 1e-6;

double largest_difference(const Numbers& a, const Numbers& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        // so written, NaN is the largest of all
        if (!(std::fabs(a[i] - b[i]) <= largest)) largest = std::fabs(a[i] - b[i]);
    return largest;
}

/// +50 or -50, each with probability 1/2.
Numbers extreme_scores(const Laboratory& lab, std::uint32_t draw) {
    Numbers scores(std::size_t(lab.gates.n_rows) * lab.gates.n_keys);
    normal_row(lab.seed, draw, Stream::tokens, 2, scores.data(), scores.size());
    for (double& s : scores) s = s > 0 ? extreme : -extreme;
    return scores;
}

} // namespace

std::size_t fixed_point_items(const Laboratory& lab) {
    const std::size_t n_draws = std::min<std::size_t>(most_fixed_point_draws, lab.task.loop.draws);
    return (lab.task.loop.score_sd.size() + 1) * n_draws;
}

FixedPoint measure_fixed_point(const Laboratory& lab) {
    FixedPoint out;
    out.score_sd.assign(lab.task.loop.score_sd.begin(), lab.task.loop.score_sd.end());
    out.n_draws = std::min<std::size_t>(most_fixed_point_draws, lab.task.loop.draws);
    const std::size_t n_random = out.score_sd.size() * out.n_draws;
    out.a_error.assign(n_random, none), out.p_error.assign(n_random, none);
    out.extreme_settle_ms.assign(out.n_draws, none), out.extreme_gate.assign(out.n_draws, none);
    const int n = lab.gates.n_keys;

    lab.for_each(fixed_point_items(lab), [&](std::size_t item) {
        const auto [sd, draw] = unfold(item, out.n_draws);
        const bool random = item < n_random;
        GateLoop loop(lab.loop(n, n,
                               random ? random_scores(lab, n, n, out.score_sd[sd], draw)
                                      : extreme_scores(lab, draw)));
        const Numbers softmax = loop.softmax();
        const auto steps = std::llround((random ? random_until_ms : extreme_until_ms) / lab.dt_ms);
        double last_away_ms = 0, largest = 0;
        for (std::int64_t step = 1; step <= steps; ++step) {
            loop.step(lab.dt_ms);
            if (random) continue;
            largest = std::max(largest, *std::max_element(loop.a().begin(), loop.a().end()));
            if (!(largest_difference(loop.a(), softmax) <= extreme_tolerance))
                last_away_ms = double(step) * lab.dt_ms;
        }
        if (random) {
            out.a_error[item] = largest_difference(loop.a(), softmax);
            out.p_error[item] = largest_difference(loop.p(), loop.log_normaliser());
        } else {
            out.extreme_gate[draw] = largest;
            if (last_away_ms < double(steps) * lab.dt_ms)
                out.extreme_settle_ms[draw] = last_away_ms + lab.dt_ms;
        }
    });
    return out;
}

void add(Image& image, const FixedPoint& found) {
    const std::string at = "loop/fixed_point";
    image.coordinate(at, "score_sd", found.score_sd, "1", "standard deviation of the scores");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "a_error", {"score_sd", "draw"}, found.a_error, "1",
                   "largest difference of a weight from softmax, after 1.5 s");
    image.variable(at, "p_error", {"score_sd", "draw"}, found.p_error, "1",
                   "largest difference of PV from log sum exp of the scores, after 1.5 s");
    image.variable(at, "extreme_settle_time_ms", {"draw"}, found.extreme_settle_ms, "ms",
                   "scores of +-50: time from which all weights stay within 1e-6 of softmax");
    image.variable(at, "extreme_gate", {"draw"}, found.extreme_gate, "1",
                   "scores of +-50: largest gate on the way");
}

Json summary_of(const FixedPoint& found, const Laboratory& lab) {
    const auto largest = [](const Numbers& x) {
        double top = 0;
        for (const double value : x) top = worse(top, value);
        return top;
    };
    return {{"a_error", largest(found.a_error)},
            {"p_error", largest(found.p_error)},
            {"extreme_settle_time_ms", interval_of(found.extreme_settle_ms, lab.confidence)},
            {"extreme_never_settled",
             std::count_if(found.extreme_settle_ms.begin(), found.extreme_settle_ms.end(),
                           [](double t) { return std::isnan(t); })},
            {"extreme_gate", largest(found.extreme_gate)}};
}

} // namespace lamina::laws
