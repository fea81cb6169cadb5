#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>

#include "models/catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/reference_block.hpp"
#include "sim/rhythm.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

std::unique_ptr<Area> started_area(const AreaSpec& spec, const Segment& in, double score_sd = 1) {
    auto area = make_area(spec, small_weights(spec, score_sd), 1);
    area->present(in);
    return area;
}

} // namespace

TEST_CASE("opponent coding carries the signed rates to rounding, at every moment") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post}) {
        AreaSpec spec = small_spec();
        spec.norm = norm;
        spec.oscillation.imposed = true;
        AreaSpec pairs = spec;
        pairs.coding = Coding::opponent, pairs.baseline = 0.5;
        auto one = started_area(spec, tokens(spec, 2)), two = started_area(pairs, tokens(spec, 2));
        for (int step = 0; step < 2000; ++step) {
            one->advance(step), two->advance(step);
            if (step % 100 != 0) continue;
            INFO("norm " << int(norm) << " step " << step);
            for (const char* name :
                 {"L4E", "L23E", "L5apical", "L5gate", "PV", "L5E", "L6E", "L23mlp", "output"})
                // the pair cancels its baseline: a few eps of r_0, carried on by gains of order 10
                CHECK(largest_difference(rates(*two, name), rates(*one, name)) <= 1e-12);
        }
        const std::size_t v = two->index_of("L4E");
        std::vector<double> raw(2 * 5 * 8);
        two->read_raw(v, raw.data());
        for (const double r : raw) CHECK(r >= 0.5 - 1e-15);
    }
}

TEST_CASE("a causal column sees no later key, a cross column asks from its context") {
    AreaSpec spec = small_spec();
    spec.attention = Attention::causal;
    Segment in = tokens(spec, 2);
    auto area = started_area(spec, in);
    run(*area, 200, spec.dt_ms);
    const auto before = rates(*area, "output");
    for (int j = 0; j < 8; ++j) in.x[4 * 8 + j] += 1; // the last token changes
    auto changed = started_area(spec, in);
    run(*changed, 200, spec.dt_ms);
    const auto after = rates(*changed, "output");
    for (int i = 0; i < 4 * 8; ++i) CHECK(after[i] == before[i]);

    spec.attention = Attention::cross;
    Segment cross = tokens(spec, 2, true);
    auto asked = started_area(spec, cross);
    run(*asked, 600, spec.dt_ms);
    const auto ref = reference_block(spec, small_weights(spec, 1), cross.x, cross.c, {});
    CHECK(relative_error(rates(*asked, "L5apical"), ref.q) <= 1e-12);
    CHECK(relative_error(rates(*asked, "L5gate"), ref.pattern) <= 1e-9);
}

TEST_CASE("masked columns are no keys, and a row without keys rests") {
    AreaSpec spec = small_spec();
    Segment in = tokens(spec, 2);
    in.masked = {0, 1, 0, 0, 1};
    auto area = started_area(spec, in);
    run(*area, 600, spec.dt_ms);
    const auto ref = reference_block(spec, small_weights(spec, 1), in.x, in.x, in.masked);
    CHECK(relative_error(rates(*area, "L5gate"), ref.pattern) <= 1e-9);
    CHECK(relative_error(rates(*area, "L5E"), ref.z_heads) <= 1e-9);

    in.masked = {1, 1, 1, 1, 1};
    auto blind = started_area(spec, in);
    run(*blind, 100, spec.dt_ms);
    for (const char* name : {"L5gate", "PV", "L5E"})
        for (const double x : rates(*blind, name)) CHECK(x == 0);
    std::vector<double> normaliser(10);
    blind->log_normaliser(normaliser.data());
    for (const double x : normaliser) CHECK(x == -INFINITY);
    // what was attended decays when the last key goes, and PV stays where it was
    const auto p = rates(*area, "PV");
    area->present(in);
    run(*area, 600, spec.dt_ms, 6000);
    CHECK(rates(*area, "PV") == p);
    for (const double o : rates(*area, "L5E")) CHECK(std::fabs(o) <= 1e-20);
}

TEST_CASE("PV is the log-normaliser once it has settled") {
    AreaSpec spec = small_spec();
    auto area = started_area(spec, tokens(spec, 2), 3);
    run(*area, 600, spec.dt_ms);
    std::vector<double> normaliser(10);
    area->log_normaliser(normaliser.data());
    CHECK(largest_difference(rates(*area, "PV"), normaliser) <= 1e-10);
}

TEST_CASE("an apical gain and SST scale the scores") {
    AreaSpec spec = small_spec();
    spec.score_gain = 2, spec.apical_suppression = 0.5;
    AreaSpec plain = small_spec();
    for (const ModelEntry& entry : entries(ScoreMechanisms{})) {
        spec.score = plain.score = entry.name;
        spec.score_units = plain.score_units = 256;
        auto scaled = started_area(spec, tokens(spec, 2)),
             one = started_area(plain, tokens(spec, 2));
        run(*scaled, 900, spec.dt_ms), run(*one, 900, spec.dt_ms);
        INFO(entry.name);
        CHECK(largest_difference(rates(*scaled, "L5gate"), rates(*one, "L5gate")) <= 1e-12);
    }
}

TEST_CASE("noise of a population has its variance and its path on a coarser grid") {
    AreaSpec spec = small_spec();
    spec.noise.L6E = 0.3;
    spec.columns = 10, spec.d_model = 8;
    for (const double dt_ms : {0.5, 5.0}) {
        spec.dt_ms = dt_ms;
        Segment silent;
        silent.x.assign(80, 0);
        auto area = started_area(spec, silent);
        run(*area, 600, dt_ms);
        const auto mean = [&] { // y without noise
            AreaSpec quiet = spec;
            quiet.noise.L6E = 0;
            auto calm = started_area(quiet, silent);
            run(*calm, 600, dt_ms);
            return rates(*calm, "L6E");
        }();
        double square = 0;
        int n = 0;
        const auto first = std::int64_t(600 / dt_ms);
        for (std::int64_t step = 0; step * dt_ms < 8000; ++step) {
            area->advance(first + step);
            if (step % 10 != 0) continue;
            const auto y = rates(*area, "L6E");
            for (int i = 0; i < 80; ++i) square += (y[i] - mean[i]) * (y[i] - mean[i]), ++n;
        }
        // 80 units x 8000 ms / 40 ms (correlation of squares: tau / 2 each side) = 16000 and more
        // independent values: SD of the variance 1.1 %
        INFO("dt = " << dt_ms);
        CHECK(square / n == Approx(0.3 * 0.3 / 2).epsilon(0.045));
    }
}

TEST_CASE("Euler and Maruyama converge strongly with order 1", "[physics]") {
    AreaSpec spec = small_spec();
    spec.noise = {0.1, 0.1, 0.1, 0.02, 0.02, 0.1, 0.1, 0.1, 1};
    const double finest_ms = 1.0 / 256;
    const auto weights = small_weights(spec, 1);
    const auto end = [&](int fine_steps, std::uint32_t trial) {
        AreaSpec with = spec;
        with.integrator = Integrator::euler;
        with.dt_ms = finest_ms * fine_steps, with.noise.fine_steps = fine_steps;
        auto area = make_area(with, weights, 1);
        area->present(tokens(spec, 2));
        area->reset(3, trial);
        area->settle_inputs();
        run(*area, 8, with.dt_ms);
        return area->state();
    };
    std::vector<double> log_dt, log_error;
    std::vector<std::vector<double>> truth;
    for (int trial = 0; trial < 8; ++trial) truth.push_back(end(1, trial));
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (const int fine_steps : {16, 32, 64}) {
        double error = 0;
        for (int trial = 0; trial < 8; ++trial) {
            const auto state = end(fine_steps, trial);
            for (std::size_t i = 0; i < state.size(); ++i)
                error += std::fabs(state[i] - truth[trial][i]) / (8.0 * state.size());
        }
        // the truth is itself a step of 1: its error, 1/16 to 1/64 of these, cancels in dt - dt_0
        const double x = std::log(fine_steps - 1.0), y = std::log(error);
        sx += x, sy += y, sxx += x * x, sxy += x * y;
        std::printf("Euler-Maruyama dt %.4f ms: mean error %.3e\n", finest_ms * fine_steps, error);
    }
    const double slope = (3 * sxy - sx * sy) / (3 * sxx - sx * sx);
    std::printf("strong order %.3f\n", slope);
    CHECK(slope == Approx(1).margin(0.1));
}

TEST_CASE("a run repeats to the bit, and goes on from a stored state") {
    AreaSpec spec = small_spec();
    spec.noise.gate = 0.05, spec.noise.L4E = 0.1, spec.PV_delay_ms = 1.23, spec.tau.PV_lag_ms = 0.5;
    auto one = started_area(spec, tokens(spec, 2)), two = started_area(spec, tokens(spec, 2));
    one->reset(5, 3), two->reset(5, 3);
    run(*one, 30, spec.dt_ms), run(*two, 30, spec.dt_ms);
    CHECK(one->state() == two->state());
    two->reset(5, 4);
    run(*two, 30, spec.dt_ms);
    CHECK(one->state() != two->state());

    auto three = started_area(spec, tokens(spec, 2));
    three->reset(5, 3);
    three->set_state(one->state());
    run(*one, 20, spec.dt_ms, 300), run(*three, 20, spec.dt_ms, 300);
    // the kept inputs are evaluated afresh from the state: the same numbers
    CHECK(largest_difference(three->state(), one->state()) <= 1e-14);
}

TEST_CASE("an imposed rhythm multiplies its population's input") {
    AreaSpec spec = small_spec();
    spec.oscillation.imposed = true;
    spec.oscillation.gamma = {false, 40, 0.5, 0.3, 0.5, 0};
    const double w = 2 * 3.141592653589793 * 0.04, tau = spec.tau.L4E_ms, t = 400;
    for (const double dt_ms : {0.1, 2.0}) {
        spec.dt_ms = dt_ms;
        auto area = started_area(spec, tokens(spec, 2));
        run(*area, t, dt_ms);
        AreaSpec steady = spec;
        steady.oscillation.imposed = false;
        auto calm = started_area(steady, tokens(spec, 2));
        run(*calm, t, dt_ms);
        // the lag's answer to 1 + A cos(wt + phi): A cos(wt + phi - atan(w tau)) / sqrt(1 + (w
        // tau)^2)
        const double gain =
            1 + 0.5 * std::cos(w * t + 0.3 - std::atan(w * tau)) / std::sqrt(1 + w * w * tau * tau);
        const auto v = rates(*area, "L4E"), u = rates(*calm, "L4E");
        INFO("dt = " << dt_ms << " ms");
        for (std::size_t i = 0; i < v.size(); ++i) CHECK(std::fabs(v[i] - gain * u[i]) <= 1e-11);
    }
    // a window: the mean of G is duty + (1 - duty)(1 - depth), whatever the step cuts
    const RhythmSpec window{true, 40, 0.8, 0.7, 0.3, 0.4};
    Rhythm rhythm(window, 0);
    rhythm.reset(1, 0);
    std::vector<StepNode> nodes;
    double area_ms = 0;
    for (int step = 0; step < 1000; ++step) {
        rhythm.nodes(step * 0.7, 0.7, nodes);
        for (const auto& node : nodes) area_ms += node.weight_ms;
    }
    CHECK(area_ms / 700 == Approx(0.3 + 0.7 * 0.2).epsilon(1e-12));
}

TEST_CASE("phase jitter differs between cycles and repeats with the seed") {
    Rhythm rhythm(RhythmSpec{false, 40, 0.5, 0, 0.5, 0.5}, 0), again = rhythm;
    rhythm.reset(1, 0), again.reset(1, 0);
    CHECK(rhythm.at(3) == again.at(3));
    CHECK(rhythm.at(3) != rhythm.at(28)); // the same place, one cycle of 25 ms later
    again.reset(1, 1);
    CHECK(rhythm.at(3) != again.at(3));
}

TEST_CASE("a number that is not finite is named with its place and time") {
    AreaSpec spec = small_spec();
    auto area = started_area(spec, tokens(spec, 2));
    run(*area, 5, spec.dt_ms);
    CHECK_NOTHROW(area->check_finite(50));
    auto state = area->state();
    state[3 * 8 + 2] = NAN; // L4E comes first: column 3, unit 2
    area->set_state(state);
    CHECK_THROWS_WITH(area->check_finite(51), Catch::Contains("L4E column 3 unit 2") &&
                                                  Catch::Contains("nan") &&
                                                  Catch::Contains("5.1 ms"));
}

TEST_CASE("single precision follows double precision") {
    for (const char* inhibition : {"pv_log", "pv_divisive"})
        for (const Norm norm : {Norm::none, Norm::pre}) {
            AreaSpec spec = small_spec(), single = spec;
            spec.norm = single.norm = norm;
            spec.inhibition = single.inhibition = inhibition;
            single.precision = Precision::float32;
            auto one = started_area(spec, tokens(spec, 2)),
                 two = started_area(single, tokens(spec, 2));
            run(*one, 300, spec.dt_ms), run(*two, 300, spec.dt_ms);
            // a lag stops within eps / (2 dt / tau): 6e-8 / 0.01 for tau = 20 ms, through few gains
            CHECK(relative_error(rates(*two, "output"), rates(*one, "output")) <= 5e-5);
        }
}

TEST_CASE("a delay shorter, equal and longer than a step is the same delay") {
    AreaSpec spec = small_spec();
    spec.PV_delay_ms = 1;
    const auto at = [&](double dt_ms) {
        spec.dt_ms = dt_ms;
        auto area = started_area(spec, tokens(spec, 2));
        area->settle_inputs();
        run(*area, 30, dt_ms);
        return rates(*area, "L5gate");
    };
    const auto truth = at(1.0 / 64);
    // second order: 1e-2 ms^-2 x dt^2 and less
    CHECK(largest_difference(at(0.3), truth) <= 2e-2);
    CHECK(largest_difference(at(0.1), truth) <= 2e-3);
    CHECK(largest_difference(at(2.0), truth) <= 0.5);
}
