/// Studies of single mechanisms, measured on small cases against their laws.
#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>

#include "experiments/mechanisms/mechanisms.hpp"
#include "experiments/studies.hpp"

using namespace lamina;
using namespace lamina::laws;

namespace {

Laboratory hopfield_laboratory() {
    ExperimentSpec spec;
    spec.task.type = "hopfield";
    spec.area.columns = 12, spec.area.d_head = 16;
    spec.task.hopfield.gain = {0.2, 1, 20};
    spec.task.hopfield.draws = 6, spec.task.hopfield.steps = 5;
    spec.task.hopfield.noise = 0.2;
    spec.seed = 4;
    return laboratory_of(spec);
}

Laboratory match_laboratory(int draws) {
    ExperimentSpec spec;
    spec.task.type = "match_and_control";
    spec.task.match.draws = draws;
    spec.seed = 4;
    return laboratory_of(spec);
}

} // namespace

TEST_CASE("hopfield: a step of the circuit is the transformer's attention, and energy never rises",
          "[physics]") {
    const Hopfield found = measure_hopfield(hopfield_laboratory());
    const std::size_t n_states = found.n_steps + 1, n_draws = found.n_draws;
    const auto mean_of = [&](const Numbers& all, std::size_t gain, std::size_t step) {
        double sum = 0;
        for (std::size_t draw = 0; draw < n_draws; ++draw)
            sum += all[(gain * n_draws + draw) * n_states + step];
        return sum / double(n_draws);
    };
    for (const double error : found.attention_error) CHECK(error < 1e-9);
    double fall = 0;
    for (std::size_t run = 0; run < 3 * n_draws; ++run)
        for (std::size_t step = 1; step < n_states; ++step) {
            const double by =
                found.energy[run * n_states + step - 1] - found.energy[run * n_states + step];
            CHECK(by > -1e-9);
            fall += by;
        }
    CHECK(fall > 1); // it is no constant
    // a large gain ends at the pattern that was cued, a small one at the mean of all
    CHECK(mean_of(found.cosine, 2, 0) == Approx(1 / std::sqrt(1.04)).margin(0.03)); // noise 0.2
    CHECK(mean_of(found.cosine, 2, 5) > 0.999);
    CHECK(mean_of(found.n_patterns, 2, 5) < 1.01);
    CHECK(mean_of(found.n_patterns, 0, 5) > 11);
    CHECK(mean_of(found.cosine, 0, 5) < 0.6);
}

TEST_CASE("hopfield: the energy of one pattern is its closed form") {
    ExperimentSpec spec;
    spec.area.columns = 1, spec.area.d_head = 8;
    spec.task.hopfield.gain = {1};
    spec.task.hopfield.draws = 2, spec.task.hopfield.steps = 1;
    const Hopfield found = measure_hopfield(laboratory_of(spec));
    // with one pattern E = |xi - x|^2 / 2, which a step brings to 0
    CHECK(found.energy[0] > 0.1);
    CHECK(found.energy[1] == Approx(0).margin(1e-12));
    CHECK(found.cosine[1] == Approx(1));
}

TEST_CASE("match_and_control: fitted at one window, the others are as published",
          "[physics][slow]") {
    const MatchAndControl found = measure_match_and_control(match_laboratory(2000));
    CHECK(found.success[1] == Approx(0.683).margin(1e-6));
    CHECK(found.spurious[1] == Approx(0.115).margin(1e-3));
    CHECK(std::fabs(found.success[0] - 0.336) < 0.1);
    CHECK(std::fabs(found.success[2] - 0.913) < 0.1);
    // one threshold for all windows does not do it
    CHECK(found.success_one_threshold[0] < found.success[0] - 0.1);
    CHECK(found.success_one_threshold[2] > found.success[2]);
    // a train with itself: a coincidence per spike at least, T / (1 / rate + recovery) spikes
    for (std::size_t window = 0; window < 3; ++window) {
        const auto first = found.coincidences.begin() + std::ptrdiff_t(window * found.n_draws);
        const double mean =
            std::accumulate(first, first + std::ptrdiff_t(found.n_draws), 0.0) / 2000;
        const double spikes = 0.5 * double(1 << window) / (1 / 6.0 + 0.05);
        CHECK(mean > spikes);
        CHECK(mean < 1.6 * spikes);
    }
}

TEST_CASE("studies give the same numbers on any number of threads, and foretell their summary") {
    for (const char* task : {"hopfield", "match_and_control", "linear_attention", "normalization",
                             "exponential_spikes"}) {
        ExperimentSpec spec;
        spec.task.type = task;
        spec.area.columns = 4, spec.area.d_head = 4;
        spec.task.hopfield.draws = 2, spec.task.hopfield.steps = 2;
        spec.task.match.draws = 100;
        spec.area.d_model = 6;
        spec.task.linear.draws = 2, spec.task.linear.entries = 3;
        spec.task.linear.score_sd = {0.3, 2};
        spec.task.exponential.draws = 50, spec.task.exponential.units = {4, 16};
        const Study* const study = study_of(spec);
        REQUIRE(study);
        std::atomic<int> ticks{0};
        const std::atomic<bool> stop{false};
        const auto tick = [&] { ++ticks; };
        const auto one = run_study(*study, spec, 1, tick, stop);
        CHECK(ticks == study_items(*study, spec));
        CHECK(one.summary.dump() == run_study(*study, spec, 3, tick, stop).summary.dump());
        const auto foretold = study_summary_unmeasured(*study, spec);
        for (const auto& [key, value] : one.summary[study->part].items()) {
            INFO(task << " " << key);
            CHECK(foretold[study->part].contains(key));
            CHECK(foretold[study->part][key].size() == value.size());
        }
    }
}
