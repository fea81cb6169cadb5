#include <catch2/catch.hpp>

#include <cmath>
#include <random>

#include "analysis/spikes.hpp"
#include "analysis/statistics.hpp"

namespace lamina::analysis {
namespace {

/// Independent trains with one chance of a spike per step; `common` more, shared by all neurons.
SpikeTrains bernoulli(std::uint32_t n, std::int64_t n_steps, double p, double common = 0) {
    std::mt19937_64 bits(7);
    const auto chance = [&](double q) { return double(bits() >> 11) * 0x1p-53 < q; };
    SpikeTrains trains{n, n_steps, 0.1, {}, {}};
    for (std::int64_t step = 0; step < n_steps; ++step) {
        const bool all = chance(common);
        for (std::uint32_t i = 0; i < n; ++i)
            if (all || chance(p)) trains.step.push_back(step), trains.neuron.push_back(i);
    }
    return trains;
}

} // namespace

TEST_CASE("rates and intervals of trains written by hand") {
    // neuron 0 every 10 steps; neuron 1 with intervals 5, 15, 5, 15, ...; neuron 2 silent
    SpikeTrains trains{3, 2000, 0.1, {}, {}};
    for (std::int64_t step = 0; step < 2000; ++step) {
        if (step % 10 == 0) trains.step.push_back(step), trains.neuron.push_back(0);
        if (step % 20 == 0 || step % 20 == 5)
            trains.step.push_back(step), trains.neuron.push_back(1);
    }
    CHECK(neuron_rates_Hz(trains) == std::vector<double>{1000, 1000, 0});
    const auto cv = interval_cv(trains);
    CHECK(cv[0] == 0);
    CHECK(cv[1] == Approx(0.5).epsilon(0.01)); // SD 5, mean 10
    CHECK(std::isnan(cv[2]));
    CHECK(std::isnan(interval_cv(trains, 1000)[0]));
    const auto rate = population_rate_Hz(trains, 100);
    REQUIRE(rate.size() == 2);
    for (const double r : rate) CHECK(r == Approx(2000.0 / 3));
}

TEST_CASE("independent trains: irregular, not synchronous, not correlated") {
    const SpikeTrains trains = bernoulli(100, 100000, 1e-3); // 10 Hz, 10 s
    CHECK(mean(finite(interval_cv(trains))) == Approx(1).margin(0.03));
    // variance over mean of 3333 bins: its SE is sqrt(2 / 3333) = 0.024
    CHECK(synchrony(trains, 3, 100) == Approx(1).margin(0.1));
    const auto r = count_correlations(trains, 2, 100);
    CHECK(r.size() == 100 * 99 / 2);
    CHECK(std::fabs(mean(r)) < 5e-3);
    CHECK(standard_deviation(r) == Approx(1 / std::sqrt(5000.0)).epsilon(0.1));
}

TEST_CASE("a common source shows in synchrony and correlation as its share says") {
    const double p = 5e-4, common = 5e-4;
    const SpikeTrains trains = bernoulli(50, 400000, p, common);
    // counts of a 2 ms bin: common and own parts of equal variance, so r = 1/2
    CHECK(mean(count_correlations(trains, 2, 50)) == Approx(common / (p + common)).margin(0.03));
    // population counts: own n p, common n^2 p
    const double expected = (50 * p + 50.0 * 50 * common) / (50 * (p + common));
    CHECK(synchrony(trains, 3, 50) == Approx(expected).epsilon(0.1));
}

TEST_CASE("the distance of Kolmogorov and Smirnov") {
    CHECK(kolmogorov_smirnov({1, 2, 3, 4}, {1, 2, 3, 4}) == 0);
    CHECK(kolmogorov_smirnov({1, 2}, {3, 4}) == 1);
    CHECK(kolmogorov_smirnov({1, 2, 3, 4}, {3, 4, 5, 6}) == Approx(0.5));
    CHECK(kolmogorov_smirnov({1, 1, 1, 2}, {1, 2, 2, 2}) == Approx(0.5));
    CHECK(std::isnan(kolmogorov_smirnov({}, {1})));
}

} // namespace lamina::analysis
