#include "analysis/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "analysis/resampling.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

/// The quantile of sorted values, linear between order statistics.
double quantile_sorted(const std::vector<double>& sorted, double p) {
    if (sorted.empty()) return nan;
    const double position = p * static_cast<double>(sorted.size() - 1);
    const auto under = static_cast<std::size_t>(std::floor(position));
    const std::size_t over = std::min(under + 1, sorted.size() - 1);
    return sorted[under] + (position - static_cast<double>(under)) * (sorted[over] - sorted[under]);
}

double upper_z(double level) { return normal_quantile(0.5 + 0.5 * level); }

double upper_t(double level, double freedom) {
    return boost::math::quantile(boost::math::students_t(freedom), 0.5 + 0.5 * level);
}

/// The pairs in which both values are known.
void known_pairs(const std::vector<double>& x, const std::vector<double>& y, std::vector<double>& a,
                 std::vector<double>& b) {
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i)
        if (!std::isnan(x[i]) && !std::isnan(y[i])) a.push_back(x[i]), b.push_back(y[i]);
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
    const double mx = mean(x), my = mean(y);
    double xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : nan;
}

/// Fisher's interval around r, from the variance `inflation` / (n - 3) of atanh r.
Estimate with_fisher_interval(double r, std::int64_t n, double inflation, double level) {
    if (std::isnan(r)) return {nan, nan, nan, n};
    if (n < 4 || std::fabs(r) >= 1) return {r, nan, nan, n};
    const double half = upper_z(level) * std::sqrt(inflation / static_cast<double>(n - 3));
    return {r, std::tanh(std::atanh(r) - half), std::tanh(std::atanh(r) + half), n};
}

} // namespace

std::vector<double> finite(const std::vector<double>& values) {
    std::vector<double> kept;
    kept.reserve(values.size());
    for (const double value : values)
        if (!std::isnan(value)) kept.push_back(value);
    return kept;
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    std::size_t n = 0;
    for (const double value : values)
        if (!std::isnan(value)) sum += value, ++n;
    return n > 0 ? sum / static_cast<double>(n) : nan;
}

double standard_deviation(const std::vector<double>& values) {
    const double centre = mean(values);
    double sum = 0;
    std::size_t n = 0;
    for (const double value : values)
        if (!std::isnan(value)) sum += (value - centre) * (value - centre), ++n;
    return n > 1 ? std::sqrt(sum / static_cast<double>(n - 1)) : nan;
}

double quantile(std::vector<double> values, double p) {
    values = finite(values);
    std::sort(values.begin(), values.end());
    return quantile_sorted(values, p);
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

Estimate bootstrap(const std::vector<double>& values,
                   const std::function<double(const std::vector<double>&)>& statistic,
                   const Confidence& confidence) {
    const std::vector<double> sample = finite(values);
    const auto n = static_cast<std::int64_t>(sample.size());
    if (n == 0) return {nan, nan, nan, 0};
    if (n == 1) return {statistic(sample), nan, nan, 1};

    // resample with replacement, the same draws for every sample of this size
    Resampling draws;
    std::vector<double> resample(sample.size()), found;
    found.reserve(static_cast<std::size_t>(confidence.resamples));
    for (int round = 0; round < confidence.resamples; ++round) {
        for (double& value : resample)
            value = sample[draws.below(static_cast<std::uint32_t>(sample.size()))];
        found.push_back(statistic(resample));
    }

    // the percentile interval
    std::sort(found.begin(), found.end());
    const double tail = 0.5 * (1 - confidence.level);
    return {statistic(sample), quantile_sorted(found, tail), quantile_sorted(found, 1 - tail), n};
}

Estimate mean_with_interval(const std::vector<double>& values, const Confidence& confidence) {
    return bootstrap(
        values, [](const std::vector<double>& x) { return mean(x); }, confidence);
}

Estimate median_with_interval(const std::vector<double>& values, const Confidence& confidence) {
    return bootstrap(
        values, [](const std::vector<double>& x) { return median(x); }, confidence);
}

Estimate proportion(std::int64_t k, std::int64_t n, double level) {
    if (n <= 0) return {nan, nan, nan, 0};
    const double z = upper_z(level), count = static_cast<double>(n);
    const double p = static_cast<double>(k) / count;
    const double centre = (p + z * z / (2 * count)) / (1 + z * z / count);
    const double half =
        z / (1 + z * z / count) * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count));
    // at k = 0 and k = n one end is the boundary itself; rounding must not step over it
    return {p, k == 0 ? 0.0 : centre - half, k == n ? 1.0 : centre + half, n};
}

Estimate difference_of_proportions(std::int64_t k1, std::int64_t n1, std::int64_t k2,
                                   std::int64_t n2, double level) {
    const Estimate a = proportion(k1, n1, level), b = proportion(k2, n2, level);
    const double difference = a.value - b.value;
    return {difference, difference - std::hypot(a.value - a.low, b.high - b.value),
            difference + std::hypot(a.high - a.value, b.value - b.low), n1 + n2};
}

Circular circular(const std::vector<double>& angles_rad) {
    double x = 0, y = 0;
    std::int64_t n = 0;
    for (const double angle : angles_rad)
        if (!std::isnan(angle)) x += std::cos(angle), y += std::sin(angle), ++n;
    if (n == 0) return {nan, nan, nan, 0};
    const double resultant = std::min(1.0, std::hypot(x, y) / static_cast<double>(n));
    return {std::atan2(y, x), resultant, std::sqrt(-2 * std::log(resultant)), n};
}

std::vector<double> average_ranks(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return values[a] != values[b] ? values[a] < values[b] : a < b;
    });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
        for (std::size_t i = first; i <= last; ++i)
            ranks[order[i]] = 0.5 * static_cast<double>(first + last) + 1;
        first = last + 1;
    }
    return ranks;
}

Estimate pearson(const std::vector<double>& x, const std::vector<double>& y, double level) {
    std::vector<double> a, b;
    known_pairs(x, y, a, b);
    const auto n = static_cast<std::int64_t>(a.size());
    return with_fisher_interval(n < 3 ? nan : correlation(a, b), n, 1, level);
}

Estimate spearman(const std::vector<double>& x, const std::vector<double>& y, double level) {
    std::vector<double> a, b;
    known_pairs(x, y, a, b);
    const auto n = static_cast<std::int64_t>(a.size());
    const double r = n < 3 ? nan : correlation(average_ranks(a), average_ranks(b));
    // the variance of atanh(rho) is 1.06 / (n - 3): Fieller, Hartley & Pearson (1957)
    return with_fisher_interval(r, n, 1.06, level);
}

Paired paired(const std::vector<double>& x, const std::vector<double>& y, double level) {
    std::vector<double> a, b, difference;
    known_pairs(x, y, a, b);
    for (std::size_t i = 0; i < a.size(); ++i) difference.push_back(a[i] - b[i]);
    const auto n = static_cast<std::int64_t>(difference.size());
    const double centre = mean(difference), sd = standard_deviation(difference);
    if (n < 2) return {{centre, nan, nan, n}, nan, nan, nan};

    // all differences equal: the interval is a point, and t is not defined when they are zero
    if (sd == 0) return {{centre, centre, centre, n}, nan, nan, centre == 0 ? 1.0 : 0.0};
    const double freedom = static_cast<double>(n - 1);
    const double error = sd / std::sqrt(static_cast<double>(n)), t = centre / error;
    const double half = upper_t(level, freedom) * error;
    const double p = 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(freedom),
                                                                  std::fabs(t)));
    return {{centre, centre - half, centre + half, n}, centre / sd, t, p};
}

LineFit fit_line(const std::vector<double>& x, const std::vector<double>& y, double level) {
    std::vector<double> a, b;
    known_pairs(x, y, a, b);
    const auto n = static_cast<std::int64_t>(a.size());
    const double mx = mean(a), my = mean(b);
    double xx = 0, xy = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        xx += (a[i] - mx) * (a[i] - mx);
        xy += (a[i] - mx) * (b[i] - my);
    }
    if (n < 2 || xx == 0) return {nan, nan, {nan, nan}, n};
    const double slope = xy / xx, intercept = my - slope * mx;
    if (n < 3) return {intercept, slope, {nan, nan}, n};
    double rest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double residual = b[i] - intercept - slope * a[i];
        rest += residual * residual;
    }
    const double freedom = static_cast<double>(n - 2);
    const double half = upper_t(level, freedom) * std::sqrt(rest / freedom / xx);
    return {intercept, slope, {slope - half, slope + half}, n};
}

double normal_cdf(double z) { return boost::math::cdf(boost::math::normal(), z); }

double normal_quantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

double student_quantile(double level, double freedom) { return upper_t(level, freedom); }

double chi_squared_p(double value, double df) {
    return boost::math::cdf(
        boost::math::complement(boost::math::chi_squared(df), std::max(value, 0.0)));
}

double chi_squared_quantile(double p, double df) {
    return boost::math::quantile(boost::math::chi_squared(df), p);
}

double needed_n_one_sample(double d, const Power& goal) {
    const double z = normal_quantile(1 - goal.alpha / 2) + normal_quantile(goal.power);
    return std::ceil((z / d) * (z / d));
}

double needed_n_per_group(double d, const Power& goal) {
    const double z = normal_quantile(1 - goal.alpha / 2) + normal_quantile(goal.power);
    return std::ceil(2 * (z / d) * (z / d));
}

double needed_n_proportions(double p1, double p2, const Power& goal) {
    const double z = normal_quantile(1 - goal.alpha / 2) + normal_quantile(goal.power);
    return std::ceil(z * z * (p1 * (1 - p1) + p2 * (1 - p2)) / ((p1 - p2) * (p1 - p2)));
}

double needed_n_correlation(double r, const Power& goal) {
    const double z = normal_quantile(1 - goal.alpha / 2) + normal_quantile(goal.power);
    return std::ceil((z / std::atanh(r)) * (z / std::atanh(r)) + 3);
}

Sensitivity sensitivity(std::int64_t hits, std::int64_t n_signal, std::int64_t false_alarms,
                        std::int64_t n_noise) {
    if (n_signal <= 0 || n_noise <= 0) return {nan, nan};
    const double h = (static_cast<double>(hits) + 0.5) / (static_cast<double>(n_signal) + 1);
    const double f = (static_cast<double>(false_alarms) + 0.5) / (static_cast<double>(n_noise) + 1);
    const double zh = normal_quantile(h), zf = normal_quantile(f);
    return {zh - zf, -0.5 * (zh + zf)};
}

} // namespace lamina::analysis
