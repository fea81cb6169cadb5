/// The measurements of softmax_loop find what the closed forms say, on small cases.
#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <limits>

#include "analysis/spectrum.hpp"
#include "experiments/laws/damped_sinusoid.hpp"
#include "experiments/laws/laws.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/studies.hpp"
#include "sim/errors.hpp"
#include "sim/gate_loop.hpp"

using namespace lamina;
using namespace lamina::laws;

namespace {

ExperimentSpec small_loop_spec() {
    ExperimentSpec spec;
    spec.task.type = "softmax_loop";
    spec.area.columns = 6, spec.area.d_head = 4;
    spec.task.loop.draws = 4;
    spec.task.loop.score_sd = {1, 3};
    spec.task.loop.kappa = {1, 10};
    spec.task.loop.units = {64, 256};
    spec.task.loop.recordings = 2;
    return spec;
}

} // namespace

TEST_CASE("the peak of each noise density is where its own law says") {
    for (const LoopTimes t : {LoopTimes{5, 2.7}, {5, 8}, {12, 3}}) {
        double top[3] = {}, at_Hz[3] = {};
        for (double f = 0.5; f < 300; f += 0.01) {
            const NoiseDensities d = noise_densities(t, 0.1, f);
            const double density[3] = {d.PV, d.gates, d.spikes};
            for (int s = 0; s < 3; ++s)
                if (density[s] > top[s]) top[s] = density[s], at_Hz[s] = f;
        }
        // the grid is 0.01 Hz
        CHECK(at_Hz[0] == Approx(PV_peak_Hz(t)).margin(0.011));
        CHECK(at_Hz[1] == Approx(gate_peak_Hz(t)).margin(0.011));
        CHECK(at_Hz[2] == Approx(spike_peak_Hz(t)).margin(0.011));
    }
    CHECK(ringing_Hz({5, 2.7}) == Approx(40.3).margin(0.05));
    CHECK(ringing_Hz({5, 5}) == Approx(27.6).margin(0.05));
    CHECK(std::isnan(ringing_Hz({5, 20.1})));
    CHECK(std::isnan(PV_peak_Hz({5, 10.1})));
}

TEST_CASE("PV's density under noise of the gates is the law's, also at a coarse step",
          "[physics]") {
    // below the resonance PV integrates the noise: what a step holds back of it would be missing
    const LoopTimes times{5, 2.7};
    for (const double dt_ms : {0.5, 0.125}) {
        GateLoopSpec spec;
        spec.gates.n_keys = 2;
        spec.noise_gate = 0.05 / std::sqrt(2.0);
        GateLoop loop(spec);
        loop.start(loop.softmax(), loop.log_normaliser());
        std::vector<double> p;
        for (int step = 0; step * dt_ms < 400e3; ++step) {
            loop.step(dt_ms);
            if (step * dt_ms > 500) p.push_back(loop.p()[0]);
        }
        const analysis::Spectrum found = analysis::welch(p, dt_ms, std::size_t(2048 / dt_ms));
        double measured = 0, law = 0;
        int n = 0;
        for (std::size_t k = 0; k < found.frequency_Hz.size(); ++k) {
            if (found.frequency_Hz[k] < 2 || found.frequency_Hz[k] > 25) continue;
            measured += found.density[k];
            law += noise_densities(times, 0.05, found.frequency_Hz[k]).PV;
            ++n;
        }
        std::printf("PV's density from 2 to 25 Hz at dt = %.3f ms: %.4f of the law's\n", dt_ms,
                    measured / law);
        // 23 Hz x 400 s = 9200 independent values: SD 1.1 %; without the half step 0.908
        CHECK(measured / law == Approx(1).epsilon(0.035));
    }
}

TEST_CASE("a damped sinusoid is found again, and what does not ring says so") {
    std::vector<double> x, y;
    for (int n = 0; n < 60; ++n) {
        const double t = 1.5 * n;
        x.push_back(std::exp(-t / 12) *
                    (0.3 * std::cos(2 * pi * 0.04 * t) + 0.1 * std::sin(2 * pi * 0.04 * t)));
        y.push_back(std::exp(-t / 40) - 0.5 * std::exp(-t / 7));
    }
    const DampedSinusoid fit = fit_damped_sinusoid(x, 1.5, 3, 60);
    // samples fall to 5e-4 of the first, each rounded at 1e-17
    CHECK(fit.frequency_Hz == Approx(40).epsilon(1e-9));
    CHECK(fit.decay_ms == Approx(12).epsilon(1e-9));
    CHECK(fit.cosine == Approx(0.3).epsilon(1e-8));
    CHECK(fit.at(3) == Approx(x[2]).epsilon(1e-8));
    const DampedSinusoid flat = fit_damped_sinusoid(y, 1.5, 0, 60);
    CHECK(std::isnan(flat.frequency_Hz));
    CHECK(flat.decay_ms == Approx(40).epsilon(1e-6));
    CHECK(std::isnan(fit_damped_sinusoid(x, 1.5, 0, 4).decay_ms));
}

TEST_CASE("softmax_loop measures what the laws say") {
    const Laboratory lab = laboratory_of(small_loop_spec());
    SECTION("fixed point") {
        const FixedPoint found = measure_fixed_point(lab);
        for (const double error : found.a_error) CHECK(error < 1e-12);
        for (const double error : found.p_error) CHECK(error < 1e-12);
        for (const double settle_ms : found.extreme_settle_ms) CHECK(settle_ms < 300);
    }
    SECTION("ringing, and its absence") {
        const Ringing found = measure_ringing(lab);
        int silent = 0;
        for (std::size_t pair = 0; pair < found.pairs.size(); ++pair) {
            const LoopTimes t = found.pairs[pair];
            INFO("tau_g = " << t.gate_ms << " tau_p = " << t.PV_ms);
            // a deviation of 1e-2 at the start of the fit bends the law by some 1e-3, the step of
            // 0.1 ms by (omega dt)^2 / 12 = 2e-4 at 69 Hz
            if (t.PV_ms < 4 * t.gate_ms)
                CHECK(found.frequency_Hz[pair] == Approx(ringing_Hz(t)).epsilon(2e-3));
            else {
                CHECK(std::isnan(found.frequency_Hz[pair]));
                CHECK(found.turns[pair] <= 1);
                ++silent;
            }
            CHECK(found.decay_ms[pair] == Approx(decay_ms(t)).epsilon(5e-3));
        }
        CHECK(silent == 3);
        // the first cycle is slower than the law, the second nearly as it says
        const double cycle_ms = 1e3 / ringing_Hz(lab.times());
        for (const double first : found.first_cycle_ms) CHECK(first > 1.05 * cycle_ms);
        for (const double second : found.second_cycle_ms)
            CHECK(second == Approx(cycle_ms).epsilon(0.03));
    }
    SECTION("finite gain") {
        const WeakInhibition found = measure_weak_inhibition(lab);
        for (std::size_t i = 0; i < found.sum.size(); ++i) {
            // psi's epsilon of 1e-6 is what the closed form leaves out
            CHECK(found.sum[i] == Approx(found.law_sum[i]).epsilon(2e-6));
            CHECK(found.p[i] == Approx(found.law_p[i]).epsilon(2e-6));
            // the ratios are softmax: entropy stays, whatever the gain
            CHECK(found.entropy_bits[i] == Approx(found.law_entropy_bits[i]).epsilon(1e-9));
        }
    }
    SECTION("the additive reading errs, and less with more units") {
        const PopulationEquation found = measure_population_equation(lab);
        for (const double slope : found.slope) CHECK(slope < 0);
        for (std::size_t sd = 0; sd < found.score_sd.size(); ++sd)
            CHECK(found.needed_least[sd] > found.units.back());
    }
}

TEST_CASE("linearly recruited PV takes longer to attend to sharp scores") {
    ExperimentSpec spec = small_loop_spec();
    spec.task.loop.score_sd = {10};
    const Latency found = measure_latency(laboratory_of(spec));
    for (std::size_t draw = 0; draw < found.n_draws; ++draw)
        CHECK(found.settle_ms[found.n_draws + draw] > found.settle_ms[draw]);
}

TEST_CASE("softmax_loop gives the same numbers with any number of threads, and ticks every item") {
    ExperimentSpec spec = small_loop_spec();
    spec.task.loop.draws = 2, spec.task.loop.units = {64, 128};
    // the noise recordings of a slow loop take longer steps, and so fewer
    spec.area.tau.gate_ms = 20, spec.area.tau.PV_ms = 20;
    const std::atomic<bool> stop{false};
    std::atomic<std::int64_t> ticks{0};
    const auto one = run_study(
        *study_of(spec), spec, 1, [&] { ++ticks; }, stop);
    const auto three = run_study(
        *study_of(spec), spec, 3, [] {}, stop);
    CHECK(ticks == study_items(*study_of(spec), spec));
    CHECK(one.summary.dump() == three.summary.dump());
    const auto bytes_of = [](const StudyRun& run) {
        Image image;
        run.add_groups(image);
        return image.finish();
    };
    CHECK((bytes_of(one) == bytes_of(three)));
    // three signals, three peaks: the summary names them all
    for (const char* signal : {"PV", "gates", "spikes"})
        CHECK(one.summary["loop"]["spectrum"].contains(signal));
}

TEST_CASE("the worst of several is not known once one of them is not") {
    CHECK(worse(0, 2) == 2);
    CHECK(worse(2, 1) == 2);
    CHECK(std::isnan(worse(0, none)));
    CHECK(std::isnan(worse(worse(0, none), 5)));
}

TEST_CASE("softmax_loop tells what it cannot measure") {
    ExperimentSpec spec = small_loop_spec();
    spec.area.inhibition = "pv_divisive";
    const std::atomic<bool> stop{false};
    const auto refused = [&] {
        CHECK_THROWS_AS(run_study(
                            *study_of(spec), spec, 1, [] {}, stop),
                        SpecError);
    };
    refused();
    spec.area.inhibition = "pv_linear";
    CHECK(study_items(*study_of(spec), spec) > 0);
    CHECK(laboratory_of(spec).gates.inhibition == "pv_linear");
    spec.area.gate_max = 1;
    refused();
    spec.area.gate_max = 20;
    spec.vary.push_back({"seed", {"1", "2"}, {}});
    refused();
}

TEST_CASE("the shipped softmax_loop.yaml reads without problems") {
    const ExperimentSpec spec = read_spec(LAMINA_SOURCE_DIR "/experiments/softmax_loop.yaml");
    CHECK(spec.task.type == "softmax_loop");
    CHECK(study_items(*study_of(spec), spec) > 500);
    CHECK(spec.expect.size() >= 10);
}
