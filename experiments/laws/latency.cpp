/// Time to attend: how long until the weights are softmax, by the spread of the scores.
#include <cmath>

#include <fmt/format.h>

#include "experiments/laws/laws.hpp"

namespace lamina::laws {
namespace {

constexpr double tolerance = 0.01; ///< of |a - softmax|_F / |softmax|_F
/// Once this near, the loop is linear and decays: it will not leave the tolerance again.
constexpr double settled_error = 1e-6;
constexpr double give_up_ms = 3000;

double distance_to_softmax(const Numbers& a, const Numbers& b) {
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference += (a[i] - b[i]) * (a[i] - b[i]), size += b[i] * b[i];
    return std::sqrt(difference / size);
}

/// First time from which the error stays below the tolerance; NaN when it does not.
double settle_time_ms(GateLoop& loop, double dt_ms) {
    const Numbers softmax = loop.softmax();
    const auto n_steps = std::llround(give_up_ms / dt_ms);
    std::int64_t last_away = 0;
    for (std::int64_t step = 1; step <= n_steps; ++step) {
        loop.step(dt_ms);
        const double error = distance_to_softmax(loop.a(), softmax);
        if (!(error <= tolerance)) last_away = step;
        if (error <= settled_error) return double(last_away + 1) * dt_ms;
    }
    return last_away < n_steps ? double(last_away + 1) * dt_ms : none;
}

} // namespace

std::size_t latency_items(const Laboratory& lab) {
    return 2 * lab.task.loop.score_sd.size() * std::size_t(lab.task.loop.draws);
}

Latency measure_latency(const Laboratory& lab) {
    Latency out;
    out.rules = {"pv_log", "pv_linear"};
    out.score_sd.assign(lab.task.loop.score_sd.begin(), lab.task.loop.score_sd.end());
    out.n_draws = std::size_t(lab.task.loop.draws);
    const std::size_t n = latency_items(lab);
    out.settle_ms.assign(n, none);
    const int size = lab.gates.n_keys;
    lab.for_each(n, [&](std::size_t item) {
        const auto [condition, draw] = unfold(item, out.n_draws);
        const auto [rule, sd] = unfold(condition, out.score_sd.size());
        GateLoopSpec spec = lab.loop(
            size, size, random_scores(lab, size, size, out.score_sd[sd], std::uint32_t(draw)));
        spec.gates.inhibition = out.rules[rule];
        GateLoop loop(spec);
        out.settle_ms[item] = settle_time_ms(loop, lab.dt_ms);
    });
    return out;
}

void add(Image& image, const Latency& found) {
    const std::string at = "loop/settling";
    image.coordinate(at, "rule", found.rules, "1", "recruitment of PV");
    image.coordinate(at, "score_sd", found.score_sd, "1", "standard deviation of the scores");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "settle_time_ms", {"rule", "score_sd", "draw"}, found.settle_ms, "ms",
                   "time from onset from which the weights stay within 1 % of softmax");
}

Json summary_of(const Latency& found, const Laboratory& lab) {
    Json out;
    for (std::size_t rule = 0; rule < found.rules.size(); ++rule)
        for (std::size_t sd = 0; sd < found.score_sd.size(); ++sd) {
            const auto first = found.settle_ms.begin() +
                               std::ptrdiff_t((rule * found.score_sd.size() + sd) * found.n_draws);
            out[found.rules[rule]][fmt::format("sd_{:g}_ms", found.score_sd[sd])] =
                interval_of({first, first + std::ptrdiff_t(found.n_draws)}, lab.confidence);
        }
    return out;
}

} // namespace lamina::laws
