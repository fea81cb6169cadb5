/// The cells of a spiking column through a device's executor: the bits of the processor.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "kernels/emulated/exec.hpp"
#include "sim/column_cells.hpp"
#include "sim/device_cells.hpp"
#include "sim/device_cells_of.hpp"
#include "sim/errors.hpp"
#include "sim/small_areas.hpp"
#include "sim/spiking_gates.hpp"
#include "sim/tested_device.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

constexpr std::size_t n_groups = 3, n_neurons = 40;
constexpr double dt_ms = 0.1;

/// Per ms: from the threshold's neighbourhood to rates above 100 Hz.
std::vector<double> drives_of(const std::string& model) {
    if (model == "lif_delta") return {1, 1.2, 2};
    if (model == "escape_exp") return {400, 600, 900};
    return {750, 900, 1200};
}

/// An emulated device that knows how much of its memory was taken.
struct Counting : Emulated {
    std::shared_ptr<std::size_t> n_bytes = std::make_shared<std::size_t>(0);

    Counting() : Emulated(1) {}
    void* allocate(std::size_t bytes) const {
        *n_bytes += bytes;
        return Emulated::allocate(bytes);
    }
};

} // namespace

TEST_CASE("a device steps every cell of a column as the processor does") {
    const Device device = tested_device(GENERATE(1u, 2u));
    for (const CellModel& model : cell_models()) {
        INFO(model.name);
        const CellSpec spec{model.name, {}, 1};
        const std::vector<double> drives = drives_of(model.name);
        const auto here = make_cells(spec, n_groups, n_neurons, dt_ms),
                   there = make_cells(spec, n_groups, n_neurons, dt_ms, device);
        REQUIRE(there->n_state_words() == here->n_state_words());
        // nobody has spiked yet
        REQUIRE(std::equal(here->spiked(), here->spiked() + n_groups * n_neurons, there->spiked()));
        std::vector<std::uint32_t> spikes(n_groups), there_spikes(n_groups), sum(n_groups);
        const auto run = [&](std::uint64_t from, std::uint64_t to) {
            for (std::uint64_t step = from; step < to; ++step) {
                here->step(drives.data(), {7, 3, 5}, step, spikes.data());
                there->step(drives.data(), {7, 3, 5}, step, there_spikes.data());
                REQUIRE(there_spikes == spikes);
                for (std::size_t group = 0; group < n_groups; ++group) sum[group] += spikes[group];
            }
            CHECK(there->state() == here->state());
        };
        run(before_trial, before_trial + 150);
        CHECK(sum[n_groups - 1] > sum[0]);
        // a state from there, and a new start
        there->start();
        there->set_state(here->state().data());
        run(0, 30);
        here->start(), there->start();
        run(0, 30);
        // each neuron with a drive of its own
        std::vector<float> own(n_groups * n_neurons);
        for (std::size_t i = 0; i < own.size(); ++i)
            own[i] = float(drives[1 + i % 2] * dt_ms) * (1 + 0.001f * float(i));
        for (std::uint64_t step = 30; step < 130; ++step) {
            here->step_each(own.data(), {7, 3, 5}, step, spikes.data());
            there->step_each(own.data(), {7, 3, 5}, step, there_spikes.data());
            REQUIRE(there_spikes == spikes);
            REQUIRE(std::equal(here->spiked(), here->spiked() + own.size(), there->spiked()));
        }
        CHECK(there->state() == here->state());
    }
    CHECK_THROWS_AS(make_cells({"poisson", {}, 1}, 1, 1, dt_ms, device), SpecError);
}

TEST_CASE("a device steps bursting cells as the processor does") {
    const Device device = tested_device(GENERATE(1u, 2u));
    const auto here = make_burst_cells(n_groups, n_neurons, dt_ms),
               there = make_burst_cells(n_groups, n_neurons, dt_ms, device);
    REQUIRE(there->n_state_words() == here->n_state_words());
    std::vector<double> I_s_pA, I_d_pA;
    for (std::size_t group = 0; group < n_groups; ++group) {
        I_s_pA.push_back(300 + 120 * double(group));
        I_d_pA.push_back(50 + 160 * double(group));
    }
    here->set_currents(I_s_pA, I_d_pA), there->set_currents(I_s_pA, I_d_pA);
    BurstCells::Heard heard, there_heard;
    std::uint64_t n_bursts = 0;
    const auto run = [&](std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t step = from; step < to; ++step) {
            here->step({7, 3, 5}, step, heard);
            there->step({7, 3, 5}, step, there_heard);
            REQUIRE(there_heard.spikes == heard.spikes);
            REQUIRE(there_heard.events == heard.events);
            REQUIRE(there_heard.bursts == heard.bursts);
            REQUIRE(
                std::equal(here->spiked(), here->spiked() + n_groups * n_neurons, there->spiked()));
            for (const std::uint32_t n : heard.bursts) n_bursts += n;
        }
        CHECK(there->state() == here->state());
    };
    run(0, 300);
    CHECK(n_bursts > 0);
    // a state from there, and a new start
    there->start();
    CHECK(there->state() != here->state());
    there->set_state(here->state().data());
    run(300, 350);
    here->start(), there->start();
    run(0, 30);
    CHECK_THROWS_AS(make_burst_cells(1, 1, 1, device), SpecError);
}

TEST_CASE("a device lets gates spike as the processor does") {
    SpikingGatesSpec spec;
    spec.refractory_ms = GENERATE(0.0, 0.3);
    const bool uneven = GENERATE(false, true);
    constexpr int n_rows = 3, n_keys = 6;
    spec.gates.n_rows = n_rows, spec.gates.n_keys = n_keys, spec.gates.dt_ms = dt_ms;
    spec.gates.inhibition = "pv_log";
    spec.n_neurons = 7, spec.rate_Hz = 500;
    const auto here = make_spiking_gates(spec), there = make_spiking_gates(spec, tested_device(4));
    std::vector<double> scores(n_rows * n_keys), sent(n_rows), offsets(n_rows * n_keys, 0.25);
    std::uint64_t n_all = 0;
    const auto run = [&](std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t step = from; step < to; ++step) {
            for (std::size_t i = 0; i < scores.size(); ++i)
                scores[i] = i == 2 ? -INFINITY : std::sin(double(7 * i + step));
            for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = 0.1 * double(i);
            for (SpikingGates* gates : {here.get(), there.get()}) {
                gates->set_scores(scores);
                if (uneven) gates->set_inhibition(sent), gates->set_offsets(offsets);
                gates->step_number(step);
            }
            REQUIRE(there->n_spikes() == here->n_spikes());
            REQUIRE(there->a() == here->a());
            REQUIRE(there->p() == here->p());
            for (const std::uint32_t n : here->n_spikes()) n_all += n;
        }
    };
    run(0, 300);
    CHECK(n_all > 300);
    // a new start under other random numbers, where nobody rests
    const std::vector<double> a(n_rows * n_keys, 0.1), p(n_rows, 0.5);
    here->start(a, p, 9, 2), there->start(a, p, 9, 2);
    CHECK(there->a() == a);
    run(0, 100);
}

TEST_CASE("a device lets the hidden cells of gates spike as the processor does") {
    // of more than one part, in which gates begin and end
    const HiddenSpikesPlan plan = {2, 3, 150, std::log(0.02f)};
    const auto here = make_hidden_spikes(plan), there = make_hidden_spikes(plan, tested_device(3));
    std::vector<float> query(2 * 3 * 150), key(query.size());
    std::vector<std::uint32_t> n_here, n_there;
    std::uint64_t n_all = 0;
    for (std::uint64_t step = 0; step < 40; ++step) {
        for (std::size_t i = 0; i < query.size(); ++i) {
            query[i] = std::sin(float(i + 3 * step));
            key[i] = std::cos(float(5 * i + step));
        }
        here->begin_step(query, key, {7, 3, 5}, step);
        there->begin_step(query, key, {7, 3, 5}, step);
        here->count(n_here), there->count(n_there);
        REQUIRE(n_here.size() == plan.n_gates());
        REQUIRE(n_there == n_here);
        for (const std::uint32_t n : n_here) n_all += n;
    }
    CHECK(n_all > 1000);
}

TEST_CASE("what cells take of a device's memory is foretold to a hundredth") {
    const auto check = [](const char* what, double foretold, const auto& make) {
        const Counting device;
        make(device);
        INFO(what << ": " << foretold << " and " << *device.n_bytes);
        CHECK(foretold / double(*device.n_bytes) == Approx(1).epsilon(0.01));
    };
    for (const CellModel& model : cell_models()) {
        const AnyCellsPlan any = cells_plan({model.name, {}, 1}, 40, 200, dt_ms);
        check(model.name, device_bytes(any), [&](const Counting& device) {
            std::visit(
                [&](const auto& plan) {
                    using Model = typename std::decay_t<decltype(plan)>::Model;
                    DeviceCellsOf<Counting, Model>(device, plan);
                },
                any);
        });
    }
    const BurstCellsPlan bursts = burst_cells_plan(40, 200, dt_ms);
    check("bursts", device_bytes(bursts),
          [&](const Counting& device) { DeviceBurstCellsOf<Counting>(device, bursts); });
    GateSpikesPlan gates;
    gates.n_rows = 30, gates.body.n_keys = 20, gates.body.n_neurons = 5;
    gates.body.rest_steps = GENERATE(0u, 3u);
    check("gates", device_bytes(gates),
          [&](const Counting& device) { DeviceGateSpikesOf<Counting>(device, gates); });
    const HiddenSpikesPlan hidden = {2, 9, 100, 0};
    check("hidden", device_bytes(hidden),
          [&](const Counting& device) { DeviceHiddenSpikesOf<Counting>(device, hidden); });
}

TEST_CASE("an area takes of a device what all of its cells take") {
    AreaSpec spec = small_spec();
    spec.spiking.on = true;
    spec.spiking.n_neurons = 10, spec.spiking.PV_neurons = 30;
    // 5 columns, 2 heads: v, k, q, o of 8 numbers, y, z of 8, f of 6, as pairs; PV of 10 rows
    const auto driven = [](std::size_t n_groups, std::size_t n) {
        return device_bytes(cells_plan({}, n_groups, n, 0.1));
    };
    const double rates = 2 * 5 * (6 * 8 + 6), PV = driven(10, 30);
    GateSpikesPlan gates;
    gates.n_rows = 10, gates.body.n_keys = 5;
    const double usual = driven(std::size_t(rates), 10) + PV;
    CHECK(device_bytes(spec) == Approx(usual + device_bytes(gates)));
    spec.score = "apical";
    CHECK(device_bytes(spec) ==
          Approx(usual + device_bytes(gates) + device_bytes(burst_cells_plan(800, 20, 0.1))));
    spec.score = "additive_exponential", spec.score_units = 50;
    CHECK(device_bytes(spec) ==
          Approx(usual + device_bytes(gates) + device_bytes(HiddenSpikesPlan{2, 5, 50, 0})));
    // features of keys and queries are no pairs
    spec.score = "linear", spec.spiking.fast_weights = true;
    CHECK(device_bytes(spec) == Approx(usual + driven(80, 10)));
}
