/// A column of neurons whose cells step on a device: the spikes and the state of the processor, to
/// the bit.
#include <catch2/catch.hpp>

#include <atomic>
#include <string>

#include "sim/area_batch.hpp"
#include "sim/burst_matching.hpp"
#include "sim/errors.hpp"
#include "sim/hidden_cells.hpp"
#include "sim/run.hpp"
#include "sim/small_areas.hpp"
#include "sim/spiking_gates.hpp"
#include "sim/tested_device.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

/// Few numbers, few cells, long steps: what an emulated device can do.
AreaSpec tiny_spec() {
    AreaSpec spec;
    spec.columns = 2, spec.heads = 1, spec.d_model = 2, spec.d_head = 2, spec.d_ff = 2;
    spec.dt_ms = 0.5;
    spec.spiking.on = true;
    spec.spiking.n_neurons = spec.spiking.in_degree = 6, spec.spiking.PV_neurons = 5;
    spec.spiking.match_neurons = 4, spec.spiking.delay_ms = 1;
    return spec;
}

struct Kind {
    const char* name;
    AreaSpec spec;
};
std::vector<Kind> kinds() {
    std::vector<Kind> all;
    const auto add = [&](const char* name, auto change) {
        AreaSpec spec = tiny_spec();
        change(spec);
        all.push_back({name, spec});
    };
    add("plain", [](AreaSpec&) {});
    add("pv_linear, spread, silenced", [](AreaSpec& spec) {
        spec.inhibition = "pv_linear", spec.kappa = 4;
        spec.spiking.PV_spread = 0.3, spec.spiking.PV_silenced = 0.2, spec.PV_delay_ms = 2;
    });
    add("no inhibition, causal, norm post", [](AreaSpec& spec) {
        spec.inhibition = "oracle", spec.attention = Attention::causal, spec.norm = Norm::post;
    });
    add("in-degree", [](AreaSpec& spec) { spec.spiking.in_degree = 3; });
    add("Dale, SST",
        [](AreaSpec& spec) { spec.dale = true, spec.apical_suppression = 0.8, spec.d_ff = 0; });
    add("bursts", [](AreaSpec& spec) { spec.score = "apical"; });
    add("hidden cells",
        [](AreaSpec& spec) { spec.score = "additive_exponential", spec.score_units = 16; });
    add("fast weights", [](AreaSpec& spec) {
        spec.score = "linear", spec.spiking.fast_weights = true, spec.spiking.in_degree = 3;
    });
    return all;
}

/// Who spiked in the last step, population by population.
std::vector<std::uint32_t> step_spikes_of(const Area& area) {
    std::vector<std::uint32_t> all;
    for (std::size_t i = 0; i < area.spikes().size(); ++i) {
        const StepSpikes now = area.step_spikes(i);
        for (std::size_t unit = 0; unit < now.n_units; ++unit) all.push_back(now.of(unit));
    }
    return all;
}
std::vector<std::int64_t> counts_of(const Area& area) {
    std::vector<std::int64_t> all;
    for (const PopulationSpikes& one : area.spikes())
        all.insert(all.end(), {one.n_spikes, one.n_events, one.n_bursts});
    return all;
}

void check_like_processor(const AreaSpec& spec, const Device& device) {
    const auto weights = small_weights(spec, 1);
    const auto here = make_area(spec, weights, 1), there = make_area(spec, weights, 1, device);
    const auto both = [&](auto what) { what(*here), what(*there); };
    const auto check_same = [&] {
        CHECK((there->state() == here->state()));
        CHECK(counts_of(*there) == counts_of(*here));
    };
    const auto run = [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t step = from; step < to; ++step) {
            both([&](Area& area) { area.advance(step); });
            REQUIRE((step_spikes_of(*there) == step_spikes_of(*here)));
        }
        check_same();
    };
    check_same();
    both([&](Area& area) { area.reset(3, 1), area.present(tokens(spec, 2)); });
    both([&](Area& area) { area.settle_inputs(); });
    run(0, 24);
    for (const PopulationSpikes& one : here->spikes()) {
        INFO(one.name);
        // 6 ms of a hundredth of the microcircuit are silent, and on no device
        CHECK((one.n_spikes > 0 || one.name.rfind("background_", 0) == 0));
    }

    // what has begun here goes on there, and the other way round
    const auto state = here->state();
    both([&](Area& area) { area.reset(3, 1), area.present(tokens(spec, 2)); });
    there->set_state(state);
    CHECK((there->state() == state));
    both([&](Area& area) { area.set_state(there->state()); });
    run(24, 36);
}

} // namespace

TEST_CASE("a column of neurons on a device has the spikes and the state of the processor") {
    const Device device = tested_device(7);
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        check_like_processor(kind.spec, device);
    }
}

TEST_CASE("a column in the microcircuit has its cells on a device", "[slow]") {
    AreaSpec spec = tiny_spec();
    spec.dt_ms = 0.25;
    spec.spiking.embedded = true, spec.spiking.background_scale = 0.01;
    check_like_processor(spec, tested_device(7));
}

TEST_CASE("trials of a column of neurons on a device are those of the processor, on any threads") {
    const AreaSpec spec = tiny_spec();
    const auto weights = small_weights(spec, 1);
    struct Three final : Task {
        AreaSpec spec;
        std::vector<double> none;
        std::int64_t n_trials() const override { return 3; }
        Trial trial(std::int64_t n) const override {
            Trial trial;
            trial.number = n, trial.n_steps = 20;
            trial.segments = {tokens(spec, std::uint64_t(5 + n))};
            return trial;
        }
        const std::vector<double>& stimuli() const override { return none; }
        std::vector<std::string> stimulus_names() const override { return {}; }
    } task;
    task.spec = spec;
    RunPlan plan;
    plan.area = &spec, plan.weights = &weights, plan.task = &task;
    plan.recording.rates_every = 5;
    const std::atomic<bool> stop{false};
    const auto run_on = [&](const Device& device, int threads) {
        plan.device = device;
        std::vector<std::vector<double>> all;
        for (const TrialRecord& one : run_trials(
                 plan, threads, [] {}, stop)) {
            all.push_back(one.rate_rms);
            for (const PopulationSpikes& spikes : one.spikes)
                all.back().push_back(double(spikes.n_spikes));
        }
        return all;
    };
    const auto here = run_on({}, 1);
    REQUIRE(here.size() == 3);
    CHECK(here[0] != here[1]);
    CHECK((run_on(tested_device(7), 1) == here));
    CHECK((run_on(tested_device(8), 2) == here));
}

TEST_CASE("areas of rates on a device are a batch, areas of neurons are none") {
    AreaSpec spec = tiny_spec();
    const auto weights = small_weights(spec, 1);
    CHECK(device_lacks(spec).empty());
    CHECK_THROWS_AS(make_area_batch(tested_device(1), spec, weights, 2, 1), DeviceError);
    spec.spiking.on = false;
    CHECK_THROWS_AS(make_area(spec, weights, 1, tested_device(1)), DeviceError);
}

TEST_CASE("cells of a device that is not there are made nowhere else") {
    if (const std::string why = why_no_device(); why.empty()) {
        skip("there is a CUDA device");
        return;
    }
    const Device device = {Device::cuda, 0};
    const AreaSpec spec = tiny_spec();
    CHECK_THROWS_AS(make_area(spec, small_weights(spec, 1), 1, device), DeviceError);
    CHECK_THROWS_AS(make_cells({}, 1, 1, 0.1, device), DeviceError);
    CHECK_THROWS_AS(make_burst_cells(1, 1, 0.1, device), DeviceError);
    CHECK_THROWS_AS(make_spiking_gates({}, device), DeviceError);
    CHECK_THROWS_AS(make_hidden_spikes({1, 1, 1, 0}, device), DeviceError);
    AreaSpec bursting = spec, hidden = spec;
    bursting.score = "apical", hidden.score = "additive_exponential";
    CHECK_THROWS_AS(BurstMatching(bursting, AreaLayout(bursting), device), DeviceError);
    CHECK_THROWS_AS(HiddenCells(hidden, AreaLayout(hidden), 1, device), DeviceError);
}
