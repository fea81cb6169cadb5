#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

#include "kernels/normal.hpp"
#include "sim/cells.hpp"
#include "sim/column_cells.hpp"
#include "sim/errors.hpp"
#include "sim/fidelity.hpp"
#include "sim/reference_block.hpp"
#include "sim/run.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

/// Neurons' rate in Hz when asked for `target_Hz`, under noise that the curve has not seen.
double fired_Hz(const CellSpec& spec, double target_Hz, std::size_t n_neurons, double for_ms) {
    const double dt_ms = 0.1;
    const RateCurve& curve = RateCurve::of(spec, dt_ms, 300);
    const auto cells = make_cells(spec, 1, n_neurons, dt_ms);
    const double drive = curve.drive_per_ms(target_Hz);
    const int n_before = 2000, n = int(for_ms / dt_ms);
    std::uint32_t now = 0;
    double sum = 0;
    for (int step = 0; step < n_before + n; ++step) {
        cells->step(&drive, {77, 3, 5}, std::uint64_t(step), &now);
        if (step >= n_before) sum += now;
    }
    return sum / (double(n_neurons) * for_ms * 1e-3);
}

AreaSpec spiking_spec(int n_neurons) {
    AreaSpec spec;
    spec.columns = 8, spec.heads = 1, spec.d_model = 8, spec.d_head = 8;
    spec.spiking.on = true;
    spec.spiking.n_neurons = n_neurons;
    return spec;
}

const char* const circuits[] = {"pre", "post", "dale", "causal", "oracle", "lif_delta", "sparse"};
void change(AreaSpec& spec, const std::string& what) {
    if (what == "pre") spec.norm = Norm::pre;
    if (what == "post") spec.norm = Norm::post;
    if (what == "dale") spec.dale = true;
    if (what == "causal") spec.attention = Attention::causal;
    if (what == "oracle") spec.inhibition = "oracle";
    if (what == "lif_delta") spec.spiking.cell = "lif_delta";
    // fewer than there are; with everything that cells hear
    if (what == "sparse")
        spec.dale = true, spec.spiking.in_degree = (spec.spiking.n_neurons + 1) / 2;
    if (what == "apical") spec.score = "apical", spec.spiking.match_neurons = 3;
    if (what == "hidden") spec.score = "additive_exponential", spec.score_units = 16;
}

/// Means of populations over the last `window_ms` of `for_ms`.
struct Means {
    std::vector<double> a, o, z, PV;
};
Means means(Area& area, double dt_ms, double for_ms, double window_ms) {
    Means sum;
    const auto n = std::int64_t(for_ms / dt_ms), n_window = std::int64_t(window_ms / dt_ms);
    const auto add = [&](const char* name, std::vector<double>& to) {
        const auto now = rates(area, name);
        to.resize(now.size());
        for (std::size_t i = 0; i < now.size(); ++i) to[i] += now[i] / double(n_window);
    };
    for (std::int64_t step = 0; step < n; ++step) {
        area.advance(step);
        if (step < n - n_window) continue;
        add("L5gate", sum.a);
        add("L5E", sum.o);
        add("output", sum.z);
        add("PV", sum.PV);
    }
    return sum;
}

double worst_sum_error(const std::vector<double>& a, std::size_t n_keys) {
    double worst = 0;
    for (std::size_t row = 0; row < a.size() / n_keys; ++row) {
        double sum = 0;
        for (std::size_t key = 0; key < n_keys; ++key) sum += a[row * n_keys + key];
        worst = std::max(worst, std::fabs(sum - 1));
    }
    return worst;
}

} // namespace

TEST_CASE("cells fire at the rate that is asked of them", "[slow]") {
    const double fast = GENERATE(0.0, 1.0);
    std::vector<CellSpec> cells = {{"lif_exp", {}, 1}, {"lif_delta", {}, 1}, {"escape_exp", {}, 1}};
    if (fast > 0) cells = {{"lif_exp", {{"tau_m", 5}, {"C_m", 125}, {"t_ref", 1}}, 0.5}};
    for (const CellSpec& cell : cells)
        for (const double target_Hz : {5.0, 20.0, 40.0, 80.0, 160.0, 250.0}) {
            INFO(cell.model << " at " << target_Hz << " Hz");
            // 400 neurons for 4 s; a Poisson process of that rate has this relative SD
            const double sd = 1 / std::sqrt(target_Hz * 400 * 4);
            CHECK(std::fabs(fired_Hz(cell, target_Hz, 400, 4000) / target_Hz - 1) < 0.005 + 4 * sd);
        }
}

TEST_CASE("a curve tells how well cells fire what they are asked for", "[slow]") {
    for (const CellKind& kind : cell_kinds(spiking_spec(1), 1)) {
        INFO(kind.of);
        const auto [asked_Hz, fired_Hz] = RateCurve::of(kind.cell, 0.1, kind.highest_Hz).ask();
        REQUIRE(asked_Hz.size() == 16);
        CHECK(asked_Hz.back() == kind.highest_Hz);
        for (std::size_t k = 0; k < 16; ++k) {
            INFO("at " << asked_Hz[k] << " Hz");
            const double sd = 1 / std::sqrt(asked_Hz[k] * RateCurve::asked_neuron_s);
            CHECK(std::fabs(fired_Hz[k] / asked_Hz[k] - 1) < 0.005 + 4 * sd);
        }
    }
    CHECK(cell_kinds(spiking_spec(1), 1)[1].of == "PV");
}

TEST_CASE("rates that cells cannot reach are refused; below and above the curve it is level") {
    CHECK_THROWS_AS(RateCurve::of({"lif_exp", {{"t_ref", 5}}, 1}, 0.1, 300), SpecError);
    CHECK_THROWS_AS(make_cells({"hopfield", {}, 1}, 1, 1, 0.1), SpecError);
    CHECK_THROWS_AS(make_cells({"lif_exp", {{"tau", 1}}, 1}, 1, 1, 0.1), SpecError);
    const RateCurve& curve = RateCurve::of({"lif_exp", {}, 1}, 0.1, 300);
    CHECK(curve.drive_per_ms(-3) == curve.drive_per_ms(0));
    CHECK(curve.drive_per_ms(1e9) == curve.drive_per_ms(300));
    CHECK(curve.drive_per_ms(40) < curve.drive_per_ms(41));
}

TEST_CASE("the column made of neurons gives what the block gives", "[slow]") {
    for (const double score_sd : {1.0, 3.0}) {
        INFO("score SD " << score_sd);
        const AreaSpec spec = spiking_spec(500);
        const auto weights = small_weights(spec, score_sd);
        auto area = make_area(spec, weights, 1);
        const Segment in = tokens(spec, 2);
        area->present(in);
        const Means seen = means(*area, spec.dt_ms, 1000, 500);
        const auto block = reference_block(spec, weights, in.x, in.x, {});
        CHECK(relative_error(seen.a, block.pattern) <= 0.05);
        CHECK(relative_error(seen.o, block.z_heads) <= 0.05);
        CHECK(relative_error(seen.z, block.resid_post) <= 0.05);
        CHECK(worst_sum_error(seen.a, 8) <= 0.05);
    }
}

TEST_CASE("every circuit of rates can be made of neurons", "[slow]") {
    for (const char* const which : circuits) {
        INFO(which);
        AreaSpec spec = spiking_spec(100);
        spec.heads = 2, spec.d_head = 4, spec.d_ff = 6;
        change(spec, which);
        const auto weights = small_weights(spec, 1);
        auto area = make_area(spec, weights, 1);
        const Segment in = tokens(spec, 2);
        area->present(in);
        const Means seen = means(*area, spec.dt_ms, 1000, 500);
        const auto block = reference_block(spec, weights, in.x, in.x, {});
        // a rectified pair under noise adds what is cut off; five times the error of 500 neurons
        CHECK(relative_error(seen.a, block.pattern) <= 0.15);
        CHECK(relative_error(seen.z, block.resid_post) <= 0.15);
    }
}

TEST_CASE("PV cells fire with the logarithm of the normaliser; without them the sum is lost",
          "[slow]") {
    AreaSpec spec = spiking_spec(100);
    const auto weights = small_weights(spec, 2);
    const Segment in = tokens(spec, 2);
    const auto block = reference_block(spec, weights, in.x, in.x, {});
    std::vector<double> log_Z(8);
    {
        AreaSpec rates_only = spec;
        rates_only.spiking.on = false;
        auto area = make_area(rates_only, weights, 1);
        area->present(in);
        area->settle_inputs();
        area->log_normaliser(log_Z.data());
    }
    auto area = make_area(spec, weights, 1);
    area->present(in);
    const Means intact = means(*area, spec.dt_ms, 800, 500);
    for (std::size_t row = 0; row < 8; ++row) CHECK(std::fabs(intact.PV[row] - log_Z[row]) < 0.2);
    CHECK(worst_sum_error(intact.a, 8) < 0.1);

    // half of them: the pool fires harder until the sum is 1 again
    spec.spiking.PV_silenced = 0.5;
    area = make_area(spec, weights, 1);
    area->present(in);
    const Means half = means(*area, spec.dt_ms, 800, 500);
    for (std::size_t row = 0; row < 8; ++row) CHECK(half.PV[row] > intact.PV[row] + 0.5);

    spec.spiking.PV_silenced = 1;
    area = make_area(spec, weights, 1);
    area->present(in);
    const Means silent = means(*area, spec.dt_ms, 800, 500);
    CHECK(worst_sum_error(silent.a, 8) > 5);
}

TEST_CASE("inhibition that reaches gates unevenly shifts the choice by its formula", "[slow]") {
    AreaSpec spec = spiking_spec(500);
    spec.spiking.PV_spread = 0.3;
    const auto weights = small_weights(spec, 1);
    const Segment in = tokens(spec, 2);
    auto area = make_area(spec, weights, 5);
    area->reset(5, 0);
    area->present(in);
    const Means seen = means(*area, spec.dt_ms, 1000, 700);
    const auto block = reference_block(spec, weights, in.x, in.x, {});
    std::vector<double> e(64);
    normal_row(5, 0, Stream::synapses, 0, e.data(), e.size());
    std::vector<double> expected(64), share(64);
    for (std::size_t row = 0; row < 8; ++row) {
        double sum = 0, seen_sum = 0;
        for (std::size_t k = 8 * row; k < 8 * row + 8; ++k) {
            expected[k] = block.pattern[k] * std::exp(-0.3 * e[k] * seen.PV[row]);
            sum += expected[k], seen_sum += seen.a[k];
        }
        for (std::size_t k = 8 * row; k < 8 * row + 8; ++k)
            expected[k] /= sum, share[k] = seen.a[k] / seen_sum;
    }
    CHECK(relative_error(share, block.pattern) > 0.2);
    CHECK(relative_error(share, expected) < 0.06);
}

TEST_CASE("a column of neurons that is saved goes on as it would have") {
    std::vector<std::string> all(std::begin(circuits), std::end(circuits));
    all.push_back("apical"); // of cells too few to compute with
    all.push_back("hidden");
    for (const std::string& which : all) {
        INFO(which);
        AreaSpec spec = spiking_spec(3);
        spec.spiking.PV_neurons = 7;
        spec.PV_delay_ms = 0.7;
        spec.d_ff = 4;
        spec.columns = 4;
        change(spec, which);
        const auto weights = small_weights(spec, 1);
        const Segment in = tokens(spec, 2);
        auto area = make_area(spec, weights, 1);
        area->reset(9, 4);
        area->present(in);
        run(*area, 37, spec.dt_ms);
        const auto saved = area->state();
        run(*area, 21, spec.dt_ms, 370);

        auto other = make_area(spec, weights, 1);
        other->reset(9, 4);
        other->present(in);
        other->set_state(saved);
        run(*other, 21, spec.dt_ms, 370);
        CHECK(other->state() == area->state());
        CHECK(area->state() != saved);
        CHECK_THROWS_AS(area->set_state({1, 2, 3}), SpecError);

        // another trial has other noise
        other->reset(9, 5);
        other->present(in);
        run(*other, 37, spec.dt_ms);
        area->reset(9, 4);
        area->present(in);
        run(*area, 37, spec.dt_ms);
        CHECK(area->state() == saved);
        // at the same step, cells of another trial have fired otherwise
        CHECK(rates(*other, "L4E") != rates(*area, "L4E"));
    }
}

TEST_CASE("a spike is heard after its delay, and PV's by the gates after theirs") {
    AreaSpec spec = spiking_spec(3);
    spec.spiking.in_degree = GENERATE(100, 2); // of all cells, or of some
    spec.spiking.PV_neurons = 5;
    spec.spiking.delay_ms = 4;
    spec.PV_delay_ms = 2;
    const auto weights = small_weights(spec, 1);
    auto other_values = weights;
    for (double& w : other_values.W_V) w = -w;
    AreaSpec other_PV = spec;
    other_PV.spiking.PV_neurons = 6; // other spikes
    const Segment in = tokens(spec, 2);
    const auto one = make_area(spec, weights, 1), two = make_area(spec, other_values, 1),
               three = make_area(other_PV, weights, 1);
    for (Area* area : {one.get(), two.get(), three.get()}) area->present(in);
    const auto alike = [](const Area& a, const Area& b, const char* name) {
        return rates(a, name) == rates(b, name);
    };
    int o_differs = -1, a_differs = -1;
    for (int step = 0; step < 100; ++step) {
        for (Area* area : {one.get(), two.get(), three.get()}) area->advance(step);
        if (o_differs < 0 && !alike(*one, *two, "L5E")) o_differs = step;
        if (a_differs < 0 && !alike(*one, *three, "L5gate")) a_differs = step;
    }
    CHECK_FALSE(alike(*one, *two, "L4E"));
    // from the first step on values differ, and PV; a few spikes later someone shows it
    CHECK(o_differs >= 40);
    CHECK(o_differs < 60);
    CHECK(a_differs >= 20);
    CHECK(a_differs < 60);
}

TEST_CASE("populations at rest fire at their baseline from the first step on, each with noise of "
          "its own") {
    AreaSpec spec = spiking_spec(40);
    spec.baseline = 2; // 80 Hz: 64 rates of 40 neurons fire some 10 000 spikes in 50 ms
    auto weights = small_weights(spec, 1);
    for (auto* b : {&weights.b_Q, &weights.b_K, &weights.b_V}) std::fill(b->begin(), b->end(), 0);
    auto area = make_area(spec, weights, 1);
    Segment nothing = tokens(spec, 2);
    std::fill(nothing.x.begin(), nothing.x.end(), 0);
    area->present(nothing);
    std::vector<double> pair(128), other(128);
    double sum = 0;
    for (int step = 0; step < 500; ++step) {
        area->advance(step);
        area->read_raw(area->index_of("L4E"), pair.data());
        for (const double r : pair) sum += r / 128 / 500;
    }
    CHECK(sum == Approx(2).epsilon(0.03));
    area->read_raw(area->index_of("L23E"), other.data());
    CHECK(pair != other); // with the same time constant, and asked for the same
}

TEST_CASE("background noise is what cells fire by below their threshold") {
    // 749 pA/ms keep the membrane 0.02 mV below it: 15 mV over 0.04 mV/pA and 0.5 ms
    const double drive = 749;
    std::uint32_t n = 0, silent = 0, noisy = 0;
    const auto quiet_cells = make_cells({"lif_exp", {}, 0}, 1, 50, 0.1),
               cells = make_cells({"lif_exp", {}, 1}, 1, 50, 0.1);
    for (std::uint64_t step = 0; step < 2000; ++step) {
        quiet_cells->step(&drive, {}, step, &n);
        silent += n;
        cells->step(&drive, {}, step, &n);
        noisy += n;
    }
    CHECK(silent == 0);
    CHECK(noisy > 100);
}

TEST_CASE("rhythms and SST reach a column of neurons") {
    AreaSpec spec = spiking_spec(60);
    spec.oscillation.imposed = true;
    spec.oscillation.gamma = {false, 20, 1, 0, 0.5, 0}; // 1 + cos: twice the input, or none
    spec.oscillation.beta = {false, 20, 0, 0, 0.5, 0};
    spec.apical_suppression = 0.4;
    spec.tau.L4E_ms = 2;
    const auto weights = small_weights(spec, 1);
    auto area = make_area(spec, weights, 1);
    area->present(tokens(spec, 2));
    double peak = 0, trough = 0;
    for (int step = 0; step < 4000; ++step) {
        area->advance(step);
        const double turn = std::fmod(step * 0.1 - 2, 50) / 50; // after the lag of 2 ms
        double size = 0;
        for (const double v : rates(*area, "L4E")) size += std::fabs(v);
        if (turn > 0.9 || turn < 0.1) peak += size;
        if (turn > 0.4 && turn < 0.6) trough += size;
    }
    CHECK(peak > 2 * trough); // the noise of the difference of two rates is left
    double suppressed = 0;
    for (const double r : rates(*area, "SST")) suppressed += r / spec.columns;
    CHECK(std::fabs(suppressed - 0.4) < 0.1); // filtered spikes
}

TEST_CASE("neurons are compared with the block by the spikes of a window") {
    AreaSpec spec = spiking_spec(5);
    spec.spiking.window_ms = 100;
    const auto weights = small_weights(spec, 1);
    struct Shows final : Task {
        explicit Shows(const AreaSpec& spec) {
            shown.n_steps = 3000;
            shown.segments = {tokens(spec, 2)};
            shown.presentations = {{"tokens", 0, 3000}};
        }
        std::int64_t n_trials() const override { return 2; }
        Trial trial(std::int64_t) const override { return shown; }
        const std::vector<double>& stimuli() const override { return none; }
        std::vector<std::string> stimulus_names() const override { return {}; }
        Trial shown;
        std::vector<double> none;
    };
    const Shows task(spec);
    RunPlan plan;
    plan.area = &spec, plan.weights = &weights, plan.task = &task, plan.seed = 3;
    const std::atomic<bool> stop{false};
    const auto one = run_trials(
                   plan, 1, [] {}, stop),
               two = run_trials(
                   plan, 2, [] {}, stop);
    REQUIRE(one.size() == 2);
    for (std::size_t n = 0; n < 2; ++n)
        CHECK(one[n].presentations[0].fidelity.output_relative_error ==
              two[n].presentations[0].fidelity.output_relative_error);

    auto area = make_area(spec, weights, 3);
    area->reset(3, 1);
    area->present(task.shown.segments[0]);
    const Means seen = means(*area, spec.dt_ms, 300, 100);
    const auto block =
        reference_block(spec, weights, task.shown.segments[0].x, task.shown.segments[0].x, {});
    CHECK(one[1].presentations[0].fidelity.output_relative_error ==
          Approx(relative_error(seen.z, block.resid_post)).epsilon(1e-9));

    // a presentation that is shorter than two windows counts from its middle on
    spec.spiking.window_ms = 500;
    const auto again = run_trials(
        plan, 1, [] {}, stop);
    area->reset(3, 1);
    area->present(task.shown.segments[0]);
    const Means half = means(*area, spec.dt_ms, 300, 150);
    CHECK(again[1].presentations[0].fidelity.output_relative_error ==
          Approx(relative_error(half.z, block.resid_post)).epsilon(1e-9));

    // and the next one from its own
    Shows twice = task;
    twice.shown.presentations = {{"tokens", 0, 2000}, {"tokens", 2000, 3000}};
    plan.task = &twice;
    const auto both = run_trials(
        plan, 1, [] {}, stop);
    area->reset(3, 1);
    area->present(task.shown.segments[0]);
    const Means last = means(*area, spec.dt_ms, 300, 50);
    CHECK(both[1].presentations[1].fidelity.output_relative_error ==
          Approx(relative_error(last.z, block.resid_post)).epsilon(1e-9));
}

TEST_CASE("what neurons cannot do is refused") {
    const AreaSpec good = spiking_spec(2);
    const auto weights = small_weights(good, 1);
    const auto refused = [&](auto change) {
        AreaSpec spec = good;
        change(spec);
        CHECK_THROWS_AS(make_area(spec, weights, 1), SpecError);
    };
    CHECK(make_area(good, weights, 1)->n_neurons() ==
          2 * (2 * (4 * 64 + 2 * 64) + 64) + 8 * good.spiking.PV_neurons);
    refused([](AreaSpec& s) { s.integrator = Integrator::rk4; });
    refused([](AreaSpec& s) { s.tau.PV_lag_ms = 1; });
    refused([](AreaSpec& s) { s.spiking.delay_ms = 0.15; });
    refused([](AreaSpec& s) { s.PV_delay_ms = 0.05; });
    refused([](AreaSpec& s) { s.spiking.n_neurons = 0; });
    refused([](AreaSpec& s) { s.spiking.PV_neurons = 0; });
    refused([](AreaSpec& s) { s.spiking.match_neurons = 0; });
    refused([](AreaSpec& s) { s.spiking.match_tau_ms = 0; });
    refused([](AreaSpec& s) { s.spiking.rate_Hz = 0; });
    refused([](AreaSpec& s) { s.spiking.PV_silenced = 1.5; });
    refused([](AreaSpec& s) { s.spiking.cell = "poisson"; });
}
