/// Cells of a column: the same bits on every executor, and random rows in the processor's order.
#include <catch2/catch.hpp>

#include <numeric>
#include <vector>

#include "kernels/count_spikes.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"
#include "kernels/random_rows.hpp"
#include "kernels/step_burst_cells.hpp"
#include "kernels/step_cells.hpp"
#include "models/neuron_catalogue.hpp"

using namespace lamina;

namespace {

constexpr std::size_t n_groups = 3, per_group = 37, n = n_groups * per_group;
constexpr double dt_ms = 0.1;

template <class T> using Emulating = DeviceArray<Emulated, T>;

/// From the first row of random numbers on; [words] of a step, of this draw.
std::vector<std::uint32_t> random_words(std::uint64_t step, std::uint32_t draw) {
    std::vector<std::uint32_t> words(256);
    cpu::random_words(3, 1, Stream::cells, step, draw, 0, n, words.data());
    return words;
}
std::vector<std::uint16_t> random_halves(std::uint64_t step, std::uint32_t draw) {
    std::vector<std::uint16_t> halves(128);
    cpu::random_halves(3, 1, Stream::cells, step, draw, 0, n, halves.data());
    return halves;
}

template <class Record> std::vector<std::uint32_t> all_of(const Record& one) {
    std::vector<std::uint32_t> words(SoaView<Record>::n_words * n);
    for (std::size_t i = 0; i < n; ++i) SoaView<Record>{words.data(), n}.store(i, one);
    return words;
}

/// Of a step: the drive of each group, and the noise.
struct Input {
    std::vector<float> drives;
    float noise;
};
Input input_of(const LifExp<float>&) { return {{75, 90, 120}, 290}; }
Input input_of(const LifDelta<float>&) { return {{0.1f, 0.12f, 0.2f}, 0.4f}; }
Input input_of(const EscapeExp<float>&) { return {{40, 60, 80}, 0}; }

} // namespace

TEST_CASE("random rows on a device are those of a processor") {
    const Emulated exec(GENERATE(1u, 2u));
    const RandomRow row{3, 1, Stream::cells, (std::uint64_t(1) << 40) + 7, 6};
    const Emulating<std::uint16_t> halves(exec, 128);
    const Emulating<std::uint32_t> words(exec, 256);
    exec.for_each("halves", 128 / RandomHalves::per_block, RandomHalves{row, halves.data()});
    exec.for_each("words", 256 / RandomWords::per_block, RandomWords{row, words.data()});
    std::vector<std::uint16_t> all_halves = random_halves(row.step, 6);
    std::vector<std::uint32_t> all_words = random_words(row.step, 6);
    all_halves.resize(n), all_words.resize(n);
    CHECK(halves.get(0, n) == all_halves);
    CHECK(words.get(0, n) == all_words);
}

TEMPLATE_TEST_CASE("StepCells has the same bits on a processor and on a device", "", LifExp<float>,
                   LifDelta<float>, EscapeExp<float>) {
    using Model = TestType;
    const auto [drives, noise] = input_of(Model{});
    StepCells<Model, float> body{};
    body.constants = Model::prepare({}, dt_ms);
    body.noise = noise, body.draws_stride = n;

    const Emulated exec(GENERATE(1u, 2u));
    std::vector<std::uint32_t> words = all_of(Model::start({})), n_spikes(n_groups);
    Emulating<std::uint32_t> on_words(exec, words), on_draws(exec, 256), on_sums(exec, n_groups);
    Emulating<std::uint16_t> on_halves(exec, 128);
    std::vector<std::uint8_t> spiked(n);
    const Emulating<std::uint8_t> on_spiked(exec, n);
    const Emulating<float> on_drives(exec, drives);
    std::uint32_t n_all = 0, n_counted = 0;
    for (std::uint64_t step = 0; step < 1000; ++step) {
        const auto halves = random_halves(step, 0);
        const auto draws = random_words(step, 1);
        // group by group, as a processor has them
        for (std::size_t group = 0; group < n_groups; ++group) {
            const std::size_t first = group * per_group;
            StepCells<Model, float> here = body;
            here.state = {words.data() + first, n};
            here.halves = halves.data() + first, here.draws = draws.data() + first;
            here.spiked = spiked.data() + first;
            here.drive = drives[group];
            Cpu().for_each(per_group, here);
        }

        on_halves.set(halves), on_draws.set(draws);
        StepGroups<Model, float> there{body, on_drives.data(), per_group};
        there.cells.state = {on_words.data(), n};
        there.cells.halves = on_halves.data(), there.cells.draws = on_draws.data();
        there.cells.spiked = on_spiked.data();
        exec.for_each("step", n, there);
        REQUIRE(on_spiked.get() == spiked);
        for (const std::uint8_t one : spiked) n_all += one;
        if (step % 20 != 0) continue;
        Cpu().for_each_row(n_groups, CountSpikes{spiked.data(), per_group, n_spikes.data()});
        exec.for_each_row("count", n_groups,
                          CountSpikes{on_spiked.data(), per_group, on_sums.data()});
        REQUIRE(on_sums.get() == n_spikes);
        n_counted += std::accumulate(n_spikes.begin(), n_spikes.end(), 0u);
    }
    CHECK(n_counted > 0);
    CHECK(on_words.get() == words);
    // every cell fires, and rests in between
    CHECK(n_all > n);
    CHECK(n_all < 100 * n);
}

TEST_CASE("StepBurstCells has the same bits on a processor and on a device") {
    using Model = TwoCompartmentBurst<float>;
    using Body = StepBurstCells<Model, float>;
    Body body{};
    body.constants = Model::prepare({}, dt_ms);
    body.background_stride = n;
    body.reach = 160;
    for (int channel = 0; channel < Model::n_channels; ++channel)
        body.weight_nS[channel] = channel % 2 == 0 ? 4.f : 6.f;

    const Emulated exec(GENERATE(1u, 2u));
    std::vector<std::uint32_t> words = all_of(Model::start({})),
                               trains = all_of(Body::Train{161, 0});
    std::vector<std::int32_t> background(Model::n_channels * n);
    std::vector<float> soma_mV(n), dendrite_mV(n);
    for (std::size_t i = 0; i < n; ++i) // from 300 to 600 pA, and around half a plateau
        soma_mV[i] = 0.1f * (0.8f + 0.8f * float(i) / n), dendrite_mV[i] = 0.1f * float(i % 7);
    std::vector<std::uint8_t> spike(n), event(n), burst(n);
    Emulating<std::uint32_t> on_words(exec, words), on_trains(exec, trains);
    Emulating<std::int32_t> on_background(exec, background);
    const Emulating<float> on_soma(exec, soma_mV), on_dendrite(exec, dendrite_mV);
    const Emulating<std::uint8_t> on_spike(exec, n), on_event(exec, n), on_burst(exec, n);
    std::size_t n_spikes = 0, n_events = 0, n_bursts = 0;
    for (std::uint64_t step = 0; step < 2000; ++step) {
        for (std::uint32_t channel = 0; channel < Model::n_channels; ++channel) {
            const auto halves = random_halves(step, channel);
            for (std::size_t i = 0; i < n; ++i)
                background[channel * n + i] = halves[i] < (channel % 2 == 0 ? 3300 : 1000) ? 1 : 0;
        }
        Body here = body;
        here.state = {words.data(), n}, here.train = {trains.data(), n};
        here.background = background.data();
        here.soma_mV = soma_mV.data(), here.dendrite_mV = dendrite_mV.data();
        here.spike = spike.data(), here.event = event.data(), here.burst = burst.data();
        Cpu().for_each(n, here);

        on_background.set(background);
        Body there = body;
        there.state = {on_words.data(), n}, there.train = {on_trains.data(), n};
        there.background = on_background.data();
        there.soma_mV = on_soma.data(), there.dendrite_mV = on_dendrite.data();
        there.spike = on_spike.data(), there.event = on_event.data();
        there.burst = on_burst.data();
        exec.for_each("step", n, there);
        REQUIRE(on_spike.get() == spike);
        REQUIRE(on_event.get() == event);
        REQUIRE(on_burst.get() == burst);
        for (std::size_t i = 0; i < n; ++i)
            n_spikes += spike[i], n_events += event[i], n_bursts += burst[i];
    }
    CHECK(on_words.get() == words);
    CHECK(on_trains.get() == trains);
    CHECK(n_bursts > 0);
    CHECK(n_events > n_bursts);
    CHECK(n_spikes >= n_events + n_bursts);
}
