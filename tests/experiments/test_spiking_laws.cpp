/// Gates that spike, measured on small cases against their laws.
#include <catch2/catch.hpp>

#include <cmath>

#include "experiments/laws/spiking_laws.hpp"
#include "experiments/studies.hpp"
#include "sim/errors.hpp"

using namespace lamina;
using namespace lamina::laws;

namespace {

ExperimentSpec small_spiking_spec() {
    ExperimentSpec spec;
    spec.task.type = "softmax_loop";
    spec.task.loop.gates = "spikes";
    spec.area.columns = 8, spec.area.d_head = 16;
    spec.task.loop.draws = 40;
    spec.task.loop.recordings = 2;
    spec.task.loop.neurons = {5, 80};
    spec.task.loop.rhythm_neurons = {20};
    return spec;
}

Laboratory small_laboratory() {
    Laboratory lab = laboratory_of(small_spiking_spec());
    lab.threads = 2;
    return lab;
}

} // namespace

TEST_CASE("gates that spike: any common inhibition leaves the winners, others bias them by formula",
          "[physics][slow]") {
    const Winners found = measure_winners(small_laboratory());
    REQUIRE(found.inhibitions.size() == 6);
    // a perfect sampler of 1e5 spikes and 8 keys is 0.003 off
    for (std::size_t i = 0; i < 4 * found.n_draws; ++i) { CHECK(found.total_variation[i] < 0.01); }
    for (std::size_t i = 4 * found.n_draws; i < 6 * found.n_draws; ++i) {
        CHECK(found.law_total_variation[i] > 0.005);
        CHECK(found.formula_missed[i] < 0.01);
    }
    // the sum is the loop's part: noise that no PV corrects leaves it elsewhere, E exp(-x)
    const auto sum = [&](std::size_t which) {
        return (found.sum[2 * which] + found.sum[2 * which + 1]) / 2;
    };
    CHECK(sum(0) == Approx(1).epsilon(0.01));
    CHECK(sum(3) == Approx(std::exp(0.5 * 0.5 / 2)).epsilon(0.06)); // 1000 correlation times
    CHECK(sum(5) < 0.95);
}

TEST_CASE("gates that spike: PV holds the sum of their spikes, and nothing does when it is frozen",
          "[physics][slow]") {
    const SpikeSums found = measure_spike_sums(small_laboratory());
    // [pv_log, pv_linear] x [5, 80]
    CHECK(found.law_sum[0] == Approx(1.1));
    CHECK(found.sum[0] == Approx(found.law_sum[0]).epsilon(0.02));
    CHECK(found.sum[1] == Approx(found.law_sum[1]).epsilon(0.005));
    CHECK(found.sum[2] == Approx(1).epsilon(0.005));
    CHECK(found.sum[3] == Approx(1).epsilon(0.005));
    for (const double rms : found.frozen_rms) CHECK(rms > 0.1);
}

TEST_CASE("gates that spike: the weights are told as well as by as many independent winners",
          "[physics][slow]") {
    const Sampling found = measure_sampling(small_laboratory());
    for (std::size_t which = 0; which < 2; ++which) {
        double error = 0, floor = 0;
        for (std::size_t draw = 0; draw < found.n_draws; ++draw) {
            error += found.relative_error[which * found.n_draws + draw];
            floor += found.floor[which * found.n_draws + draw];
        }
        CHECK(error / floor == Approx(1).epsilon(0.1));
    }
    CHECK(found.slope == Approx(-0.5).margin(0.05));
}

TEST_CASE("gates that spike: the same numbers on any number of threads; the summary has them all") {
    ExperimentSpec spec = small_spiking_spec();
    spec.task.loop.neurons = {2, 3};
    spec.task.loop.draws = 2;
    Laboratory lab = laboratory_of(spec);
    lab.threads = 1;
    const Sampling one = measure_sampling(lab);
    lab.threads = 3;
    const Sampling three = measure_sampling(lab);
    CHECK(one.relative_error == three.relative_error);
    CHECK(one.slope == three.slope);

    // what is foretold of the summary is what a run writes: paths that expectations may name
    const auto summary = study_summary_unmeasured(*study_of(spec), spec);
    CHECK(summary["loop"].size() == 4);
    CHECK(summary["loop"]["winners"]["uneven"].contains("relative_difference_from_formula"));
    CHECK(summary["loop"]["sums"]["pv_log"].contains("sum_2"));
    CHECK(summary["loop"]["sampling"].contains("error_3"));
    CHECK(summary["loop"]["rhythm"].contains("ringing_largest_relative_difference"));
}

TEST_CASE("gates that spike: their own noise makes the loop peak, and a step makes it ring, by law",
          "[physics][slow]") {
    ExperimentSpec spec = small_spiking_spec();
    // samples of the response are whole steps: 0.6 ms at this one
    spec.area.dt_ms = 0.2;
    Laboratory lab = laboratory_of(spec);
    lab.threads = 2;
    const SpikeRhythm found = measure_spike_rhythm(lab);
    REQUIRE(found.pairs.size() == 5);
    CHECK(found.time_ms[1] == Approx(0.6));
    for (std::size_t pair = 0; pair < 5; ++pair) {
        CHECK(found.ringing_Hz[pair] == Approx(found.law_ringing_Hz[pair]).epsilon(0.05));
        for (std::size_t s = 1; s < 3; ++s) // gates and spikes, two minutes each
            CHECK(found.peak_Hz[3 * pair + s] ==
                  Approx(found.law_peak_Hz[3 * pair + s]).epsilon(0.1));
    }
}

TEST_CASE("gates that spike refuse what they cannot be") {
    SpikingGatesSpec spec;
    spec.gates.n_keys = 3;
    const auto refused = [](const SpikingGatesSpec& wrong) {
        CHECK_THROWS_AS(make_spiking_gates(wrong), SpecError);
    };
    auto wrong = spec;
    wrong.n_neurons = 0, refused(wrong);
    wrong = spec, wrong.rate_Hz = 0, refused(wrong);
    wrong = spec, wrong.gates.n_keys = 0, refused(wrong);
    wrong = spec, wrong.gates.dt_ms = 0, refused(wrong);
    wrong = spec, wrong.refractory_ms = 0.25, refused(wrong);
    wrong = spec, wrong.refractory_ms = -1, refused(wrong);
    wrong = spec, wrong.gates.PV_lag_ms = 1, refused(wrong);
    wrong = spec, wrong.gates.PV_delay_ms = 1, refused(wrong);
    wrong = spec, wrong.scores = {1, 2}, refused(wrong);
    wrong = spec, wrong.offsets = {1, 2}, refused(wrong);
    wrong = spec, wrong.gates.inhibition = "nothing", refused(wrong);
    wrong = spec, wrong.gates.inhibition = "oracle", wrong.PV_frozen = true, refused(wrong);
    const auto gates = make_spiking_gates(spec);
    CHECK_THROWS_AS(gates->start({1}, {0}), SpecError);
    CHECK_THROWS_AS(gates->set_scores({1}), SpecError);
    CHECK(gates->a() == std::vector<double>(3, 1.0 / 3));
}
