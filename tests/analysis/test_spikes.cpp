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

TEST_CASE("events and bursts of trains written by hand") {
    // an interval of 16 ms is 160 steps; the first and last 16 ms are left out
    SpikeTrains trains{3, 10000, 0.1, {}, {}};
    const std::pair<std::int64_t, std::uint32_t> spikes[] = {
        {100, 1},                        // too early to know what was before
        {200, 1},                        // 10 ms after a spike: no event
        {1000, 0}, {1100, 0}, {1160, 0}, // one burst, however many spikes
        {3000, 0},                       // an event alone
        {5000, 0}, {5160, 0},            // exactly 16 ms: within
        {7000, 0}, {7161, 0},            // longer: two events
        {9900, 1}};                      // too late to see a second spike
    for (const auto& [step, neuron] : spikes)
        trains.step.push_back(step), trains.neuron.push_back(neuron);
    const Bursts found = bursts(trains, 16);
    CHECK(found.events == 5);
    CHECK(found.bursts == 2);
    CHECK(found.probability == Approx(0.4));
    const double seconds = (10000 - 161 - 160) * 1e-4;
    CHECK(found.event_rate_Hz == Approx(5 / (3 * seconds)));
    CHECK(found.burst_rate_Hz == Approx(2 / (3 * seconds)));

    // the first step whose silence was seen, and the last whose second spike would be
    trains.step = {160, 161, 9839, 9840}, trains.neuron = {0, 1, 1, 2};
    CHECK(bursts(trains, 16).events == 2);
    CHECK(std::isnan(bursts(SpikeTrains{1, 300, 0.1, {100}, {0}}, 16).event_rate_Hz));
    CHECK(std::isnan(bursts(SpikeTrains{1, 1000, 0.1, {}, {}}, 16).probability));
    CHECK(bursts(SpikeTrains{1, 1000, 0.1, {}, {}}, 16).event_rate_Hz == 0);
    // 0.3 ms over 0.1 ms lies just below 3 steps, and holds them
    CHECK(bursts(SpikeTrains{1, 1000, 0.1, {500, 503}, {0, 0}}, 0.3).bursts == 1);
    CHECK(bursts(SpikeTrains{1, 1000, 0.1, {500, 504}, {0, 0}}, 0.3).bursts == 0);
}

TEST_CASE("independent trains burst by chance alone") {
    const double p = 1e-3; // a spike per step, 10 Hz
    const Bursts found = bursts(bernoulli(100, 100000, p), 16);
    // null: geometric intervals. Some 8500 events: the share has an SE of 0.0038, and 4 of them are
    // exceeded once in 16 000 seeds
    CHECK(found.probability == Approx(1 - std::pow(1 - p, 160)).margin(4 * 0.0038));
    // events are nearly Poisson, SE 1 / sqrt(8500) of their rate
    CHECK(found.event_rate_Hz ==
          Approx(1e4 * p * std::pow(1 - p, 160)).epsilon(4 / std::sqrt(8500.0)));
}

TEST_CASE("the rate of a window counts its own steps") {
    const SpikeTrains trains{2, 1000, 0.1, {0, 99, 100, 199, 200}, {0, 1, 0, 1, 0}};
    CHECK(rate_within_Hz(trains, 100, 200) == Approx(2 / (2 * 0.01)));
    CHECK(rate_within_Hz(trains, 0, 1000) == Approx(5 / (2 * 0.1)));
    CHECK(rate_within_Hz(trains, 300, 400) == 0);
    CHECK(std::isnan(rate_within_Hz(trains, 5, 5)));
}

TEST_CASE("the distance of Kolmogorov and Smirnov") {
    CHECK(kolmogorov_smirnov({1, 2, 3, 4}, {1, 2, 3, 4}) == 0);
    CHECK(kolmogorov_smirnov({1, 2}, {3, 4}) == 1);
    CHECK(kolmogorov_smirnov({1, 2, 3, 4}, {3, 4, 5, 6}) == Approx(0.5));
    CHECK(kolmogorov_smirnov({1, 1, 1, 2}, {1, 2, 2, 2}) == Approx(0.5));
    CHECK(std::isnan(kolmogorov_smirnov({}, {1})));
}

} // namespace lamina::analysis
