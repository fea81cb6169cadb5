/// The cells of a spiking column through a device's executor: the bits of the processor.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/cpu/exec.hpp"
#include "sim/device_cells.hpp"
#include "sim/errors.hpp"
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

} // namespace

TEST_CASE("a device steps every cell of a column as the processor does") {
    const Device device = tested_device(GENERATE(1u, 2u));
    for (const CellModel& model : cell_models()) {
        INFO(model.name);
        const CellSpec spec{model.name, {}, 1};
        const std::vector<double> drives = drives_of(model.name);
        const auto here = make_cells(spec, n_groups, n_neurons, dt_ms),
                   there = make_device_cells(device, spec, n_groups, n_neurons, dt_ms);
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
    CHECK_THROWS_AS(make_device_cells(device, {"poisson", {}, 1}, 1, 1, dt_ms), SpecError);
}

TEST_CASE("a device steps bursting cells as the processor does") {
    const Device device = tested_device(GENERATE(1u, 2u));
    BurstCells here(n_groups, n_neurons, dt_ms);
    const auto there = make_device_burst_cells(device, n_groups, n_neurons, dt_ms);
    std::vector<double> I_s_pA, I_d_pA;
    for (std::size_t group = 0; group < n_groups; ++group) {
        I_s_pA.push_back(300 + 120 * double(group));
        I_d_pA.push_back(50 + 160 * double(group));
    }
    here.set_currents(I_s_pA, I_d_pA), there->set_currents(I_s_pA, I_d_pA);
    BurstCells::Heard heard, there_heard;
    std::uint64_t n_bursts = 0;
    for (std::uint64_t step = 0; step < 300; ++step) {
        here.step({7, 3, 5}, step, heard);
        there->step({7, 3, 5}, step, there_heard);
        REQUIRE(there_heard.spikes == heard.spikes);
        REQUIRE(there_heard.events == heard.events);
        REQUIRE(there_heard.bursts == heard.bursts);
        for (const std::uint32_t n : heard.bursts) n_bursts += n;
    }
    CHECK(there->state() == here.state());
    CHECK(n_bursts > 0);
    CHECK_THROWS_AS(make_device_burst_cells(device, 1, 1, 1), SpecError);
}

TEST_CASE("a device lets gates spike as the processor does") {
    const std::uint32_t rest_steps = GENERATE(0u, 3u);
    const Device device = tested_device(4);
    constexpr int n_rows = 3, n_keys = 6, of_gate = 7;
    constexpr std::size_t n_gates = n_rows * n_keys;
    SpikeGatesPlan plan;
    plan.n_rows = n_rows, plan.a.assign(n_gates, 1. / n_keys);
    plan.body.n_keys = n_keys, plan.body.n_neurons = of_gate;
    plan.body.rest_steps = rest_steps;
    plan.body.leak = 0.02, plan.body.rate_dt = 0.05, plan.body.log_limit = std::log(20.0);
    plan.body.seed = 5, plan.body.trial = 2;
    const auto gates = make_device_spike_gates(device, plan);

    std::vector<double> log_drive(n_gates), offset(n_gates, 0.25), log_divisor(n_rows), a = plan.a;
    std::vector<std::uint32_t> n_spikes(n_gates), free_at(n_gates * of_gate);
    std::uint64_t n_all = 0;
    for (std::uint64_t step = 0; step < 300; ++step) {
        for (std::size_t i = 0; i < n_gates; ++i) log_drive[i] = std::sin(double(7 * i + step));
        for (std::size_t i = 0; i < n_rows; ++i) log_divisor[i] = 0.1 * double(i);
        const bool uneven = step % 2 == 0;
        SpikeGates<double> body = plan.body;
        body.log_drive = log_drive.data(), body.log_divisor = log_divisor.data();
        body.offset = uneven ? offset.data() : nullptr;
        body.gate = a.data(), body.n_spikes = n_spikes.data(), body.step = step;
        body.free_at = rest_steps > 0 ? free_at.data() : nullptr;
        Cpu().for_each(n_gates, body);
        REQUIRE(gates->step(step, log_drive, log_divisor,
                            uneven ? offset : std::vector<double>()) == n_spikes);
        for (const std::uint32_t n : n_spikes) n_all += n;
    }
    CHECK(gates->a() == a);
    CHECK(n_all > 1000);
}
