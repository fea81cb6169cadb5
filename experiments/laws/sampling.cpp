/// Sampling: how well the shares of spikes in a window tell the weights, by the number of neurons.
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "experiments/laws/spiking_laws.hpp"

namespace lamina::laws {
namespace {

constexpr double before_window_ms = 50, window_ms = 450;

struct Error {
    double measured, floor;
};

Error error_of(const Laboratory& lab, int n_neurons, std::uint32_t draw) {
    const int size = lab.gates.n_keys;
    SpikingGatesSpec spec = spiking_gates(
        lab, size, size, random_scores(lab, size, size, broad_score_sd, draw), n_neurons);
    spec.trial = draw;
    const std::size_t n_keys = std::size_t(size);
    const Numbers softmax = with_rates(spec).softmax();
    const auto gates = settled(spec);
    run_for(before_window_ms, lab, *gates);
    Numbers spikes(softmax.size(), 0.0);
    for (std::int64_t step = 0; step < steps_in(window_ms, lab); ++step) {
        gates->step();
        for (std::size_t i = 0; i < spikes.size(); ++i) spikes[i] += gates->n_spikes()[i];
    }
    double missed = 0, floor = 0, weights = 0;
    for (std::size_t first = 0; first < spikes.size(); first += n_keys) {
        const double in_row = std::accumulate(spikes.begin() + std::ptrdiff_t(first),
                                              spikes.begin() + std::ptrdiff_t(first + n_keys), 0.0);
        for (std::size_t i = first; i < first + n_keys; ++i) {
            const double a = softmax[i], off = spikes[i] / in_row - a;
            missed += off * off, floor += a * (1 - a) / in_row, weights += a * a;
        }
    }
    return {std::sqrt(missed / weights), std::sqrt(floor / weights)};
}

} // namespace

std::size_t sampling_items(const Laboratory& lab) {
    return lab.task.loop.neurons.size() * std::size_t(lab.task.loop.draws);
}

Sampling measure_sampling(const Laboratory& lab) {
    Sampling out;
    out.neurons.assign(lab.task.loop.neurons.begin(), lab.task.loop.neurons.end());
    out.n_draws = std::size_t(lab.task.loop.draws);
    out.window_ms = window_ms;
    const std::size_t n = sampling_items(lab);
    out.relative_error.assign(n, none), out.floor = out.relative_error;
    lab.for_each(n, [&](std::size_t item) {
        const auto [which, draw] = unfold(item, out.n_draws);
        const Error error = error_of(lab, int(out.neurons[which]), std::uint32_t(draw));
        out.relative_error[item] = error.measured, out.floor[item] = error.floor;
    });
    if (lab.stopped() || out.neurons.size() < 2) return out;

    // least squares of log mean error on log n
    double n_x = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t which = 0; which < out.neurons.size(); ++which) {
        const auto first = out.relative_error.begin() + std::ptrdiff_t(which * out.n_draws);
        const double mean =
            std::accumulate(first, first + std::ptrdiff_t(out.n_draws), 0.0) / double(out.n_draws);
        const double log_n = std::log(out.neurons[which]), log_error = std::log(mean);
        n_x += 1, x += log_n, y += log_error, xx += log_n * log_n, xy += log_n * log_error;
    }
    out.slope = (n_x * xy - x * y) / (n_x * xx - x * x);
    return out;
}

void add(Image& image, const Sampling& found) {
    const std::string at = "loop/sampling";
    image.coordinate(at, "neurons", found.neurons, "1", "neurons of a gate");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "relative_error", {"neurons", "draw"}, found.relative_error, "1",
                   "shares of spikes against softmax, Frobenius norm of the difference over that "
                   "of softmax");
    image.variable(at, "floor", {"neurons", "draw"}, found.floor, "1",
                   "the same of as many independent winners: sqrt(sum a (1 - a) / n_spikes)");
    image.variable(at, "window_ms", {}, Numbers{found.window_ms}, "ms",
                   "duration over which spikes were counted");
    if (found.neurons.size() > 1) image.attribute(at, "slope", found.slope);
}

Json summary_of(const Sampling& found, const Laboratory& lab) {
    Json out;
    double worst = 0;
    for (std::size_t which = 0; which < found.neurons.size(); ++which) {
        const auto of = [&](const Numbers& all) {
            const auto first = all.begin() + std::ptrdiff_t(which * found.n_draws);
            return Numbers(first, first + std::ptrdiff_t(found.n_draws));
        };
        const Numbers error = of(found.relative_error), floor = of(found.floor);
        const double over = std::accumulate(error.begin(), error.end(), 0.0) /
                            std::accumulate(floor.begin(), floor.end(), 0.0);
        worst = worse(worst, std::fabs(over - 1));
        out[fmt::format("error_{:g}", found.neurons[which])] = interval_of(error, lab.confidence);
    }
    if (found.neurons.size() > 1) { // one number has no slope
        out["slope"] = found.slope;
        out["slope_off_half"] = std::fabs(found.slope + 0.5);
    }
    out["largest_distance_from_floor"] = worst;
    return out;
}

} // namespace lamina::laws
