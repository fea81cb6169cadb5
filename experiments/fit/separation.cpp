#include "experiments/fit/separation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/statistics.hpp"
#include "models/angle.hpp"

namespace lamina {
namespace {

constexpr int n_nodes = 720; ///< of an integral over errors: steps of half a degree

const std::vector<int>& probed_loads() {
    static const std::vector<int> loads = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16};
    return loads;
}

double both_z() { return analysis::normal_quantile(0.975) + analysis::normal_quantile(0.8); }

} // namespace

const std::vector<Observable>& observables() {
    static const std::vector<Observable> table = {
        {"mean_cosine", "mean cosine of the error", [](double e) { return std::cos(e); }},
        {"mean_cosine_2", "mean cosine of twice the error",
         [](double e) { return std::cos(2 * e); }},
        {"share_within_20", "errors within 20 deg",
         [](double e) { return std::abs(e) < pi / 9 ? 1.0 : 0.0; }},
        {"share_beyond_90", "errors beyond 90 deg",
         [](double e) { return std::abs(e) > pi / 2 ? 1.0 : 0.0; }},
        {"mean_absolute_error", "mean absolute error (deg)",
         [](double e) { return std::abs(e) * deg_per_rad; }}};
    return table;
}

Moments moments_of(const Observable& observable, const FittedAccount& account, int load) {
    const FitProblem& problem = *account.problem;
    const auto moments = problem.law->error_moments(problem.with(account.values), load);
    double first = 0, second = 0;
    for (int i = 0; i < n_nodes; ++i) {
        const double error = 2 * pi * (i + 0.5) / n_nodes - pi;
        const double p = error_density(moments, error) * 2 * pi / n_nodes;
        const double g = observable.of_error(error);
        first += p * g;
        second += p * g * g;
    }
    return {first, second - first * first};
}

Moments moments_of(const Observable& observable, const FitCell& cell) {
    double first = 0, second = 0;
    const double n_bins = static_cast<double>(cell.counts.size());
    for (std::size_t bin = 0; bin < cell.counts.size(); ++bin) {
        const double g = observable.of_error(2 * pi * (double(bin) + 0.5) / n_bins - pi);
        first += cell.counts[bin] / cell.n() * g;
        second += cell.counts[bin] / cell.n() * g * g;
    }
    return {first, second - first * first};
}

std::vector<Separation> separations(const FittedAccount& a, const FittedAccount& b) {
    std::vector<Separation> all;
    for (const Observable& observable : observables())
        for (const int load : probed_loads()) {
            const Moments of_a = moments_of(observable, a, load);
            const Moments of_b = moments_of(observable, b, load);
            const double d =
                std::abs(of_a.mean - of_b.mean) / std::sqrt((of_a.variance + of_b.variance) / 2);
            all.push_back({&observable, load, of_a.mean, of_b.mean, d,
                           d > 0 ? std::ceil(std::pow(both_z() / d, 2))
                                 : std::numeric_limits<double>::infinity()});
        }
    std::stable_sort(all.begin(), all.end(), [](const Separation& x, const Separation& y) {
        return x.d_prime > y.d_prime;
    });
    return all;
}

double needed_per_set_size(const FittedAccount& a, const FittedAccount& b, const FitData& like) {
    // what a expects of a million trials at each set size, and the best that b can make of it
    constexpr double trials = 1e6;
    FitData expected = like;
    for (FitCondition& condition : expected.conditions) {
        const auto p = a.problem->law->probabilities(a.problem->with(a.values), condition.load);
        for (std::size_t c = 0; c < condition.cells.size(); ++c)
            for (std::size_t i = 0; i < p[c].size(); ++i)
                condition.cells[c].counts[i] = trials * p[c][i];
    }
    const std::vector<double> best = estimates(*b.problem, expected, b.values, 6, 1);
    const double D = deviance(*b.problem, best, expected) / (2 * trials);
    if (!(D > 0)) return std::numeric_limits<double>::infinity();
    // P(N D + sqrt(2 N D) z > k_a - k_b) = 0.8, solved for sqrt(N D)
    const double more = double(a.values.size()) - double(b.values.size());
    const double z = analysis::normal_quantile(0.8) * std::sqrt(2.0);
    const double root = (z + std::sqrt(std::max(0.0, z * z + 4 * more))) / 2;
    return std::ceil(std::max(1.0, root * root / D));
}

} // namespace lamina
