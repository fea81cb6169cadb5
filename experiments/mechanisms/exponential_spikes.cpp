/// additive_exponential read as cells. Each of M cells adds query and key through dendrites of its
/// own, and its hazard of a spike is exponential in the sum:
///
///     rho_m = R f_m,   f_m = exp(omega_m . (q + k) - (|q|^2 + |k|^2) / 2),   omega_m ~ N(0, I)
///     D = sum_m N_m / (M R T),   N_m spikes in a window T
///
/// With mu = exp(q.k) and s = |q + k|^2 the moments of f over omega are E f^j = mu^j exp(j (j - 1)
/// s / 2): D is an unbiased estimate of mu. Given the cells, N_m is a Poisson count of mean and
/// variance R T f_m, so that by the law of total variance
///
///     var D = E[var(D | omega)] + var(E[D | omega]) = mu / (M R T) + mu^2 (exp(s) - 1) / M
///     var D / mu^2 = (exp(s) - 1 + 1 / (R T mu)) / M
///
/// No window lessens what the choice of cells makes. A variance measured over n draws errs,
/// relatively, by sqrt((kappa / M + 2 n / (n - 1)) / n) with kappa the excess kurtosis of one
/// cell's count, which grows as exp(4 s): from some s on no number of draws shows the law, and what
/// is drawn lies mostly below it, now and then far above. The interval of the ratio is that of chi
/// square with as many degrees of freedom as that error has (Satterthwaite 1946).
///
/// Source: docs/model.md, "Mechanisms with dynamics of their own"; Choromanski et al. (2021),
/// arXiv:2009.14794, for the features; Jolivet et al. (2006), doi:10.1007/s10827-006-7074-5, for
/// the hazard.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "experiments/mechanisms/mechanisms.hpp"
#include "kernels/normal.hpp"
#include "models/draws.hpp"

namespace lamina::laws {
namespace {

/// Beyond this standard error of a variance the law cannot be seen.
constexpr double visible_error = 0.2, inside_level = 0.95, asked_error = 0.1;

/// Omega of a condition is drawn under the steps from here on; those below are the score's own.
constexpr std::uint64_t first_projection = 2;

/// The law for one query and key: s = |q + k|^2, and a = R T exp(q.k), the mean count of a cell.
struct CellLaw {
    double square, count;

    double of_cells() const { return std::expm1(square); } ///< relative variance, times M
    double relative_variance() const { return of_cells() + 1 / count; } ///< the same
    /// Excess kurtosis of one cell's count, a Poisson count whose mean is lognormal.
    double excess() const {
        const double a = count, e = std::exp(square), second = a * a * e,
                     third = std::pow(a * e, 3), fourth = std::pow(a, 4) * std::pow(e, 6);
        const double moment[5] = {1, a, second + a, third + 3 * second + a,
                                  fourth + 6 * third + 7 * second + a};
        const double variance = moment[2] - a * a;
        const double central =
            moment[4] - 4 * a * moment[3] + 6 * a * a * moment[2] - 3 * std::pow(a, 4);
        return central / (variance * variance) - 3;
    }
    /// Standard error of the variance over n draws of M cells, relative to the variance.
    double variance_error(double units, double n) const {
        return std::sqrt((excess() / units + 2 * n / (n - 1)) / n);
    }
};

/// The query and the key that are asked, scaled to the score SD as in additive_exponential.
struct AskedPair {
    Numbers sum; ///< q + k, [d_head]
    double square, product, half_squares;
};
AskedPair asked_pair(const Laboratory& lab, double score_sd) {
    const std::size_t d = std::size_t(lab.d_head);
    Numbers q(d), k(d), sum(d);
    normal_row(lab.seed, 0, Stream::tokens, 0, q.data(), d);
    normal_row(lab.seed, 0, Stream::tokens, 1, k.data(), d);
    const double scale = std::sqrt(score_sd / std::sqrt(double(d)));
    for (std::size_t i = 0; i < d; ++i) sum[i] = (q[i] *= scale) + (k[i] *= scale);
    const auto of = [&](const Numbers& a, const Numbers& b) { return dot(a.data(), b.data(), d); };
    return {sum, of(sum, sum), of(q, k), (of(q, q) + of(k, k)) / 2};
}

/// Spikes of a constant hazard within a window.
double spikes_within(double per_ms, double window_ms, Draws draws) {
    double n = 0;
    for (double t = 0;; ++n) {
        t -= std::log(draws.uniform()) / per_ms;
        if (!(t < window_ms)) return n;
    }
}

/// D / exp(q.k) of one draw. @param first_cell  its cells' number among those of all conditions
double estimate_of(const Laboratory& lab, const AskedPair& pair, std::size_t units,
                   double window_ms, std::uint32_t draw, std::size_t condition,
                   std::size_t first_cell) {
    const std::size_t d = pair.sum.size();
    const double rate_per_ms = lab.task.exponential.rate_Hz * 1e-3;
    Numbers omega(units * d);
    normal_row(lab.seed, draw, Stream::random_feature, first_projection + condition, omega.data(),
               omega.size());
    double spikes = 0;
    for (std::size_t cell = 0; cell < units; ++cell) {
        const double f =
            std::exp(dot(omega.data() + cell * d, pair.sum.data(), d) - pair.half_squares);
        spikes += spikes_within(
            rate_per_ms * f, window_ms,
            Draws(lab.seed, draw, Stream::neuron_noise, std::uint32_t(first_cell + cell)));
    }
    return spikes / (double(units) * rate_per_ms * window_ms * std::exp(pair.product));
}

std::size_t n_conditions_of(const ExponentialTaskSpec& task) {
    return task.score_sd.size() * task.units.size() * task.windows_ms.size();
}

bool seen(const ExponentialSpikes& found, std::size_t condition) {
    return found.ratio_error[condition] <= visible_error;
}
double ratio_of(const ExponentialSpikes& found, std::size_t condition) {
    return found.variance[condition] / found.law_variance[condition];
}
Numbers estimates_of(const ExponentialSpikes& found, std::size_t condition) {
    const auto first = found.estimate.begin() + std::ptrdiff_t(condition * found.n_draws);
    return {first, first + std::ptrdiff_t(found.n_draws)};
}

} // namespace

std::size_t exponential_spikes_items(const Laboratory& lab) {
    return n_conditions_of(lab.task.exponential) * std::size_t(lab.task.exponential.draws);
}

ExponentialSpikes measure_exponential_spikes(const Laboratory& lab) {
    const ExponentialTaskSpec& task = lab.task.exponential;
    ExponentialSpikes out;
    out.score_sd = task.score_sd, out.n_draws = std::size_t(task.draws);
    out.units.assign(task.units.begin(), task.units.end());
    out.window_ms.assign(task.windows_ms.begin(), task.windows_ms.end());
    const std::size_t n_units = out.units.size(), n_windows = out.window_ms.size(),
                      n_conditions = n_conditions_of(task);
    std::vector<AskedPair> pairs;
    for (const double sd : out.score_sd) {
        pairs.push_back(asked_pair(lab, sd));
        out.square.push_back(pairs.back().square), out.product.push_back(pairs.back().product);
    }
    Numbers first_cell(1, 0.0); // of each condition: no two share a cell
    for (std::size_t condition = 0; condition < n_conditions; ++condition)
        first_cell.push_back(first_cell.back() + out.units[condition / n_windows % n_units]);

    out.estimate.assign(exponential_spikes_items(lab), none);
    lab.for_each(exponential_spikes_items(lab), [&](std::size_t item) {
        const auto [condition, draw] = unfold(item, out.n_draws);
        out.estimate[item] = estimate_of(lab, pairs[condition / (n_units * n_windows)],
                                         std::size_t(out.units[condition / n_windows % n_units]),
                                         out.window_ms[condition % n_windows], std::uint32_t(draw),
                                         condition, std::size_t(first_cell[condition]));
    });

    for (std::size_t condition = 0; condition < n_conditions; ++condition) {
        const std::size_t sd = condition / (n_units * n_windows);
        const double units = out.units[condition / n_windows % n_units],
                     count = task.rate_Hz * 1e-3 * out.window_ms[condition % n_windows] *
                             std::exp(out.product[sd]);
        const CellLaw law{out.square[sd], count};
        const double spread = analysis::standard_deviation(estimates_of(out, condition));
        out.variance.push_back(spread * spread);
        out.law_variance.push_back(law.relative_variance() / units);
        out.law_of_cells.push_back(law.of_cells() / units);
        out.ratio_error.push_back(law.variance_error(units, double(out.n_draws)));
        const double error = out.ratio_error.back(), freedom = 2 / (error * error);
        const auto quantile = [&](double p) {
            return seen(out, condition) ? analysis::chi_squared_quantile(p, freedom) / freedom
                                        : none;
        };
        out.ratio_low.push_back(quantile((1 - inside_level) / 2));
        out.ratio_high.push_back(quantile((1 + inside_level) / 2));
    }
    for (std::size_t sd = 0; sd < out.score_sd.size(); ++sd)
        for (const double window_ms : out.window_ms) {
            const CellLaw law{out.square[sd],
                              task.rate_Hz * 1e-3 * window_ms * std::exp(out.product[sd])};
            out.needed.push_back(law.relative_variance() / (asked_error * asked_error));
        }
    return out;
}

void add(Image& image, const ExponentialSpikes& found) {
    const std::string at = "exponential";
    const std::vector<std::string> condition = {"score_sd", "units", "window"};
    image.coordinate(at, "score_sd", found.score_sd, "1", "standard deviation of the scores");
    image.coordinate(at, "units", found.units, "1", "cells M");
    image.coordinate(at, "window", found.window_ms, "ms", "how long spikes are counted");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "square", {"score_sd"}, found.square, "1", "|q + k|^2 of the pair asked");
    image.variable(at, "product", {"score_sd"}, found.product, "1", "q.k of the pair asked");
    image.variable(at, "estimate", {"score_sd", "units", "window", "draw"}, found.estimate, "1",
                   "what the spikes estimate, over exp(q.k)");
    image.variable(at, "variance", condition, found.variance, "1", "of the estimates over draws");
    image.variable(at, "law_variance", condition, found.law_variance, "1",
                   "(exp(|q + k|^2) - 1 + 1 / (R T exp(q.k))) / M");
    image.variable(at, "law_of_cells", condition, found.law_of_cells, "1",
                   "what of it is the cells' and not the counting's");
    image.variable(at, "ratio_error", condition, found.ratio_error, "1",
                   "standard error of variance / law_variance by the law");
    image.variable(at, "ratio_low", condition, found.ratio_low, "1",
                   "95 % of variance / law_variance lie above; NaN: the law cannot be seen");
    image.variable(at, "ratio_high", condition, found.ratio_high, "1",
                   "95 % of variance / law_variance lie below; NaN: the law cannot be seen");
    image.variable(at, "needed", {"score_sd", "window"}, found.needed, "1",
                   "cells for a relative error of 10 %");
}

Json summary_of(const ExponentialSpikes& found, const Laboratory&) {
    double deviation = 0, bias = 0;
    std::size_t n_seen = 0, n_inside = 0;
    const std::size_t n = found.variance.size(), n_each = n / found.score_sd.size();
    for (std::size_t condition = 0; condition < n; ++condition) {
        if (!seen(found, condition)) continue;
        const double ratio = ratio_of(found, condition);
        deviation = worse(deviation, std::fabs(ratio - 1) / found.ratio_error[condition]);
        bias = worse(bias, std::fabs(analysis::mean(estimates_of(found, condition)) - 1) /
                               std::sqrt(found.law_variance[condition] / double(found.n_draws)));
        ++n_seen;
        if (ratio > found.ratio_low[condition] && ratio < found.ratio_high[condition]) ++n_inside;
    }
    Json out = {{"conditions", n},
                {"conditions_seen", n_seen},
                {"share_inside", n_seen > 0 ? double(n_inside) / double(n_seen) : none},
                {"largest_deviation", n_seen > 0 ? deviation : none},
                {"largest_mean_deviation", n_seen > 0 ? bias : none}};
    for (std::size_t sd = 0; sd < found.score_sd.size(); ++sd) {
        double least = std::numeric_limits<double>::infinity(), most = 0, error = 0;
        for (std::size_t condition = sd * n_each; condition < (sd + 1) * n_each; ++condition) {
            least = -worse(-least, -ratio_of(found, condition));
            most = worse(most, ratio_of(found, condition));
            error = worse(error, found.ratio_error[condition]);
        }
        Json entry = {{"square", found.square[sd]},
                      {"exp_product", std::exp(found.product[sd])},
                      {"least_ratio", least},
                      {"largest_ratio", most},
                      {"largest_ratio_error", error}};
        for (std::size_t window = 0; window < found.window_ms.size(); ++window)
            entry[fmt::format("cells_needed_{:g}_ms", found.window_ms[window])] =
                found.needed[sd * found.window_ms.size() + window];
        out[key_of("sd", found.score_sd[sd])] = entry;
    }
    return out;
}

} // namespace lamina::laws
