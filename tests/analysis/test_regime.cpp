/// Regimes of made trains: independent or with a rate in common, clocks with phases of their own or
/// locked.
#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <random>

#include "analysis/angle.hpp"
#include "analysis/regime.hpp"
#include "analysis/statistics.hpp"

namespace lamina::analysis {
namespace {

constexpr std::int64_t n_steps = 100000; // 10 s of 0.1 ms: 20 000 bins of 0.5 ms

/// Poisson trains of one rate (Hz) over time (s).
SpikeTrains poisson(std::uint32_t n, const std::function<double(double)>& rate_Hz) {
    std::mt19937_64 bits(11);
    SpikeTrains trains{n, n_steps, 0.1, {}, {}};
    for (std::int64_t step = 0; step < n_steps; ++step) {
        const double p = rate_Hz(double(step) * 1e-4) * 1e-4;
        for (std::uint32_t i = 0; i < n; ++i)
            if (double(bits() >> 11) * 0x1p-53 < p)
                trains.step.push_back(step), trains.neuron.push_back(i);
    }
    return trains;
}

/// Clocks of one period, each at a phase of its own or all at the same.
SpikeTrains clocks(std::uint32_t n, std::int64_t period, bool locked) {
    std::mt19937_64 bits(5);
    std::vector<std::int64_t> phase;
    for (std::uint32_t i = 0; i < n; ++i)
        phase.push_back(locked ? 3 : std::int64_t(bits() % std::uint64_t(period)));
    SpikeTrains trains{n, n_steps, 0.1, {}, {}};
    for (std::int64_t step = 0; step < n_steps; ++step)
        for (std::uint32_t i = 0; i < n; ++i)
            if (step % period == phase[i]) trains.step.push_back(step), trains.neuron.push_back(i);
    return trains;
}

Regime regime_of(const SpikeTrains& trains) {
    return regime_of(modulation(trains, 0.5), mean(finite(interval_cv(trains))));
}

Oscillation oscillation_of(const SpikeTrains& trains) {
    return oscillation(welch(population_rate_Hz(trains, 1), 1, 512), 4);
}

} // namespace

TEST_CASE("independent Poisson trains are asynchronous and irregular, however many") {
    // null: nothing is shared; 100 and 40 000 pairs by chance, so that the square scatters by 0.1
    // and 0.005. 4 standard errors are exceeded once in 3000 seeds
    for (const std::uint32_t n : {20u, 400u}) {
        INFO(n);
        const SpikeTrains trains = poisson(n, [](double) { return 10; });
        const Modulation m = modulation(trains, 0.5);
        CHECK(m.pairs == Approx(n == 20 ? 100 : 40000).epsilon(0.05));
        CHECK(std::fabs(m.squared) < 4 * m.standard_error());
        CHECK(regime_of(trains).words() == "asynchronous irregular");
        // the highest of 255 bins over their median: each is the mean of some 20 independent
        // exponentials, and even one in 10^6 such bins stays below 3
        CHECK(oscillation_of(trains).strength < 3);
    }
}

TEST_CASE("spikes that each neuron fires in pairs are no synchrony") {
    // null: as above, but a coincidence of two neurons is four pairs of spikes at once, so that the
    // square scatters by twice the error that it states. Were the variance of a Poisson process
    // taken off in place of the trains' own, it would be 10 and 0.5
    for (const std::uint32_t n : {20u, 400u}) {
        INFO(n);
        SpikeTrains pairs{n, n_steps, 0.1, {}, {}};
        const SpikeTrains trains = poisson(n, [](double) { return 5; });
        for (std::size_t i = 0; i < trains.step.size(); ++i)
            for (const std::int64_t k : {0, 1}) { // in the same 5 steps
                pairs.step.push_back(trains.step[i] / 5 * 5 + k);
                pairs.neuron.push_back(trains.neuron[i]);
            }
        const Modulation m = modulation(pairs, 0.5);
        CHECK(std::fabs(m.squared) < 4 * 2 * m.standard_error());
        CHECK(regime_of(m, 1).synchronous == Answer::no);
    }
}

TEST_CASE("a rate in common is the modulation, however many neurons and spikes") {
    // on for half of 20 ms, off for the other: the rate has a CV of 1. Its square scatters by some
    // 0.03 for the fewest spikes (5000 pairs, and what 500 cycles differ by), its root by 1.5 %
    const auto on_and_off = [](double mean_Hz) {
        return [=](double t) { return std::fmod(t, 0.02) < 0.01 ? 2 * mean_Hz : 0; };
    };
    for (const auto& [n, rate_Hz] : {std::pair{50u, 20.0}, {100u, 40.0}, {400u, 40.0}}) {
        INFO(n << " neurons, " << rate_Hz << " Hz");
        const SpikeTrains trains = poisson(n, on_and_off(rate_Hz));
        CHECK(modulation(trains, 0.5).depth() == Approx(1).epsilon(0.06));
        CHECK(regime_of(trains).words() == "synchronous irregular");
        CHECK(oscillation_of(trains).frequency_Hz == Approx(50).margin(2)); // a bin of the spectrum
        CHECK(oscillation_of(trains).strength > 10);
    }
    // 1 + a cos has a / sqrt(2), which a bin of 0.5 ms lowers by 0.1 % at 50 Hz; it is seen, and
    // called synchronous when it is deeper than a = 1
    const SpikeTrains shallow =
        poisson(400, [](double t) { return 40 * (1 + 0.5 * std::cos(2 * pi * 50 * t)); });
    CHECK(modulation(shallow, 0.5).depth() == Approx(0.5 * std::sqrt(0.5)).epsilon(0.06));
    CHECK(regime_of(shallow).words() == "asynchronous irregular");
    CHECK(oscillation_of(shallow).frequency_Hz == Approx(50).margin(2));
}

TEST_CASE("clocks are regular: asynchronous with phases of their own, synchronous when locked") {
    const std::uint32_t n = 400;
    const std::int64_t period = 200; // 20 ms
    // splayed: 10 neurons in each of 40 bins, give or take 3.2. The variance over the bins is that
    // of 39 degrees of freedom, so the square is 0 with an SE of sqrt(2 / 39) / 10 = 0.023
    const SpikeTrains splayed = clocks(n, period, false);
    CHECK(std::fabs(modulation(splayed, 0.5).squared) < 4 * 0.023);
    CHECK(regime_of(splayed).words() == "asynchronous regular");

    // locked: all spikes in one bin of 40
    const SpikeTrains locked = clocks(n, period, true);
    CHECK(modulation(locked, 0.5).squared == Approx((1 - 1.0 / n) * 39).epsilon(1e-3));
    CHECK(regime_of(locked).words() == "synchronous regular");
    CHECK(oscillation_of(locked).frequency_Hz == Approx(50).margin(2)); // and no multiple of it
}

TEST_CASE("an oscillation is the highest point above slow drift, over the median") {
    const Spectrum drifts{{0, 2, 4, 6, 8, 10, 12}, {9, 8, 1, 2, 5, 2, 1}};
    CHECK(oscillation(drifts, 4).frequency_Hz == 8);
    CHECK(oscillation(drifts, 4).strength == 2.5); // 5 over the median of 1, 2, 5, 2, 1
    CHECK(std::isnan(oscillation(drifts, 14).strength));
}

TEST_CASE("chance is no synchrony, and silence no regime") {
    // 30 neurons at 0.5 Hz meet in one bin once or twice in 10 s: nothing is said
    const SpikeTrains few = poisson(30, [](double) { return 0.5; });
    CHECK(modulation(few, 0.5).pairs < 3);
    CHECK(regime_of(few).synchronous == Answer::unknown);
    CHECK(regime_of(modulation(few, 0.5), std::nan("")).words() == "too few spikes");
    // deep enough by chance alone, and beyond chance
    CHECK(regime_of(Modulation{0.8, 20}, 1).synchronous == Answer::no);
    CHECK(regime_of(Modulation{0.8, 5000}, 1).synchronous == Answer::yes);
    CHECK(regime_of(Modulation{0.8, 5000}, std::nan("")).words() == "synchronous");
    // a coefficient of variation of 1 / 4, a sinusoid that just reaches silence, ten coincidences
    CHECK(regime_of(Modulation{0.49, 5000}, 0.24).words() == "asynchronous regular");
    CHECK(regime_of(Modulation{0.51, 5000}, 0.26).words() == "synchronous irregular");
    CHECK(regime_of(Modulation{9, 9.9}, std::nan("")).words() == "too few spikes");
    CHECK(regime_of(Modulation{9, 10}, std::nan("")).words() == "synchronous");

    const SpikeTrains silent{10, n_steps, 0.1, {}, {}};
    CHECK(std::isnan(modulation(silent, 0.5).squared));
    CHECK(regime_of(silent).words() == "too few spikes");
    CHECK(std::isnan(oscillation_of(silent).strength));
}

} // namespace lamina::analysis
