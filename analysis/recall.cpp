#include "analysis/recall.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/special_functions/bessel.hpp>

#include "analysis/angle.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

constexpr double largest_kappa = 700; // I_0 stays within double

/// I_1(kappa) / I_0(kappa): the mean resultant of a von Mises distribution.
double resultant_of(double kappa) {
    return boost::math::cyl_bessel_i(1, kappa) / boost::math::cyl_bessel_i(0, kappa);
}

/// The concentration with this mean resultant, by bisection: it rises with it.
double kappa_of(double resultant) {
    if (!(resultant > 0)) return 0;
    double low = 0, high = largest_kappa;
    if (resultant >= resultant_of(high)) return high;
    for (int i = 0; i < 40; ++i) {
        const double middle = 0.5 * (low + high);
        (resultant_of(middle) < resultant ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

/// cos of a report's distance to its target, and to every other item.
struct Distances {
    double to_target;
    std::vector<double> to_others;
};

std::vector<Distances> distances_of(const std::vector<Report>& reports) {
    std::vector<Distances> all;
    for (const Report& r : reports) {
        Distances d{std::cos((r.response_deg - r.target_deg) * rad_per_deg), {}};
        for (const double other : r.others_deg)
            d.to_others.push_back(std::cos((r.response_deg - other) * rad_per_deg));
        all.push_back(std::move(d));
    }
    return all;
}

/// One step of expectation maximisation over the reports `rows`; the likelihood is that of the
/// mixture that came in.
Mixture improved(const Mixture& m, const std::vector<Distances>& all,
                 const std::vector<double>& rows) {
    const double scale = 1 / (2 * pi * boost::math::cyl_bessel_i(0, m.kappa));
    const auto density = [&](double cosine) { return scale * std::exp(m.kappa * cosine); };
    double target = 0, swap = 0, along = 0, likelihood = 0;
    for (const double row : rows) {
        const Distances& d = all[static_cast<std::size_t>(row)];
        const double share = d.to_others.empty() ? 0 : m.p_swap / double(d.to_others.size());
        const double here = m.p_target * density(d.to_target);
        double others = 0, others_along = 0;
        for (const double cosine : d.to_others) {
            const double one = share * density(cosine);
            others += one;
            others_along += one * cosine;
        }
        const double sum = here + others + m.p_guess / (2 * pi);
        likelihood += std::log(sum);
        target += here / sum;
        swap += others / sum;
        along += (here * d.to_target + others_along) / sum;
    }
    const double n = static_cast<double>(rows.size());
    Mixture next;
    next.p_target = target / n;
    next.p_swap = swap / n;
    next.p_guess = std::max(0.0, 1 - next.p_target - next.p_swap);
    next.kappa = target + swap > 0 ? kappa_of(along / (target + swap)) : 0;
    next.log_likelihood = likelihood;
    return next;
}

/// From one start until the likelihood rises by less than 1e-6 of a unit.
Mixture climbed(Mixture m, const std::vector<Distances>& all, const std::vector<double>& rows) {
    double before = -std::numeric_limits<double>::infinity();
    for (int step = 0; step < 2000; ++step) {
        const Mixture next = improved(m, all, rows);
        const bool settled = next.log_likelihood - before < 1e-6;
        before = next.log_likelihood;
        m = next;
        if (settled) break;
    }
    return m;
}

Mixture fitted(const std::vector<Distances>& all, const std::vector<double>& rows) {
    Mixture best{nan, nan, nan, nan, -std::numeric_limits<double>::infinity()};
    const bool alone = std::all_of(rows.begin(), rows.end(), [&](double row) {
        return all[static_cast<std::size_t>(row)].to_others.empty();
    });
    for (const double kappa : {2.0, 10.0, 50.0})
        for (const double swap : {0.1, 0.4}) {
            if (alone && swap > 0.1) continue;
            const double s = alone ? 0 : swap;
            const Mixture m = climbed({0.5, s, 0.5 - s, kappa, 0}, all, rows);
            if (m.log_likelihood > best.log_likelihood) best = m;
        }
    return best;
}

/// 0, 1, ..., n - 1: the rows that a bootstrap draws from.
std::vector<double> numbered(std::size_t n) {
    std::vector<double> rows(n);
    for (std::size_t i = 0; i < n; ++i) rows[i] = static_cast<double>(i);
    return rows;
}

/// Everything that follows from the reports of one row.
void complete_recall(RecallRow& row, const std::vector<Report>& reports,
                     const Confidence& confidence) {
    std::vector<double> error_rad, size_deg;
    for (const Report& r : reports) {
        const double error_deg = wrapped_deg(r.response_deg - r.target_deg);
        error_rad.push_back(error_deg * rad_per_deg);
        size_deg.push_back(std::fabs(error_deg));
        const int bin = static_cast<int>((error_deg + 180) / (360.0 / n_error_bins));
        ++row.histogram[static_cast<std::size_t>(std::min(bin, n_error_bins - 1))];
    }
    row.n = static_cast<std::int64_t>(reports.size());
    row.circular_sd_deg = bootstrap(
        error_rad, [](const std::vector<double>& x) { return circular(x).sd_rad / rad_per_deg; },
        confidence);
    row.mean_abs_error_deg = mean_with_interval(size_deg, confidence);

    // a resample starts from the best mixture of all
    row.mixture = fit_mixture(reports);
    const std::vector<Distances> all = distances_of(reports);
    const Confidence few{confidence.level, std::min(confidence.resamples, 200)};
    std::array<std::vector<double>, 3> found;
    bootstrap(
        numbered(reports.size()),
        [&](const std::vector<double>& rows) {
            const Mixture m = climbed(row.mixture, all, rows);
            found[0].push_back(m.p_target);
            found[1].push_back(m.p_swap);
            found[2].push_back(m.p_guess);
            return m.p_swap;
        },
        few);
    const double tail = 0.5 * (1 - confidence.level);
    const auto estimate = [&](double value, const std::vector<double>& shares) {
        return Estimate{value, quantile(shares, tail), quantile(shares, 1 - tail), row.n};
    };
    row.p_target = estimate(row.mixture.p_target, found[0]);
    row.p_swap = estimate(row.mixture.p_swap, found[1]);
    row.p_guess = estimate(row.mixture.p_guess, found[2]);
}

} // namespace

double wrapped_deg(double angle_deg) {
    const double wrapped = std::remainder(angle_deg, 360);
    return wrapped >= 180 ? wrapped - 360 : wrapped;
}

Mixture fit_mixture(const std::vector<Report>& reports) {
    if (reports.empty()) return {nan, nan, nan, nan, nan};
    return fitted(distances_of(reports), numbered(reports.size()));
}

std::vector<RecallRow> recall(const RecallColumns& trials, const Confidence& confidence) {
    std::int64_t n_variants = 0, n_conditions = 0;
    for (std::size_t t = 0; t < trials.reports.size(); ++t) {
        n_variants = std::max(n_variants, trials.variant[t] + 1);
        n_conditions = std::max(n_conditions, trials.condition[t] + 1);
    }
    const auto n_rows = static_cast<std::size_t>(n_variants * n_conditions);
    std::vector<RecallRow> rows(n_rows);
    std::vector<std::vector<Report>> reports(n_rows);
    for (std::size_t t = 0; t < trials.reports.size(); ++t) {
        const auto r =
            static_cast<std::size_t>(trials.variant[t] * n_conditions + trials.condition[t]);
        rows[r].load = trials.load[t];
        if (!std::isnan(trials.reports[t].response_deg)) reports[r].push_back(trials.reports[t]);
    }
    for (std::size_t r = 0; r < n_rows; ++r) {
        rows[r].variant = static_cast<std::int64_t>(r) / n_conditions;
        rows[r].condition = static_cast<std::int64_t>(r) % n_conditions;
        complete_recall(rows[r], reports[r], confidence);
    }
    return rows;
}

} // namespace lamina::analysis
