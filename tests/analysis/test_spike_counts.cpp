/// Fano factor, noise correlation and decoding over time, against closed forms.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/spike_counts.hpp"
#include "analysis/spikes.hpp"
#include "analysis/statistics.hpp"
#include "kernels/philox.hpp"

using namespace lamina;
using namespace lamina::analysis;

namespace {

/// A uniform number in (0, 1) of its own for each item and step.
double uniform_of(std::uint32_t item, std::uint64_t step) {
    return uniform(philox(5, 0, Stream::laboratory, item, step, 0), 0);
}

/// A Poisson count by products of uniform numbers.
double poisson_draw(double mean, std::uint32_t item, std::uint64_t step) {
    double n = 0, product = uniform_of(item, step * 64);
    for (const double least = std::exp(-mean); product > least; ++n)
        product *= uniform_of(item, step * 64 + std::uint64_t(n) + 1);
    return n;
}

/// Groups of four trials, each group with a mean of its own.
RepeatedCounts poisson_counts(std::size_t n_groups, std::size_t n_units) {
    RepeatedCounts data;
    data.n_units = n_units;
    for (std::size_t t = 0; t < 4 * n_groups; ++t) {
        data.group.push_back(std::int64_t(t / 4));
        for (std::size_t u = 0; u < n_units; ++u)
            data.counts.push_back(
                poisson_draw(1 + double(t / 4 % 5) + double(u % 3), std::uint32_t(u), t));
    }
    return data;
}

} // namespace

TEST_CASE("Fano factors by hand: within groups, of those with a repetition") {
    RepeatedCounts data;
    data.n_units = 2;
    data.group = {0, 0, 1, 1, 2, -1};
    // unit 0: deviations +-1 about 3 and +-2 about 6; unit 1 is silent
    data.counts = {2, 0, 4, 0, 4, 0, 8, 0, 100, 7, 50, 7};
    const auto factors = fano_factors(data);
    CHECK(factors[0] == Approx((2.0 + 8) / (3 + 6)));
    CHECK(std::isnan(factors[1]));
    data.group = {0, 1, 2, 3, 4, 5};
    CHECK(std::isnan(fano_factors(data)[0]));
}

TEST_CASE("Poisson counts: Fano factor 1 and noise correlation 0, whatever their means") {
    const RepeatedCounts data = poisson_counts(100, 40);
    // 300 deviations each: the SD of a unit's factor is sqrt(2 / 300), of the mean of 40 a sixth
    const double sd = std::sqrt(2.0 / 300 / 40);
    CHECK(std::fabs(mean(fano_factors(data)) - 1) < 4 * sd);
    // 780 pairs, each with SD 1 / sqrt(300)
    CHECK(std::fabs(noise_correlation(data)) < 4 / std::sqrt(300.0 * 780));
    // without its groups the means differ as well
    RepeatedCounts pooled = data;
    pooled.group.assign(pooled.group.size(), 0);
    CHECK(mean(fano_factors(pooled)) > 1.2);
    CHECK(noise_correlation(pooled) > 0.1);
}

TEST_CASE("counts that are doubled have twice the Fano factor; a part that is shared correlates by "
          "its share of the variance") {
    RepeatedCounts data = poisson_counts(100, 20), doubled = data;
    for (double& n : doubled.counts) n *= 2;
    CHECK(mean(fano_factors(doubled)) == Approx(2 * mean(fano_factors(data))));
    CHECK(noise_correlation(doubled) == Approx(noise_correlation(data)));
    // private and shared part of variance 3 each
    for (std::size_t t = 0; t < data.group.size(); ++t) {
        const double shared = poisson_draw(3, 99, t);
        for (std::size_t u = 0; u < 20; ++u)
            data.counts[t * 20 + u] = poisson_draw(3, std::uint32_t(u), 1000 + t) + shared;
    }
    CHECK(noise_correlation(data) == Approx(0.5).margin(0.06));
    // two that mirror each other, and too few deviations to say anything
    RepeatedCounts mirrored{2, {1, 3, 3, 1, 2, 2, 4, 0}, {0, 0, 0, 0}};
    CHECK(noise_correlation(mirrored) == Approx(-1));
    mirrored.group = {0, 0, 1, 1};
    CHECK(std::isnan(noise_correlation(mirrored)));
}

namespace {

/// Three classes of `n_each` trials: unit c fires for class c at the times that `on` says.
template <class On> TimedCounts coded(std::size_t n_times, std::size_t n_units, On on) {
    TimedCounts data;
    data.n_times = n_times, data.n_units = n_units;
    for (std::size_t t = 0; t < 30; ++t) {
        data.label.push_back(std::int64_t(10 + t % 3));
        for (std::size_t time = 0; time < n_times; ++time)
            for (std::size_t u = 0; u < n_units; ++u)
                data.counts.push_back(
                    float(on(t % 3, time, u) + poisson_draw(0.5, std::uint32_t(u), 97 * t + time)));
    }
    return data;
}

} // namespace

TEST_CASE("one code that lasts is told at every time by a decoder of any other") {
    const auto decoding = cross_temporal_decoding(
        coded(4, 3, [](std::size_t c, std::size_t, std::size_t u) { return u == c ? 9.0 : 0; }));
    REQUIRE(decoding.accuracy.size() == 16);
    CHECK(decoding.n_classes == 3);
    CHECK(decoding.n_trials == 30);
    for (const double share : decoding.accuracy) CHECK(share == Approx(1));
    CHECK(persistence_index(decoding, 0, 4) == Approx(1));
    CHECK(std::isnan(persistence_index(decoding, 2, 3)));
    CHECK(std::isnan(persistence_index(decoding, 2, 5)));
}

TEST_CASE("a code that moves from units to units is told by the decoder of its time alone") {
    const auto decoding =
        cross_temporal_decoding(coded(4, 12, [](std::size_t c, std::size_t time, std::size_t u) {
            return u == 3 * time + c ? 9.0 : 0;
        }));
    for (std::size_t train = 0; train < 4; ++train)
        for (std::size_t test = 0; test < 4; ++test) {
            const double share = decoding.accuracy[train * 4 + test];
            // at chance the SD of 30 trials is 0.086
            if (train == test)
                CHECK(share >= 0.9); // of twelve units, nine are noise
            else
                CHECK(share == Approx(1.0 / 3).margin(4 * 0.086));
        }
    CHECK(std::fabs(persistence_index(decoding, 0, 4)) < 0.3);
    // classes that swap their units are told wrong by each other's decoders
    const auto swapped =
        cross_temporal_decoding(coded(2, 3, [](std::size_t c, std::size_t time, std::size_t u) {
            return u == (c + time) % 3 ? 9.0 : 0;
        }));
    CHECK(swapped.accuracy[0] == Approx(1));
    CHECK(swapped.accuracy[1] == Approx(0));
    CHECK(persistence_index(swapped, 0, 2) == Approx(-0.5));
}

TEST_CASE("nothing to tell: chance on and off the diagonal, exactly where nothing fires") {
    const auto noise = cross_temporal_decoding(
        coded(3, 6, [](std::size_t, std::size_t, std::size_t) { return 0.0; }));
    for (const double share : noise.accuracy) CHECK(share == Approx(1.0 / 3).margin(4 * 0.086));
    CHECK(std::isnan(persistence_index(noise, 0, 3)));
    TimedCounts silent = coded(2, 4, [](std::size_t, std::size_t, std::size_t) { return 0.0; });
    std::fill(silent.counts.begin(), silent.counts.end(), 3.f);
    const auto none = cross_temporal_decoding(silent);
    for (const double share : none.accuracy) CHECK(share == Approx(1.0 / 3));
    // classes without a second trial are none
    silent.label.assign(30, -1);
    silent.label[0] = silent.label[1] = 4, silent.label[2] = 5;
    CHECK(cross_temporal_decoding(silent).accuracy.empty());
    CHECK(std::isnan(persistence_index(cross_temporal_decoding(silent), 0, 2)));
}

TEST_CASE("CV of intervals from their sums: 0 for a clock, SD over mean otherwise") {
    CHECK(interval_cv(12, 60, 300, 10) == Approx(0).margin(1e-12)); // 12 of 5
    CHECK(interval_cv(10, 20, 50, 10) == Approx(0.5));              // five of 1, five of 3
    CHECK(std::isnan(interval_cv(9, 20, 50, 10)));
}
