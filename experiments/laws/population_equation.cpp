/// The population equation read literally: M units that add query and key before an exponential.
/// How wrong are the weights, and how many units would a cell need?
///
/// The loop normalises whatever drive it is given (fixed point above), so that the weights are the
/// drive over its sum; the drive is that of the area's own score stage.
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "experiments/laws/laws.hpp"
#include "kernels/normal.hpp"
#include "sim/score_stage.hpp"

namespace lamina::laws {
namespace {

/// Beyond, the relative variance exp|q + k|^2 / M is astronomic and says nothing more.
constexpr double largest_sd = 3;
constexpr std::size_t most_population_draws =
    20; ///< of queries, keys and units, drawn anew each time
constexpr double wanted_error = 0.1;

Numbers softmax_of(const Numbers& log_drive, std::size_t n) {
    Numbers a(log_drive.size());
    for (std::size_t row = 0; row < log_drive.size() / n; ++row) {
        double top = log_drive[row * n], sum = 0;
        for (std::size_t key = 0; key < n; ++key) top = std::fmax(top, log_drive[row * n + key]);
        for (std::size_t key = 0; key < n; ++key)
            sum += a[row * n + key] = std::exp(log_drive[row * n + key] - top);
        for (std::size_t key = 0; key < n; ++key) a[row * n + key] /= sum;
    }
    return a;
}

/// |a - softmax|_F / |softmax|_F over n queries and n keys of one draw.
double population_error(const Laboratory& lab, double sd, int units, std::uint32_t draw) {
    const std::size_t n = std::size_t(lab.gates.n_keys), d = std::size_t(lab.d_head);
    Numbers q(n * d), k(n * d), gain(n, 1), mask(n * n, 0), drive(n * n), scores(n * n);
    normal_row(lab.seed, draw, Stream::tokens, 0, q.data(), q.size());
    normal_row(lab.seed, draw, Stream::tokens, 1, k.data(), k.size());
    // the spread is shared by query and key: the variance depends on |q + k|
    for (double& x : q) x *= std::sqrt(sd);
    for (double& x : k) x *= std::sqrt(sd);
    ScoreParameters par;
    par.d_head = lab.d_head, par.units = units;
    // a seed of its own for the units of each draw, far from those of other runs
    const std::uint64_t unit_seed = lab.seed + (std::uint64_t(draw) + 1) * 0x9E3779B97F4A7C15u;
    const auto additive = make_score_stage<double>("additive_exponential", int(n), par, unit_seed);
    const auto product = make_score_stage<double>("multiplicative", int(n), par, lab.seed);
    additive->evaluate(q.data(), k.data(), gain.data(), mask.data(), drive.data());
    product->evaluate(q.data(), k.data(), gain.data(), mask.data(), scores.data());
    const Numbers a = softmax_of(drive, n), reference = softmax_of(scores, n);
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference += (a[i] - reference[i]) * (a[i] - reference[i]),
            size += reference[i] * reference[i];
    return std::sqrt(difference / size);
}

Numbers spreads(const Laboratory& lab) {
    Numbers out;
    for (const int sd : lab.task.loop.score_sd)
        if (sd <= largest_sd) out.push_back(sd);
    return out;
}
std::size_t draws_of(const Laboratory& lab) {
    return std::min<std::size_t>(most_population_draws, std::size_t(lab.task.loop.draws));
}

} // namespace

std::size_t population_equation_items(const Laboratory& lab) {
    return spreads(lab).size() * lab.task.loop.units.size() * draws_of(lab);
}

PopulationEquation measure_population_equation(const Laboratory& lab) {
    PopulationEquation out;
    out.score_sd = spreads(lab), out.n_draws = draws_of(lab);
    out.units.assign(lab.task.loop.units.begin(), lab.task.loop.units.end());
    const std::size_t n = population_equation_items(lab);
    out.relative_error.assign(n, none);
    lab.for_each(n, [&](std::size_t item) {
        const auto [condition, draw] = unfold(item, out.n_draws);
        const auto [sd, units] = unfold(condition, out.units.size());
        out.relative_error[item] =
            population_error(lab, out.score_sd[sd], int(out.units[units]), std::uint32_t(draw));
    });

    // the power law through the means, and what it takes to come down to 10 %
    for (std::size_t sd = 0; sd < out.score_sd.size(); ++sd) {
        Numbers log_units, log_error;
        for (std::size_t m = 0; m < out.units.size(); ++m) {
            const auto first = out.relative_error.begin() +
                               std::ptrdiff_t((sd * out.units.size() + m) * out.n_draws);
            log_units.push_back(std::log(out.units[m]));
            log_error.push_back(
                std::log(analysis::mean(Numbers(first, first + std::ptrdiff_t(out.n_draws)))));
        }
        const analysis::LineFit fit = analysis::fit_line(log_units, log_error);
        out.slope.push_back(fit.slope), out.intercept.push_back(fit.intercept);
        out.needed.push_back(std::exp((std::log(wanted_error) - fit.intercept) / fit.slope));
        // no average of M units falls faster than M^(-1/2)
        out.needed_least.push_back(
            std::exp(log_units.back() + 2 * (log_error.back() - std::log(wanted_error))));
    }
    return out;
}

void add(Image& image, const PopulationEquation& found) {
    if (found.score_sd.empty()) return;
    const std::string at = "loop/units";
    image.coordinate(at, "score_sd", found.score_sd, "1", "standard deviation of the scores");
    image.coordinate(at, "units", found.units, "1", "hidden units M");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "relative_error", {"score_sd", "units", "draw"}, found.relative_error, "1",
                   "|a - softmax|_F / |softmax|_F");
    image.variable(at, "slope", {"score_sd"}, found.slope, "1", "of log mean error on log M");
    image.variable(at, "intercept", {"score_sd"}, found.intercept, "1",
                   "log mean error at M = 1 by the fitted power law");
    image.variable(at, "needed", {"score_sd"}, found.needed, "1",
                   "M for an error of 10 % by the fitted power law");
    image.variable(at, "needed_least", {"score_sd"}, found.needed_least, "1",
                   "M for an error of 10 % if the error fell as 1 / sqrt(M) from the largest M on");
}

Json summary_of(const PopulationEquation& found, const Laboratory& lab) {
    Json out = Json::object();
    for (std::size_t sd = 0; sd < found.score_sd.size(); ++sd) {
        Json entry;
        for (std::size_t m = 0; m < found.units.size(); ++m) {
            const auto first = found.relative_error.begin() +
                               std::ptrdiff_t((sd * found.units.size() + m) * found.n_draws);
            entry[fmt::format("error_{:g}", found.units[m])] =
                interval_of({first, first + std::ptrdiff_t(found.n_draws)}, lab.confidence);
        }
        entry["slope"] = found.slope[sd];
        entry["units_for_10_percent"] = found.needed[sd];
        entry["units_for_10_percent_at_least"] = found.needed_least[sd];
        out[fmt::format("sd_{:g}", found.score_sd[sd])] = entry;
    }
    return out;
}

} // namespace lamina::laws
