#include "sim/bench_spikes.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/format.h>

#include "kernels/philox.hpp"
#include "kernels/synapse_row.hpp"
#include "sim/bench_timing.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/sha256.hpp"
#include "sim/spikes/brunel.hpp"
#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/vogels_abbott.hpp"

namespace lamina {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void refuse_outside(const char* option, double value, double least, double most) {
    if (!(value >= least && value <= most))
        throw SpecError(
            fmt::format("{} {:g} lies outside {:g} .. {:g}", option, value, least, most));
}

void subtract(NetworkCost& cost, const NetworkCost& before) {
    cost.n_steps -= before.n_steps;
    cost.n_events -= before.n_events;
    cost.deliver_s -= before.deliver_s;
    cost.drive_s -= before.drive_s;
    cost.update_s -= before.update_s;
    cost.wait_s -= before.wait_s;
}

} // namespace

SpikeCeilings spike_ceilings() {
    // 16 384 synapses in cache, and sums as large as those of half a microcircuit
    constexpr std::uint32_t n_synapses = 1u << 14, n_slots = 38656;
    std::vector<std::uint32_t> synapses(n_synapses);
    for (std::uint32_t i = 0; i < n_synapses; ++i)
        synapses[i] = synapse_word(
            std::uint32_t(
                (std::uint64_t(philox(1, 0, Stream::laboratory, i, 0).word[0]) * n_slots) >> 32),
            2810);
    std::vector<std::int32_t> sums(n_slots, 0);
    std::vector<char> from(std::size_t(64) << 20, 1), to(from.size(), 2);
    const auto timings =
        time_interleaved({[&] { add_segment(synapses.data(), n_synapses, sums.data()); },
                          [&] { std::copy(from.begin(), from.end(), to.begin()); }},
                         5, 0.05);
    return {timings[0].least_s / n_synapses * 1e9,
            2 * double(from.size()) / timings[1].least_s * 1e-9};
}

std::string spike_hash(const std::vector<Spike>& spikes) {
    std::string bytes;
    bytes.reserve(spikes.size() * 12);
    for (const Spike& spike : spikes) {
        for (int k = 0; k < 8; ++k)
            bytes += static_cast<char>(std::uint64_t(spike.step) >> (8 * k));
        for (int k = 0; k < 4; ++k) bytes += static_cast<char>(spike.neuron >> (8 * k));
    }
    return sha256_of(bytes);
}

const std::vector<BenchNetwork>& bench_networks() {
    static const std::vector<BenchNetwork> table = {
        {"microcircuit", "microcircuit of Potjans & Diesmann (2014)", 0.001,
         [](double scale, MicrocircuitDrive drive) { return microcircuit(scale, drive); }},
        {"brunel", "asynchronous irregular state of Brunel (2000)", brunel_smallest_scale,
         [](double scale, MicrocircuitDrive) { return brunel(5, 2, scale); }},
        {"vogels_abbott", "network of Vogels & Abbott (2005)", vogels_abbott_smallest_scale,
         [](double scale, MicrocircuitDrive) { return vogels_abbott(scale); }}};
    return table;
}

NetworkBenchmark bench_network(const NetworkBenchOptions& options) {
    const auto& networks = bench_networks();
    const auto found = std::find_if(networks.begin(), networks.end(), [&](const BenchNetwork& n) {
        return n.name == options.network;
    });
    if (found == networks.end())
        throw SpecError("there is no network `" + options.network + "` to measure");
    refuse_outside("--scale", options.scale, found->smallest_scale, 1);
    refuse_outside("--seconds", options.seconds, 0.001, 3600);
    refuse_outside("--discard", options.discard_s, 0, 3600);
    NetworkBenchmark bench;
    bench.options = options;
    const NetworkSpec spec = found->make(options.scale, options.drive);
    for (const NeuronPopulationSpec& p : spec.populations) bench.populations.push_back(p.name);
    NetworkOptions how;
    how.n_threads = options.n_threads;
    how.delivery = options.delivery;
    how.device = options.device;
    how.take_times = true;
    SpikingNetwork network(spec, options.seed, how);
    network.advance(std::int64_t(options.discard_s * 1e3 / spec.dt_ms + 0.5));
    network.take_spikes();

    const NetworkCost before = network.cost();
    const std::clock_t cpu = std::clock();
    const auto start = std::chrono::steady_clock::now();
    network.advance(std::int64_t(options.seconds * 1e3 / spec.dt_ms + 0.5));
    bench.wall_s = seconds_since(start);
    bench.cpu_s = double(std::clock() - cpu) / CLOCKS_PER_SEC;
    bench.cost = network.cost();
    subtract(bench.cost, before);

    const std::vector<Spike> spikes = network.take_spikes();
    bench.cost.n_spikes = spikes.size();
    bench.spike_hash = spike_hash(spikes);
    const std::vector<std::uint32_t>& first = network.first_neurons();
    bench.rates_Hz.assign(spec.populations.size(), 0);
    for (const Spike& spike : spikes) {
        const auto after = std::upper_bound(first.begin(), first.end(), spike.neuron);
        bench.rates_Hz[std::size_t(after - first.begin() - 1)] += 1;
    }
    for (std::size_t g = 0; g < bench.rates_Hz.size(); ++g)
        bench.rates_Hz[g] /= double(first[g + 1] - first[g]) * options.seconds;
    bench.ceilings = spike_ceilings();
    return bench;
}

DeliveryBenchmark bench_delivery(double scale, int n_threads, int n_windows) {
    refuse_outside("--scale", scale, 0.001, 1);
    DeliveryBenchmark bench{scale, n_threads, n_windows, 0, 0, false};
    const NetworkSpec spec = microcircuit(scale, MicrocircuitDrive::poisson);
    NetworkOptions how;
    how.n_threads = n_threads;
    how.take_times = true;
    how.delivery = Delivery::due_time;
    SpikingNetwork due(spec, 1, how);
    how.delivery = Delivery::ring;
    SpikingNetwork ring(spec, 1, how);
    std::vector<double> ns[2];
    SpikingNetwork* const networks[2] = {&due, &ring};
    for (int window = 0; window <= n_windows; ++window)
        for (int k = 0; k < 2; ++k) {
            const NetworkCost before = networks[k]->cost();
            networks[k]->advance(window == 0 ? 5000 : 500);
            NetworkCost cost = networks[k]->cost();
            subtract(cost, before);
            if (window > 0) ns[k].push_back(cost.deliver_s / double(cost.n_events) * 1e9);
        }
    for (auto& windows : ns) std::sort(windows.begin(), windows.end());
    bench.due_time_ns = ns[0][ns[0].size() / 2];
    bench.ring_ns = ns[1][ns[1].size() / 2];
    bench.same_spikes = due.take_spikes() == ring.take_spikes();
    return bench;
}

BuildBenchmark bench_build(double scale, int n_threads, int n_builds) {
    BuildBenchmark bench{scale, n_threads, n_builds, 0, 0, 0, 0};
    const NetworkSpec spec = microcircuit(scale, MicrocircuitDrive::dc);
    NetworkOptions how;
    how.n_threads = n_threads;
    std::vector<double> seconds;
    for (int build = 0; build < n_builds; ++build) {
        const NetworkCost cost = SpikingNetwork(spec, 1, how).cost();
        seconds.push_back(cost.build_s);
        bench.n_synapses = cost.n_synapses;
        bench.bytes = cost.synapse_bytes;
    }
    std::sort(seconds.begin(), seconds.end());
    bench.least_s = seconds.front();
    bench.median_s = seconds[seconds.size() / 2];
    return bench;
}

UpdateBenchmark bench_update(int n_windows) {
    constexpr std::uint32_t n = 4096;
    UpdateBenchmark bench;
    bench.n_windows = n_windows;
    for (const NeuronModelEntry& model : neuron_models()) {
        UpdateSpeed speed;
        speed.model = model.name;
        NetworkSpec spec;
        NeuronPopulationSpec population;
        population.name = population.model = model.name;
        population.n = n;
        spec.populations.push_back(population);
        const auto n_channels = static_cast<std::uint32_t>(model.channels.size());
        const Partition partition({{0, n, 0, n_channels}}, 1, 1);
        std::vector<std::int32_t> sums(std::size_t(n) * n_channels, 0);
        std::int64_t step = 0;
        std::unique_ptr<NeuronPart> parts[2];
        for (int k = 0; k < 2; ++k) {
            spec.precision = k == 0 ? SpikePrecision::float32 : SpikePrecision::float64;
            parts[k] = make_neuron_part(spec, partition, 0, 0, std::vector<double>(n_channels, 1.0),
                                        {1, 0});
        }
        const auto timings = time_interleaved({[&] { parts[0]->advance(step++, sums.data()); },
                                               [&] { parts[1]->advance(step++, sums.data()); }},
                                              n_windows, 0.02);
        speed.float32_ns = timings[0].least_s / n * 1e9;
        speed.float64_ns = timings[1].least_s / n * 1e9;
        bench.models.push_back(speed);
    }
    return bench;
}

} // namespace lamina
