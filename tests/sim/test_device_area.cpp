/// Whole trials through a device's executor: the CPU's numbers, whatever the order of threads.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "models/catalogue.hpp"
#include "sim/area_batch.hpp"
#include "sim/area_layout.hpp"
#include "sim/errors.hpp"
#include "sim/small_areas.hpp"
#include "sim/tested_device.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec seven_columns() {
    AreaSpec spec;
    spec.columns = 7, spec.heads = 2, spec.d_model = 8, spec.d_head = 4;
    return spec;
}

/// Two trials of other lengths, whose inputs change at other steps.
std::vector<Trial> two_trials(const AreaSpec& spec) {
    std::vector<Trial> trials(2);
    for (std::size_t t = 0; t < 2; ++t) {
        trials[t].number = std::int64_t(3 + t);
        trials[t].n_steps = std::int64_t(24 - 3 * t);
        for (const std::size_t segment : {0u, 1u}) {
            trials[t].segments.push_back(
                tokens(spec, 10 * t + segment, spec.attention == Attention::cross));
            trials[t].segments.back().first_step = std::int64_t(segment * (9 + 2 * t));
        }
    }
    return trials;
}

/// [population][sample * number], all populations after every fourth step.
using Samples = std::vector<std::vector<double>>;

void look(const AreaView& area, std::int64_t step, std::int64_t n_steps, Samples& samples) {
    samples.resize(area.populations().size() + 1);
    if (step >= n_steps || (step + 1) % 4 != 0) return;
    for (std::size_t p = 0; p < area.populations().size(); ++p) {
        const PopulationInfo& info = area.populations()[p];
        std::size_t n = info.pair ? 2 : 1;
        for (const int extent : info.shape) n *= std::size_t(extent);
        std::vector<double> sample(n);
        area.read_raw(p, sample.data());
        samples[p].insert(samples[p].end(), sample.begin(), sample.end());
    }
    const std::vector<int>& rows = area.populations()[area.index_of("PV")].shape;
    std::vector<double> pool(std::size_t(rows[0] * rows[1]));
    area.log_normaliser(pool.data());
    for (const double x : pool) samples.back().push_back(std::isfinite(x) ? x : -999);
    area.check_finite(step);
}

/// On the CPU, one trial after the other.
std::vector<Samples> samples_on_cpu(const AreaSpec& spec, const AttentionWeights& weights,
                                    const std::vector<Trial>& trials, bool settled) {
    const auto area = make_area(spec, weights, 5);
    std::vector<Samples> out(trials.size());
    for (std::size_t t = 0; t < trials.size(); ++t) {
        area->reset(5, std::uint32_t(trials[t].number));
        std::size_t due = 0;
        for (std::int64_t step = 0; step < trials[t].n_steps; ++step) {
            if (due < trials[t].segments.size() && trials[t].segments[due].first_step == step)
                area->present(trials[t].segments[due++]);
            if (step == 0 && settled) area->settle_inputs();
            area->advance(step);
            look(*area, step, trials[t].n_steps, out[t]);
        }
    }
    return out;
}

/// All at once, by an emulated device whose threads run in an order that `order` shuffles.
std::vector<Samples> samples_on_device(const AreaSpec& spec, const AttentionWeights& weights,
                                       const std::vector<Trial>& trials, bool settled,
                                       std::uint64_t order) {
    const auto areas = make_area_batch(tested_device(order), spec, weights, int(trials.size()), 5);
    std::vector<std::uint32_t> numbers;
    for (const Trial& trial : trials) numbers.push_back(std::uint32_t(trial.number));
    areas->reset(5, numbers);
    std::vector<Samples> out(trials.size());
    std::vector<std::size_t> due(trials.size());
    for (std::int64_t step = 0; step < trials[0].n_steps; ++step) {
        for (std::size_t t = 0; t < trials.size(); ++t) {
            const auto& segments = trials[t].segments;
            if (due[t] < segments.size() && segments[due[t]].first_step == step)
                areas->present(int(t), segments[due[t]++]);
            if (step == 0 && settled) areas->settle_inputs(int(t));
        }
        areas->advance();
        for (std::size_t t = 0; t < trials.size(); ++t)
            look(areas->area(int(t)), step, trials[t].n_steps, out[t]);
    }
    return out;
}

/// Largest |a - b| per largest |b|; a population at rest, which is 0, must be so on both.
double difference(const std::vector<double>& a, const std::vector<double>& b) {
    const double largest = largest_difference(b, std::vector<double>(b.size()));
    return largest > 0 ? largest_difference(a, b) / largest : largest_difference(a, b);
}

/// Runs trials on the CPU and on devices of two orders, and compares all populations.
void check_samples_like_cpu(const AreaSpec& spec, const std::vector<Trial>& trials,
                            bool settled = false) {
    const AttentionWeights weights = small_weights(spec, 1.5);
    const auto expected = samples_on_cpu(spec, weights, trials, settled);
    const auto here = samples_on_device(spec, weights, trials, settled, 1);
    CHECK((here == samples_on_device(spec, weights, trials, settled, 2)));

    // sums over lanes have another order than sums on the CPU; some 24 steps carry it on
    const double tolerance = spec.precision == Precision::float64 ? 1e-12 : 1e-5;
    for (std::size_t t = 0; t < trials.size(); ++t)
        for (std::size_t p = 0; p < expected[t].size(); ++p) {
            INFO("trial " << t << ", population " << p);
            REQUIRE(here[t][p].size() == expected[t][p].size());
            CHECK(difference(here[t][p], expected[t][p]) <= tolerance);
        }
}
void check_samples_like_cpu(const AreaSpec& spec) {
    check_samples_like_cpu(spec, two_trials(spec));
}

} // namespace

TEST_CASE("a device runs every inhibition as the CPU does") {
    AreaSpec spec = seven_columns();
    spec.precision = GENERATE(Precision::float64, Precision::float32);
    for (const ModelEntry& entry : entries(Inhibitions{})) {
        INFO(entry.name);
        spec.inhibition = entry.name;
        check_samples_like_cpu(spec);
    }
}

TEST_CASE("a device runs every score as the CPU does") {
    AreaSpec spec = seven_columns();
    spec.precision = GENERATE(Precision::float64, Precision::float32);
    spec.score_units = 37, spec.apical_suppression = 0.3, spec.score_gain = 0.8;
    spec.score_threshold = 0.3, spec.score_soma_pA = 80, spec.score_dendrite_pA = 130;
    spec.divisive_n = 2, spec.divisive_sigma_n = 0.5;
    for (const ModelEntry& entry : entries(ScoreMechanisms{}))
        for (const char* inhibition : {"pv_log", "pv_divisive", "none"}) {
            INFO(entry.name << ", " << inhibition);
            spec.score = entry.name, spec.inhibition = inhibition;
            check_samples_like_cpu(spec);
        }
}

TEST_CASE("a device runs norms, the feed-forward layer and pairs as the CPU does") {
    AreaSpec spec = seven_columns();
    spec.precision = GENERATE(Precision::float64, Precision::float32);
    spec.coding = GENERATE(Coding::signed_rates, Coding::opponent);
    spec.d_ff = 11;
    for (const auto& [norm, phi] : {std::pair{Norm::none, Activation::relu},
                                    {Norm::pre, Activation::gelu},
                                    {Norm::post, Activation::gelu_tanh}}) {
        INFO("norm " << int(norm));
        spec.norm = norm, spec.activation = phi;
        check_samples_like_cpu(spec);
    }
}

TEST_CASE("a device closes keys as the CPU does, in each trial its own") {
    AreaSpec spec = seven_columns();
    spec.attention = GENERATE(Attention::self, Attention::causal, Attention::cross);
    spec.inhibition = GENERATE("pv_log", "oracle");
    std::vector<Trial> trials = two_trials(spec);
    // all keys are open at first, but for one trial in the last case; later one trial has none
    trials[0].segments[1].masked = {0, 1, 0, 0, 1, 0, 0};
    if (spec.attention == Attention::cross) trials[1].segments[0].masked = {1, 1, 0, 0, 0, 0, 0};
    trials[1].segments[1].masked = {1, 1, 1, 1, 1, 1, 1};
    check_samples_like_cpu(spec, trials);
}

TEST_CASE("a device lets PV lag and wait as the CPU does") {
    AreaSpec spec = seven_columns();
    const auto [lag_ms, delay_ms] =
        GENERATE(table<double, double>({{1.5, 0.0}, {0.0, 0.3}, {0.0, 0.37}, {1.5, 0.37}}));
    spec.tau.PV_lag_ms = lag_ms, spec.PV_delay_ms = delay_ms;
    check_samples_like_cpu(spec);
}

TEST_CASE("a device imposes each trial's rhythms as the CPU does") {
    AreaSpec spec = seven_columns();
    const auto [norm, coding, jitter_rad] =
        GENERATE(table<Norm, Coding, double>({{Norm::none, Coding::signed_rates, 0.0},
                                              {Norm::none, Coding::opponent, 0.7},
                                              {Norm::pre, Coding::signed_rates, 0.7},
                                              {Norm::pre, Coding::opponent, 0.0}}));
    spec.norm = norm, spec.coding = coding;
    spec.dt_ms = 1, spec.oscillation.imposed = true;
    spec.oscillation.gamma = {true, 120, 1, 0.4, 0.3, jitter_rad};
    spec.oscillation.beta = {false, 70, 0.5, 0.2, 0.5, jitter_rad};
    check_samples_like_cpu(spec);
}

TEST_CASE("a device draws each trial's noise as the CPU does") {
    AreaSpec spec = seven_columns();
    const auto [precision, coding, fine_steps] =
        GENERATE(table<Precision, Coding, int>({{Precision::float64, Coding::signed_rates, 3},
                                                {Precision::float64, Coding::opponent, 1},
                                                {Precision::float32, Coding::opponent, 3}}));
    spec.precision = precision, spec.coding = coding;
    spec.noise = {0.1, 0.2, 0.3, 0.02, 0.1, 0.2, 0.1, 0.3, fine_steps};
    spec.d_ff = 5;
    check_samples_like_cpu(spec);
}

TEST_CASE("a device starts settled trials where the CPU does") {
    AreaSpec spec = seven_columns();
    spec.norm = GENERATE(Norm::none, Norm::pre);
    check_samples_like_cpu(spec, two_trials(spec), true);
}

TEST_CASE("areas that have run trials run others as if they were new") {
    AreaSpec spec = seven_columns();
    spec.tau.PV_lag_ms = 1, spec.PV_delay_ms = 0.3, spec.noise.L4E = 0.2;
    const AttentionWeights weights = small_weights(spec, 1.5);
    const auto areas = make_area_batch(tested_device(3), spec, weights, 2, 5);
    std::vector<Samples> runs[2];
    for (auto& samples : runs) {
        samples.resize(2);
        areas->reset(5, {1, 2});
        for (int t : {0, 1}) areas->present(t, tokens(spec, 10 + std::uint64_t(t)));
        for (std::int64_t step = 0; step < 12; ++step) {
            areas->advance();
            for (int t : {0, 1}) look(areas->area(t), step, 12, samples[std::size_t(t)]);
        }
    }
    CHECK((runs[0] == runs[1]));
}

TEST_CASE("a device runs Dale's circuits as the CPU does") {
    AreaSpec spec = seven_columns();
    spec.precision = GENERATE(Precision::float64, Precision::float32);
    spec.norm = GENERATE(Norm::none, Norm::pre, Norm::post);
    spec.attention = Attention::cross;
    spec.dale = true, spec.dale_balance = 0.9, spec.d_ff = 5;
    spec.noise.L4E = 2, spec.noise.L6E = 2; // some rates reach 0
    spec.oscillation.imposed = spec.norm == Norm::pre;
    check_samples_like_cpu(spec);
}

TEST_CASE("what a device cannot run it refuses") {
    AreaSpec spec = seven_columns();
    CHECK(device_lacks(spec).empty());
    for (const Integrator integrator :
         {Integrator::euler, Integrator::rk4, Integrator::dopri5, Integrator::rosenbrock4}) {
        spec.integrator = integrator;
        CHECK(device_lacks(spec).size() == 1);
        CHECK_THROWS_WITH(make_area_batch(tested_device(1), spec, small_weights(spec, 1), 2, 1),
                          Catch::Contains("integrator"));
    }
}

TEST_CASE("a rate that is not finite on a device is named") {
    AreaSpec spec = seven_columns();
    std::vector<Trial> trials = two_trials(spec);
    trials[1].segments[0].x[3] = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(samples_on_device(spec, small_weights(spec, 1), trials, false, 1),
                      Catch::Contains("L4E column 0 unit") && Catch::Contains("t = 0.3 ms"));
}
