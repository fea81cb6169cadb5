#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "analysis/behaviour.hpp"
#include "analysis/statistics.hpp"

using namespace lamina::analysis;
namespace {
const double nan_value = std::numeric_limits<double>::quiet_NaN();
// sums of fewer than 100 terms of order 1, and special functions good to a few ulp
constexpr double rounding = 1e-12;
} // namespace

TEST_CASE("quantiles interpolate between order statistics and ignore NaN") {
    // 1 2 4 8: position 3 p; p = 1/2 lies halfway between 2 and 4
    const std::vector<double> values{8, 1, nan_value, 4, 2};
    CHECK(median(values) == 3);
    CHECK(quantile(values, 0) == 1);
    CHECK(quantile(values, 1) == 8);
    CHECK(std::fabs(quantile(values, 0.9) - 6.8) < rounding); // 4 + 0.7 * 4
    CHECK(std::isnan(median({})));
    CHECK(mean(values) == 3.75);
}

TEST_CASE("the Wilson interval is the solution of its quadratic, also at the boundary") {
    // ends solve |p - k/n| = z sqrt(p (1 - p) / n)
    const double z = normal_quantile(0.975);
    for (const int k : {0, 1, 17, 39, 40}) {
        const Estimate e = proportion(k, 40);
        INFO("k = " << k);
        for (const double end : {e.low, e.high}) {
            if (end == 0 || end == 1) continue;
            CHECK(std::fabs(std::fabs(end - k / 40.0) - z * std::sqrt(end * (1 - end) / 40)) <
                  rounding);
        }
        CHECK(e.low <= e.value);
        CHECK(e.value <= e.high);
        CHECK(e.low >= 0);
        CHECK(e.high <= 1);
    }
}

TEST_CASE("Newcombe's difference repeats the published example 56/70 - 48/80") {
    // Newcombe (1998), Statist. Med. 17:873, table II, example (a), method 10: 0.0524 to 0.3339
    const Estimate e = difference_of_proportions(56, 70, 48, 80);
    CHECK(std::fabs(e.value - 0.2) < rounding);
    CHECK(std::fabs(e.low - 0.0524) < 5e-5); // printed to four digits
    CHECK(std::fabs(e.high - 0.3339) < 5e-5);
}

TEST_CASE("the bootstrap repeats itself and has the width of the standard error") {
    std::vector<double> values;
    for (int i = 0; i < 400; ++i) values.push_back(std::sin(1.7 * i) + 0.001 * i);
    const Estimate a = mean_with_interval(values), b = mean_with_interval(values);
    CHECK(a.low == b.low);
    CHECK(a.high == b.high);
    CHECK(a.n == 400);
    // 2 * 1.96 standard errors; 1000 resamples know a 2.5 % quantile within about 0.08 SE, so the
    // width within 0.11 SE; 4 of those
    const double error = standard_deviation(values) / 20;
    CHECK(std::fabs((a.high - a.low) / error - 2 * 1.96) < 0.45);
    CHECK(a.low < mean(values));
    CHECK(a.high > mean(values));
    CHECK(std::isnan(mean_with_interval({1.0}).low));
}

TEST_CASE("circular statistics: two angles at +-x have SD sqrt(-2 ln cos x)") {
    const Circular c = circular({0.3, -0.3, nan_value});
    CHECK(c.n == 2);
    CHECK(std::fabs(c.mean_rad) < rounding);
    CHECK(std::fabs(c.sd_rad - std::sqrt(-2 * std::log(std::cos(0.3)))) < rounding);
    // across the cut at +-pi the mean is pi, not 0
    CHECK(std::fabs(std::fabs(circular({3.0, -3.0}).mean_rad) - 3.14159265358979) < 1e-12);
}

TEST_CASE("correlations: a line is 1, ranks see only order, ties share ranks") {
    CHECK(std::fabs(pearson({1, 2, 3, 4}, {3, 5, 7, 9}).value - 1) < rounding);
    CHECK(std::fabs(spearman({1, 2, 3, 4}, {1, 10, 100, 1000}).value - 1) < rounding);
    CHECK(average_ranks({10, 20, 20, 5}) == std::vector<double>{2, 3.5, 3.5, 1});
    // no ties: rho = 1 - 6 sum d^2 / (n (n^2 - 1)) = 1 - 6 * 10 / 120
    CHECK(std::fabs(spearman({1, 2, 3, 4, 5}, {2, 1, 5, 4, 3}).value - 0.5) < rounding);
    CHECK(std::isnan(pearson({1, 1, 1}, {1, 2, 3}).value));
    // a NaN removes its pair
    CHECK(pearson({1, 2, nan_value, 4}, {3, 5, 0, 9}).n == 3);
    // Fisher: r = 0.5, n = 28: tanh(atanh 0.5 -+ 1.959964 / 5)
    std::vector<double> x, y;
    for (int i = 0; i < 28; ++i) x.push_back(i), y.push_back(i + 12 * std::cos(2.4 * i));
    const Estimate e = pearson(x, y);
    CHECK(std::fabs(std::atanh(e.high) - std::atanh(e.low) - 2 * 1.959963984540054 / 5) < 1e-9);
}

TEST_CASE("paired differences repeat a hand-computed t-test") {
    // differences 1 2 3 4 5: mean 3, SD sqrt(2.5), t = 3 / sqrt(0.5) = 4.242641, 4 df: p = 0.013236
    const Paired r = paired({2, 4, 6, 8, 10}, {1, 2, 3, 4, 5});
    CHECK(std::fabs(r.difference.value - 3) < rounding);
    CHECK(std::fabs(r.cohen_d - 3 / std::sqrt(2.5)) < rounding);
    CHECK(std::fabs(r.t - 3 / std::sqrt(0.5)) < rounding);
    CHECK(std::fabs(r.p - 0.013236) < 1e-5); // tables print five digits
    CHECK(std::fabs(r.difference.high - (3 + 2.776445 * std::sqrt(0.5))) < 1e-5);
    CHECK(paired({1, 2}, {1, 2}).p == 1);
}

TEST_CASE("a line is fitted exactly when it is one") {
    const LineFit f = fit_line({0, 1, 2, 3}, {1, -1, -3, -5});
    CHECK(std::fabs(f.slope + 2) < rounding);
    CHECK(std::fabs(f.intercept - 1) < rounding);
}

TEST_CASE("needed samples for 80 % power are the textbook's") {
    // (1.959964 + 0.841621)^2 = 7.848880; d = 0.5: 31.4 -> 32 alone, 62.8 -> 63 per group
    CHECK(needed_n_one_sample(0.5) == 32);
    CHECK(needed_n_per_group(0.5) == 63);
    CHECK(needed_n_per_group(-0.5) == 63);
    CHECK(needed_n_proportions(0.5, 0.6) == 385); // 7.84888 * 0.49 / 0.01 = 384.6
    CHECK(needed_n_correlation(0.3) == 85);       // 7.84888 / 0.0958 + 3 = 84.9
    CHECK(std::isinf(needed_n_one_sample(0)));
}

TEST_CASE("d' and criterion: an unbiased observer has criterion 0, a perfect one a finite d'") {
    const Sensitivity fair = sensitivity(80, 100, 20, 100);
    CHECK(std::fabs(fair.criterion) < rounding);
    CHECK(std::fabs(fair.d_prime - 2 * normal_quantile(80.5 / 101)) < rounding);
    CHECK(std::isfinite(sensitivity(100, 100, 0, 100).d_prime));
    CHECK(sensitivity(95, 100, 60, 100).criterion < 0); // says yes too readily
}

TEST_CASE("behaviour counts each kind of answer where it belongs") {
    TrialColumns trials;
    const auto add = [&](int variant, int condition, int load, int match, int choice, double rt) {
        trials.variant.push_back(variant);
        trials.condition.push_back(condition);
        trials.load.push_back(load);
        trials.answer.push_back(static_cast<std::uint8_t>(match));
        trials.choice.push_back(static_cast<std::uint8_t>(choice));
        trials.reaction_time_ms.push_back(rt);
    };
    // condition 1 of variant 0: 3 hits, 1 miss, 1 false alarm, 3 correct rejections, 1 no choice
    for (int i = 0; i < 3; ++i) add(0, 1, 4, 1, 1, 400 + 100 * i);
    add(0, 1, 4, 1, 0, nan_value);
    add(0, 1, 4, 0, 1, 700);
    for (int i = 0; i < 3; ++i) add(0, 1, 4, 0, 0, 800);
    add(0, 1, 4, 0, 255, nan_value);
    add(1, 0, 2, 1, 1, 300);

    const std::vector<BehaviourRow> rows = behaviour(trials);
    REQUIRE(rows.size() == 4);
    const BehaviourRow& row = rows[1];
    CHECK(row.variant == 0);
    CHECK(row.condition == 1);
    CHECK(row.n == 8);
    CHECK(row.hits == 3);
    CHECK(row.misses == 1);
    CHECK(row.false_alarms == 1);
    CHECK(row.correct_rejections == 3);
    CHECK(row.rt_missing == 1);
    CHECK(row.accuracy.value == 0.75);
    CHECK(std::fabs(row.K.value - 4 * (0.75 - 0.25)) < rounding);
    CHECK(row.K.low < row.K.value);
    CHECK(row.rt_median_ms.value == 700);
    CHECK(rows[0].n == 0);
    CHECK(std::isnan(rows[0].accuracy.value));
    // all match trials: no false-alarm rate, so no K and no d'
    CHECK(rows[2].n == 1);
    CHECK(std::isnan(rows[2].K.value));
    CHECK(std::isnan(rows[2].d_prime));
}

TEST_CASE("conditions of a load are taken together, in the order in which loads appear") {
    TrialColumns trials;
    const auto add = [&](int condition, int load, int choice, double p) {
        trials.variant.push_back(0);
        trials.condition.push_back(condition);
        trials.load.push_back(load);
        trials.answer.push_back(1);
        trials.choice.push_back(static_cast<std::uint8_t>(choice));
        trials.reaction_time_ms.push_back(300);
        trials.change_probability.push_back(p);
    };
    add(0, 5, 1, 0.3);
    add(1, 5, 0, 0.7);
    add(2, 2, 1, 0.3);
    const auto single = behaviour(trials), pooled = behaviour(pooled_by_load(trials));
    REQUIRE(single.size() == 3);
    CHECK(single[1].change_probability == 0.7);
    REQUIRE(pooled.size() == 2);
    CHECK(pooled[0].load == 5);
    CHECK(pooled[0].n == 2);
    CHECK(pooled[0].hits == 1);
    CHECK(std::isnan(pooled[0].change_probability));
    CHECK(pooled[1].load == 2);
}
