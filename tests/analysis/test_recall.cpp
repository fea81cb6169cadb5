/// Reported angles: spread, histogram and the mixture of targets, swaps and guesses.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "analysis/recall.hpp"
#include "kernels/normal.hpp"
#include "models/draws.hpp"

using namespace lamina::analysis;

namespace {

/// Reports with known shares; errors around an item are wrapped normal.
std::vector<Report> planted(int n, int n_others, double p_target, double p_swap, double sd_deg) {
    lamina::Draws draws(11, 0, lamina::Stream::task, 0);
    const auto angle = [&] { return 360 * draws.uniform() - 180; };
    std::vector<Report> reports;
    for (int i = 0; i < n; ++i) {
        const double noise =
            sd_deg * lamina::normal(11, 0, lamina::Stream::motor, 0, std::uint64_t(i));
        Report r{0, angle(), {}};
        for (int k = 0; k < n_others; ++k) r.others_deg.push_back(angle());
        const double u = draws.uniform();
        if (u < p_target)
            r.response_deg = r.target_deg + noise;
        else if (u < p_target + p_swap)
            r.response_deg = r.others_deg[draws.below(r.others_deg.size())] + noise;
        else
            r.response_deg = angle();
        reports.push_back(r);
    }
    return reports;
}

} // namespace

TEST_CASE("angles are wrapped to -180 <= x < 180") {
    CHECK(wrapped_deg(0) == 0);
    CHECK(wrapped_deg(180) == -180);
    CHECK(wrapped_deg(-180) == -180);
    CHECK(wrapped_deg(190) == -170);
    CHECK(wrapped_deg(-190) == 170);
    CHECK(wrapped_deg(725) == 5);
}

TEST_CASE("the mixture of reports gives back the shares that were planted") {
    // 6000 reports: the standard error of a share is below sqrt(1 / 4 / 6000) = 0.0065, larger by
    // the overlap of the three kinds; 0.03 is four of them
    const Mixture m = fit_mixture(planted(6000, 4, 0.6, 0.25, 15));
    CHECK(std::fabs(m.p_target - 0.6) < 0.03);
    CHECK(std::fabs(m.p_swap - 0.25) < 0.03);
    CHECK(std::fabs(m.p_guess - 0.15) < 0.03);
    // a wrapped normal of 15 deg has the resultant exp(-0.0343) = 0.9663, kappa 15.1
    CHECK(m.kappa == Approx(15.1).epsilon(0.1));

    // no others: no swaps
    const Mixture alone = fit_mixture(planted(2000, 0, 0.8, 0, 20));
    CHECK(alone.p_swap == 0);
    CHECK(std::fabs(alone.p_target - 0.8) < 0.05);
    const Mixture guesses = fit_mixture(planted(2000, 2, 0, 0, 20));
    // uniform reports can be any share of a flat von Mises: nothing is gained over all guesses.
    // Twice the gain is chi-squared with 3 degrees of freedom at most, above 20 with 2e-4
    CHECK(guesses.log_likelihood - 2000 * std::log(1 / (2 * 3.14159265358979)) < 10);
    CHECK(std::isnan(fit_mixture({}).p_swap));
}

TEST_CASE("the likelihood of a mixture is that of its density") {
    // one report on its target, nothing else: V(0; kappa) at the largest kappa allowed
    const Mixture m = fit_mixture({{10, 10, {}}, {20, 20, {}}});
    CHECK(m.p_target == Approx(1).margin(1e-6));
    CHECK(m.kappa == Approx(700));
    // V(0) -> sqrt(kappa / 2 pi) (1 - 1 / (8 kappa)) for large kappa
    CHECK(m.log_likelihood ==
          Approx(2 * std::log(std::sqrt(700 / (2 * 3.14159265)))).epsilon(1e-3));
}

TEST_CASE("recall counts errors in bins of 12 degrees, with +180 in the first") {
    RecallColumns trials;
    const double nan_value = std::numeric_limits<double>::quiet_NaN();
    const auto add = [&](int condition, double response, double target) {
        trials.variant.push_back(0);
        trials.condition.push_back(condition);
        trials.load.push_back(1 + condition);
        trials.reports.push_back({response, target, {}});
    };
    add(1, 180, 0);
    add(1, 0, 0);
    add(1, 11.9, 0);
    add(1, 12, 0);
    add(1, -1, 359);
    add(1, nan_value, 0);
    const std::vector<RecallRow> rows = recall(trials);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].n == 0);
    CHECK(std::isnan(rows[0].circular_sd_deg.value));
    CHECK(rows[1].n == 5);
    CHECK(rows[1].load == 2);
    CHECK(rows[1].histogram[0] == 1);
    CHECK(rows[1].histogram[15] == 3);
    CHECK(rows[1].histogram[16] == 1);
    CHECK(rows[1].mean_abs_error_deg.value == Approx((180 + 11.9 + 12) / 5));
}

TEST_CASE("the circular SD of normal errors is theirs, within its interval") {
    RecallColumns trials;
    for (const Report& r : planted(1000, 0, 1, 0, 25)) {
        trials.variant.push_back(0);
        trials.condition.push_back(0);
        trials.load.push_back(1);
        trials.reports.push_back(r);
    }
    const RecallRow row = recall(trials).front();
    // SD of 1000 draws is known to 2.2 %: four of them
    CHECK(row.circular_sd_deg.value == Approx(25).epsilon(0.09));
    CHECK(row.circular_sd_deg.low < row.circular_sd_deg.value);
    CHECK(row.circular_sd_deg.high > row.circular_sd_deg.value);
    CHECK(row.circular_sd_deg.high - row.circular_sd_deg.low < 0.15 * 25);
}
