#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "analysis/rsa/model_comparison.hpp"
#include "kernels/normal.hpp"

using namespace lamina::analysis;

namespace {

/// Gaussian numbers of a fixed seed, for tests only.
std::vector<double> gaussian(std::size_t n, unsigned seed) {
    std::vector<double> values(n);
    normal_row(seed, 0, lamina::Stream::laboratory, 0, values.data(), n);
    return values;
}

Patterns gaussian_patterns(std::size_t n_stimuli, std::size_t n_channels, unsigned seed) {
    return {n_stimuli, n_channels, gaussian(n_stimuli * n_channels, seed)};
}

/// The pairs of a bootstrap sample written out: value (i, j) as often as it counts.
Rdm written_out(const Rdm& rdm, const PairCounts& counts) {
    Rdm all;
    for (std::size_t pair = 0; pair < rdm.size(); ++pair)
        for (int k = 0; k < int(counts[pair]); ++k) all.push_back(rdm[pair]);
    return all;
}

double tau_a_by_definition(const Rdm& a, const Rdm& b) {
    double sum = 0;
    const auto sign = [](double x) { return (x > 0) - (x < 0); };
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = i + 1; j < a.size(); ++j) sum += sign(a[i] - a[j]) * sign(b[i] - b[j]);
    return sum / double(a.size() * (a.size() - 1) / 2);
}

} // namespace

TEST_CASE(
    "RDMs have the distances of their definitions, pairs in the order of the upper triangle") {
    const Patterns patterns{3, 2, {0, 0, 3, 4, 6, 8}};
    CHECK(squared_euclidean(patterns) == Rdm{25, 100, 25});
    const Patterns lines{4, 3, {1, 2, 3, 2, 4, 6, 3, 2, 1, 1, 0, 1}};
    const Rdm r = correlation_distance(lines);
    CHECK(std::fabs(r[0]) < 1e-15);     // (0,1): the same direction
    CHECK(std::fabs(r[1] - 2) < 1e-15); // (0,2): the opposite
    CHECK(std::fabs(r[2] - 1) < 1e-15); // (0,3): neither
    CHECK(n_stimuli_of(4186) == 92);
    CHECK(n_stimuli_of(4187) == 0);
    CHECK(n_stimuli_of(1) == 2);
    CHECK(n_stimuli_of(0) == 0);
}

TEST_CASE("crossnobis is unbiased where a Mahalanobis distance is not, and has the true distance") {
    // two stimuli alike, one away by delta in every channel; noise correlated by 0.5
    constexpr std::size_t n_channels = 8, n_folds = 6;
    constexpr double delta = 0.7, shared = 0.5;
    double alike = 0, apart = 0, single = 0;
    constexpr int n_draws = 400;
    std::vector<double> covariance(n_channels * n_channels, shared);
    for (std::size_t a = 0; a < n_channels; ++a) covariance[a * n_channels + a] = 1;
    std::vector<double> each;
    for (int draw = 0; draw < n_draws; ++draw) {
        std::vector<Patterns> folds;
        for (std::size_t fold = 0; fold < n_folds; ++fold) {
            Patterns p = gaussian_patterns(3, n_channels, 1000u * unsigned(draw) + unsigned(fold));
            const std::vector<double> common = gaussian(3, 7777u * unsigned(draw) + unsigned(fold));
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t k = 0; k < n_channels; ++k) {
                    double& x = p.values[i * n_channels + k];
                    x = std::sqrt(1 - shared) * x + std::sqrt(shared) * common[i];
                    if (i == 2) x += delta;
                }
            folds.push_back(whitened(p, covariance));
        }
        const Rdm d = crossnobis(folds);
        alike += d[0] / n_draws, apart += d[1] / n_draws;
        single += squared_euclidean(folds[0])[0] / double(n_channels) / n_draws;
        each.push_back(d[0]);
    }
    // delta^2 1' C^-1 1 / P with C = (1 - c) I + c 1 1': 1' C^-1 1 = P / (1 - c + c P)
    const double truth = delta * delta / (1 - shared + shared * n_channels);
    const double error = standard_deviation(each) / std::sqrt(double(n_draws));
    CHECK(std::fabs(alike) < 5 * error);
    CHECK(std::fabs(apart - truth) < 10 * error);
    CHECK(single > 1.8); // noise alone: 2
    CHECK(*std::min_element(each.begin(), each.end()) < 0);
    CHECK_THROWS_AS(crossnobis({gaussian_patterns(3, 2, 1)}), std::invalid_argument);
}

TEST_CASE(
    "a whitened pattern has the Mahalanobis distance; shrinkage keeps variances and inverts") {
    const Patterns pair{2, 2, {0, 0, 1, 2}};
    const std::vector<double> covariance = {2, 1, 1, 3};
    // (1, 2) C^-1 (1, 2)' with C^-1 = (3, -1; -1, 2) / 5
    CHECK(std::fabs(squared_euclidean(whitened(pair, covariance))[0] - 7.0 / 5) < 1e-14);
    CHECK_THROWS_AS(whitened(pair, {1, 2, 2, 1}), std::invalid_argument);

    // fewer samples than channels: the plain covariance is singular
    const Patterns few = gaussian_patterns(6, 20, 5);
    const std::vector<double> shrunk = shrunk_covariance(few);
    for (std::size_t a = 0; a < 20; ++a) {
        double variance = 0;
        for (std::size_t k = 0; k < 6; ++k) variance += few.of(k)[a] * few.of(k)[a] / 5;
        CHECK(std::fabs(shrunk[a * 20 + a] - variance) < 1e-12);
    }
    CHECK_NOTHROW(whitened(few, shrunk));
    // many samples of channels that do correlate: hardly shrunk
    Patterns many = gaussian_patterns(20000, 2, 6);
    for (std::size_t k = 0; k < many.n_stimuli; ++k)
        many.values[2 * k + 1] = 0.6 * many.values[2 * k] + 0.8 * many.values[2 * k + 1];
    CHECK(std::fabs(shrunk_covariance(many)[1] - 0.6) < 5 / std::sqrt(20000.0));
    CHECK_THROWS_AS(shrunk_covariance({3, 1, {0, 0, 0}}), std::invalid_argument);
    CHECK_THROWS_AS(shrunk_covariance({2, 1, {1, -1}}), std::invalid_argument);
}

TEST_CASE("likeness of RDMs: ranks with ties, tau_a by its definition, the cosine") {
    const Rdm a = {1, 2, 2, 4, 5, 0}, b = {0, 2, 1, 2, 7, 1};
    // ranks of a 2 3.5 3.5 5 6 1, of b 1 4.5 2.5 4.5 6 2.5: rho = 14 / sqrt(17 16.5)
    CHECK(std::fabs(compare(RdmMeasure::spearman, a, b) - 14 / std::sqrt(17 * 16.5)) < 1e-15);
    CHECK(std::fabs(compare(RdmMeasure::spearman, a, b) - spearman(a, b).value) < 1e-15);
    CHECK(std::fabs(compare(RdmMeasure::kendall_tau_a, a, b) - 10.0 / 15) < 1e-15);
    CHECK(std::fabs(compare(RdmMeasure::cosine, a, b) - 49 / std::sqrt(50 * 59)) < 1e-15);
    for (const RdmMeasure measure : {RdmMeasure::spearman, RdmMeasure::cosine})
        CHECK(std::fabs(compare(measure, a, a) - 1) < 1e-15);
    CHECK(std::fabs(compare(RdmMeasure::kendall_tau_a, a, a) - 14.0 / 15) < 1e-15); // one tie
    CHECK(std::isnan(compare(RdmMeasure::spearman, {1, 1, 1}, {1, 2, 3})));

    // random, with many ties
    for (unsigned seed = 1; seed <= 20; ++seed) {
        Rdm x = gaussian(78, seed), y = gaussian(78, 100 + seed);
        for (double& v : x) v = std::round(2 * v);
        for (double& v : y) v = std::round(3 * v);
        CHECK(std::fabs(compare(RdmMeasure::kendall_tau_a, x, y) - tau_a_by_definition(x, y)) <
              1e-14);
    }
}

TEST_CASE("a bootstrap sample by counts is the sample written out") {
    const std::vector<double> drawn = {0, 3, 1, 2, 0, 1, 4, 0, 1, 1};
    const PairCounts counts = pair_counts(drawn);
    CHECK(std::accumulate(counts.begin(), counts.end(), 0.0) == (13 * 13 - 33) / 2.0);
    Rdm x = gaussian(45, 1), y = gaussian(45, 2);
    for (double& v : x) v = std::round(2 * v) + 10;
    const Rdm xs = written_out(x, counts), ys = written_out(y, counts);
    for (const RdmMeasure measure :
         {RdmMeasure::spearman, RdmMeasure::kendall_tau_a, RdmMeasure::cosine})
        CHECK(std::fabs(compare(measure, ComparableRdm(x), ComparableRdm(y), counts) -
                        compare(measure, xs, ys)) < 1e-14);
    // pooling too: cosine over the sample's root mean square
    const Rdm pool =
        pooled(RdmMeasure::spearman, {ComparableRdm(x), ComparableRdm(y)}, {2, 1}, counts);
    const Rdm rx = average_ranks(xs), ry = average_ranks(ys);
    const Rdm expected = written_out(pool, counts);
    for (std::size_t k = 0; k < expected.size(); ++k)
        CHECK(std::fabs(expected[k] - (2 * rx[k] + ry[k]) / 3) < 1e-12);
}

TEST_CASE("the noise ceiling encloses the true model; people alike leave no gap") {
    // everybody sees the truth with noise of the same size
    const Rdm truth = squared_euclidean(gaussian_patterns(30, 5, 9));
    std::vector<ComparableRdm> rdms;
    std::vector<int> subject;
    for (int k = 0; k < 12; ++k) {
        Rdm seen = truth;
        const Rdm noise = gaussian(truth.size(), 50u + unsigned(k));
        for (std::size_t pair = 0; pair < seen.size(); ++pair) seen[pair] += 5 * noise[pair];
        rdms.emplace_back(seen);
        subject.push_back(k / 2);
    }
    const MeasuredRdms measured{rdms, subject};
    for (const RdmMeasure measure : {RdmMeasure::spearman, RdmMeasure::cosine}) {
        const NoiseCeiling one = noise_ceiling(measure, measured, false),
                           two = noise_ceiling(measure, measured, true);
        double fit = 0;
        for (const ComparableRdm& rdm : rdms) fit += compare(measure, ComparableRdm(truth), rdm);
        fit /= double(rdms.size());
        CHECK(one.lower < fit);
        CHECK(fit < one.upper);
        CHECK(two.lower < one.lower);
        CHECK(two.upper == one.upper);
    }
    const NoiseCeiling alike =
        noise_ceiling(RdmMeasure::spearman, {{rdms[0], rdms[0], rdms[0]}, {0, 1, 2}}, false);
    CHECK(std::fabs(alike.lower - 1) < 1e-14);
    CHECK(std::fabs(alike.upper - 1) < 1e-14);
    CHECK(std::isnan(noise_ceiling(RdmMeasure::spearman, {{rdms[0]}, {0}}, false).lower));
}

TEST_CASE("models: fits, both sources of their intervals, and what tells them apart") {
    const Rdm truth = squared_euclidean(gaussian_patterns(24, 5, 3));
    std::vector<ComparableRdm> rdms;
    for (unsigned k = 0; k < 8; ++k) {
        Rdm seen = truth;
        const Rdm noise = gaussian(truth.size(), 70 + k);
        for (std::size_t pair = 0; pair < seen.size(); ++pair)
            seen[pair] = (0.1 + 0.4 * k) * seen[pair] + 4 * noise[pair]; // people who differ
        rdms.emplace_back(seen);
    }
    const MeasuredRdms measured{rdms, {0, 1, 2, 3, 4, 5, 6, 7}};
    const std::vector<ModelRdm> models = {
        {"truth", truth}, {"chance", gaussian(truth.size(), 4)}, {"again", truth}};
    const ModelComparison found =
        compare_models(RdmMeasure::spearman, models, measured, {0.95, 1000});
    REQUIRE(found.models.size() == 3);
    const ModelFit &good = found.models[0], &chance = found.models[1];
    double mean = 0;
    for (const ComparableRdm& rdm : rdms)
        mean += compare(RdmMeasure::spearman, ComparableRdm(truth), rdm) / 8;
    CHECK(std::fabs(good.mean.value - mean) < 1e-14);
    CHECK(std::fabs(good.pooled.value - compare(RdmMeasure::spearman, truth,
                                                pooled(RdmMeasure::spearman, rdms))) < 1e-14);
    CHECK(good.p < 0.01);
    CHECK(chance.p > 0.05);
    CHECK(good.mean.low < good.mean.value);
    CHECK(good.mean.value < good.mean.high);
    // either factor alone is less than both
    CHECK(good.mean_subjects.high - good.mean_subjects.low < good.mean.high - good.mean.low);
    CHECK(good.mean_stimuli.high - good.mean_stimuli.low < good.mean.high - good.mean.low);
    REQUIRE(found.differences.size() == 3);
    CHECK(found.differences[0].p_mean < 0.01);
    CHECK(found.differences[1].mean.value == 0); // truth and again
    CHECK(found.differences[1].p_mean == 1);
    // the same model by tau_a is a slower way to the same order
    const ModelComparison tau =
        compare_models(RdmMeasure::kendall_tau_a, models, measured, {0.95, 20});
    CHECK(tau.models[0].mean.value > tau.models[1].mean.value + 0.2);

    // asked to stop, it draws no sample of a billion
    const std::atomic<bool> stop{true};
    const ModelComparison stopped =
        compare_models(RdmMeasure::spearman, models, measured, {0.95, 1'000'000'000}, &stop);
    CHECK(stopped.models[0].mean.value == good.mean.value);
    CHECK(std::isnan(stopped.models[0].mean.low));
}

TEST_CASE("bootstrap intervals of models cover what other stimuli and people would give") {
    // truth, people and stimuli are drawn anew 60 times; the expectation is the mean over draws
    std::vector<double> value, low, high;
    for (unsigned draw = 0; draw < 60; ++draw) {
        const Rdm truth = squared_euclidean(gaussian_patterns(20, 5, 1000 + draw));
        std::vector<ComparableRdm> rdms;
        std::vector<int> subject;
        for (unsigned k = 0; k < 8; ++k) {
            Rdm seen = truth;
            const Rdm noise = gaussian(truth.size(), 5000 + 10 * draw + k);
            for (std::size_t pair = 0; pair < seen.size(); ++pair) seen[pair] += 4 * noise[pair];
            rdms.emplace_back(seen);
            subject.push_back(int(k));
        }
        const ModelComparison found =
            compare_models(RdmMeasure::spearman, {{"truth", truth}}, {rdms, subject}, {0.95, 200});
        value.push_back(found.models[0].mean.value);
        low.push_back(found.models[0].mean.low);
        high.push_back(found.models[0].mean.high);
    }
    const double expected = mean(value);
    int covered = 0;
    for (std::size_t k = 0; k < value.size(); ++k)
        covered += low[k] <= expected && expected <= high[k];
    // 57 of 60 at 95 %; fewer than 51 would happen once in 120 at that coverage
    CHECK(covered >= 51);
}

TEST_CASE("Holm's correction of a textbook's p values") {
    const std::vector<double> corrected = holm({0.01, 0.04, 0.03, 0.005});
    const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::fabs(corrected[i] - expected[i]) < 1e-15);
    CHECK(holm({0.9, 0.8}) == std::vector<double>{1, 1});
}

TEST_CASE("two RDMs: the interval of their likeness is over stimuli, and itself is 1") {
    const Rdm a = squared_euclidean(gaussian_patterns(15, 4, 1));
    const Estimate same = likeness_of(RdmMeasure::spearman, a, a, {0.95, 50});
    CHECK(std::fabs(same.value - 1) < 1e-14);
    CHECK(std::fabs(same.low - 1) < 1e-14);
    CHECK(same.n == 15);
    const Estimate other = likeness_of(RdmMeasure::spearman, a,
                                       squared_euclidean(gaussian_patterns(15, 4, 2)), {0.95, 200});
    CHECK(other.low < 0);
    CHECK(other.high > 0);
}
