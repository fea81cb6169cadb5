#include "experiments/fit/fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>
#include <boost/random/binomial_distribution.hpp>
#include <fmt/format.h>

#include "analysis/statistics.hpp"
#include "models/draws.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {
namespace {

constexpr std::uint32_t simulated_counts = 2, resampled_counts = 3; ///< items of Stream::bootstrap

std::vector<double> ends_of(const FitProblem& problem, double FreeValue::*end) {
    std::vector<double> out;
    for (const FreeValue& value : problem.free) out.push_back(value.*end);
    return out;
}

/// A row of uniform numbers as Boost's distributions take them.
struct UniformSource {
    using result_type = double;
    static constexpr double min() { return 0; }
    static constexpr double max() { return 1; }
    double operator()() { return draws.uniform(); }
    Draws& draws;
};

/// Of `n` trials those with an outcome of probability p, drawn in a time that does not grow with n
/// (Hormann 1993, doi:10.1080/00949659308811496, by Boost).
double binomial(double n, double p, Draws& draws) {
    if (n < 1 || p <= 0) return 0;
    if (p >= 1) return n;
    UniformSource source{draws};
    boost::random::binomial_distribution<std::int64_t> distribution(std::int64_t(n), p);
    return double(distribution(source));
}

/// `n` trials over bins with these weights: bin after bin, as binomial counts of what is left.
std::vector<double> multinomial(double n, const std::vector<double>& weight, Draws& draws) {
    // sums from behind, so that the last bin with any weight takes all that is left
    std::vector<double> rest(weight.size() + 1, 0), counts;
    for (std::size_t i = weight.size(); i-- > 0;) rest[i] = rest[i + 1] + weight[i];
    double left = std::ceil(n);
    for (std::size_t i = 0; i < weight.size(); ++i) {
        counts.push_back(binomial(left, rest[i] > 0 ? weight[i] / rest[i] : 0, draws));
        left -= counts.back();
    }
    return counts;
}

/// The least deviance with value `which` held at x.
Optimum profile_at(const FitProblem& problem, const FitData& data, std::size_t which, double x,
                   const std::vector<double>& start) {
    std::vector<double> low = ends_of(problem, &FreeValue::low),
                        high = ends_of(problem, &FreeValue::high), from = start;
    const auto at = static_cast<std::ptrdiff_t>(which);
    for (auto* list : {&low, &high, &from}) list->erase(list->begin() + at);
    Optimum best = least(
        [&](const std::vector<double>& others) {
            std::vector<double> all = others;
            all.insert(all.begin() + at, x);
            return deviance(problem, all, data);
        },
        low, high, from, 1, 0);
    best.at.insert(best.at.begin() + at, x);
    return best;
}

/// Where the profile passes `rise` above the least, between the estimate and a bound; the bound,
/// with `open` set, when it does not.
double profile_end(const FitProblem& problem, const FitData& data, std::size_t which,
                   const std::vector<double>& best, double least_deviance, double bound,
                   double rise, bool& open) {
    double inside = best[which], outside = bound;
    std::vector<double> start = best;
    const auto above = [&](double x) {
        const Optimum at = profile_at(problem, data, which, x, start);
        start = at.at;
        return at.value - least_deviance - rise;
    };
    open = above(bound) < 0;
    if (open) return bound;
    // outwards in growing steps, so that far bounds cost nothing; then halving
    double step = 0.01 * std::abs(bound - inside);
    const double sign = bound > inside ? 1 : -1;
    start = best;
    for (double x = inside + sign * step; sign * (bound - x) > 0; step *= 2, x += sign * step) {
        if (above(x) > 0) {
            outside = x;
            break;
        }
        inside = x;
    }
    for (int i = 0; i < 30 && std::abs(outside - inside) > 1e-6 * std::abs(inside); ++i) {
        const double middle = (inside + outside) / 2;
        (above(middle) > 0 ? outside : inside) = middle;
    }
    return (inside + outside) / 2;
}

void add_profile(const FitProblem& problem, const FitData& data, std::size_t which,
                 const std::vector<double>& best, double least_deviance, double rise,
                 FittedValue& out) {
    const FreeValue& value = problem.free[which];
    out.low =
        profile_end(problem, data, which, best, least_deviance, value.low, rise, out.open_low);
    out.high =
        profile_end(problem, data, which, best, least_deviance, value.high, rise, out.open_high);
    // the curve, half an interval beyond its ends
    const double margin = (out.high - out.low) / 2;
    const double from = std::max(value.low, out.low - margin),
                 to = std::min(value.high, out.high + margin);
    for (int i = 0; i < n_profile_points; ++i) {
        const double x = from + (to - from) * i / (n_profile_points - 1);
        out.profile_at.push_back(x);
        out.profile_deviance.push_back(profile_at(problem, data, which, x, best).value -
                                       least_deviance);
    }
}

/// Correlation of the estimates from the curvature of half the deviance, by central differences.
void add_curvature(const FitProblem& problem, const FitData& data, Fit& fit) {
    const auto n = static_cast<Eigen::Index>(fit.values.size());
    std::vector<double> step;
    for (const FittedValue& value : fit.values)
        step.push_back(std::max(0.1 * (value.high - value.low), 1e-6 * std::abs(value.value)));
    const std::vector<double> best = fit.estimates();
    // a difference needs both sides
    for (std::size_t i = 0; i < best.size(); ++i)
        if (best[i] - step[i] < problem.free[i].low || best[i] + step[i] > problem.free[i].high) {
            fit.correlation.assign(best.size() * best.size(), nan);
            fit.condition_number = nan;
            return;
        }
    const auto at = [&](std::size_t i, double a, std::size_t j, double b) {
        std::vector<double> x = best;
        x[i] += a * step[i];
        x[j] += b * step[j];
        return deviance(problem, x, data) / 2;
    };
    Eigen::MatrixXd curvature(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) {
            const auto a = std::size_t(i), b = std::size_t(j);
            curvature(i, j) =
                i == j
                    ? at(a, 1, a, 0) - 2 * at(a, 0, a, 0) + at(a, -1, a, 0)
                    : (at(a, 1, b, 1) - at(a, 1, b, -1) - at(a, -1, b, 1) + at(a, -1, b, -1)) / 4;
        }
    const Eigen::MatrixXd covariance = curvature.inverse();
    Eigen::MatrixXd correlation(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j)
            correlation(i, j) = covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) fit.correlation.push_back(correlation(i, j));
    if (!correlation.allFinite()) {
        fit.condition_number = std::numeric_limits<double>::infinity();
        return;
    }
    const Eigen::VectorXd eigen =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(correlation).eigenvalues();
    fit.condition_number =
        eigen(0) > 0 ? eigen(n - 1) / eigen(0) : std::numeric_limits<double>::infinity();
}

void add_bootstrap(const FitProblem& problem, const FitData& data, const FitOptions& options,
                   Fit& fit) {
    const std::vector<double> best = fit.estimates();
    const int n = options.bootstrap;
    fit.bootstrap.resize(static_cast<std::size_t>(n));
    std::vector<double> G2(static_cast<std::size_t>(n), 0);
#pragma omp parallel for schedule(dynamic) num_threads(options.threads)
    for (int r = 0; r < n; ++r) {
        if (options.stop && *options.stop) continue;
        const FitData drawn =
            simulated_data(problem, best, data, options.seed, static_cast<std::uint32_t>(r));
        auto& values = fit.bootstrap[static_cast<std::size_t>(r)];
        values = estimates(problem, drawn, best, 1, options.seed);
        G2[static_cast<std::size_t>(r)] = deviance(problem, values, drawn);
        if (options.progress) options.progress();
    }
    if (options.stop && *options.stop) return;
    for (std::size_t i = 0; i < fit.values.size(); ++i) {
        std::vector<double> column;
        for (const auto& values : fit.bootstrap) column.push_back(values[i]);
        fit.values[i].standard_error = analysis::standard_deviation(column);
    }
    const auto worse = std::count_if(G2.begin(), G2.end(), [&](double g) { return g >= fit.G2; });
    fit.p_bootstrap = n > 0 ? (1.0 + double(worse)) / (1.0 + n) : nan;
}

} // namespace

LawValues FitProblem::with(const std::vector<double>& values) const {
    LawValues out = fixed;
    for (std::size_t i = 0; i < free.size(); ++i) free[i].parameter->member(out) = values[i];
    return out;
}

double deviance(const FitProblem& problem, const std::vector<double>& values, const FitData& data) {
    const LawValues v = problem.with(values);
    double sum = 0;
    for (const FitCondition& condition : data.conditions) {
        const auto p = problem.law->probabilities(v, condition.load);
        for (std::size_t c = 0; c < condition.cells.size(); ++c) {
            const double n = condition.cells[c].n();
            for (std::size_t i = 0; i < p[c].size(); ++i) {
                const double count = condition.cells[c].counts[i];
                if (count > 0) sum += 2 * count * std::log(count / (n * p[c][i]));
            }
        }
    }
    return sum;
}

double log_likelihood_per_trial(const FitProblem& problem, const std::vector<double>& values,
                                const FitData& data) {
    const LawValues v = problem.with(values);
    double sum = 0, n = 0;
    for (const FitCondition& condition : data.conditions) {
        const auto p = problem.law->probabilities(v, condition.load);
        for (std::size_t c = 0; c < condition.cells.size(); ++c)
            for (std::size_t i = 0; i < p[c].size(); ++i) {
                sum += condition.cells[c].counts[i] * std::log(p[c][i]);
                n += condition.cells[c].counts[i];
            }
    }
    return sum / n;
}

FitData simulated_data(const FitProblem& problem, const std::vector<double>& values,
                       const FitData& like, std::uint64_t seed, std::uint32_t replicate) {
    const LawValues v = problem.with(values);
    Draws draws(seed, replicate, Stream::bootstrap, simulated_counts);
    FitData out = like;
    for (FitCondition& condition : out.conditions) {
        const auto p = problem.law->probabilities(v, condition.load);
        for (std::size_t c = 0; c < condition.cells.size(); ++c)
            condition.cells[c].counts = multinomial(condition.cells[c].n(), p[c], draws);
    }
    return out;
}

FitData resampled_data(const FitData& data, std::uint64_t seed, std::uint32_t replicate) {
    Draws draws(seed, replicate, Stream::bootstrap, resampled_counts);
    FitData out = data;
    for (FitCondition& condition : out.conditions)
        for (FitCell& cell : condition.cells)
            cell.counts = multinomial(cell.n(), cell.counts, draws);
    return out;
}

std::vector<double> Fit::estimates() const {
    std::vector<double> out;
    for (const FittedValue& value : values) out.push_back(value.value);
    return out;
}

std::vector<double> starting_values(const FitProblem& problem) {
    return ends_of(problem, &FreeValue::start);
}

Optimum best_fit(const FitProblem& problem, const FitData& data, const std::vector<double>& start,
                 int n_starts, std::uint64_t seed) {
    return least([&](const std::vector<double>& x) { return deviance(problem, x, data); },
                 ends_of(problem, &FreeValue::low), ends_of(problem, &FreeValue::high), start,
                 n_starts, seed);
}

std::vector<double> estimates(const FitProblem& problem, const FitData& data,
                              const std::vector<double>& start, int n_starts, std::uint64_t seed) {
    return best_fit(problem, data, start, n_starts, seed).at;
}

Fit fit_law(const FitProblem& problem, const FitData& data, const FitOptions& options) {
    const std::vector<double> best =
        estimates(problem, data, starting_values(problem), options.starts, options.seed);
    Fit fit;
    fit.G2 = deviance(problem, best, data);
    fit.df = -static_cast<int>(best.size());
    for (const FitCondition& condition : data.conditions)
        for (const FitCell& cell : condition.cells)
            fit.df += static_cast<int>(cell.counts.size()) - 1;
    fit.p_chi2 = fit.df > 0 ? analysis::chi_squared_p(fit.G2, fit.df) : nan;
    fit.p_bootstrap = nan;

    const double rise = analysis::chi_squared_quantile(options.level, 1);
    for (std::size_t i = 0; i < best.size(); ++i) {
        const FreeValue& free = problem.free[i];
        FittedValue value{free.parameter, best[i], nan, nan, false, false, false, nan, {}, {}};
        const double edge = 1e-4 * (free.high - free.low);
        value.at_bound = best[i] - free.low < edge || free.high - best[i] < edge;
        if (options.profiles) add_profile(problem, data, i, best, fit.G2, rise, value);
        fit.values.push_back(value);
    }
    if (options.profiles) add_curvature(problem, data, fit);
    add_bootstrap(problem, data, options, fit);
    return fit;
}

Fit unfitted(const FitProblem& problem) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    Fit fit;
    for (const FreeValue& free : problem.free)
        fit.values.push_back(
            {free.parameter, free.start, nan, nan, false, false, false, nan, {}, {}});
    return fit;
}

std::vector<std::string> identification_warnings(const Fit& fit) {
    std::vector<std::string> out;
    const double p = std::isnan(fit.p_bootstrap) ? fit.p_chi2 : fit.p_bootstrap;
    if (p < 0.05)
        out.push_back(fmt::format("the law does not describe these data in full (G2 {:.4g} with {} "
                                  "degrees of freedom): its intervals are too narrow",
                                  fit.G2, fit.df));
    for (const FittedValue& value : fit.values) {
        const std::string& path = value.parameter->path;
        if (value.at_bound)
            out.push_back(fmt::format("{} = {:.4g} lies on its bound: the data ask for what lies "
                                      "beyond; fit.bounds sets the bounds",
                                      path, value.value));
        if (value.open_low || value.open_high)
            out.push_back(fmt::format("the profile of {} is flat towards its {} bound: the data do "
                                      "not limit it there",
                                      path,
                                      value.open_low && value.open_high ? "lower and upper"
                                      : value.open_low                  ? "lower"
                                                                        : "upper"));
    }
    if (fit.condition_number > 100)
        out.push_back(
            fmt::format("the values trade off against each other (condition number {:.3g} "
                        "of their correlations): free fewer of them",
                        fit.condition_number));
    return out;
}

} // namespace lamina
