/// How fast this machine runs spiking networks, beside what it could do at best.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {

/// What one thread does at best, measured in the same process.
struct SpikeCeilings {
    double scatter_ns = 0; ///< adding one packed synapse to 151 KiB of sums, from memory in cache
    double copy_GB_per_s = 0; ///< bytes read and written by a copy of 64 MiB
};
SpikeCeilings spike_ceilings();

/// The networks that can be measured.
struct BenchNetwork {
    const char *name, *title;
    double smallest_scale;
    NetworkSpec (*make)(double scale, MicrocircuitDrive);
};
const std::vector<BenchNetwork>& bench_networks();

struct NetworkBenchOptions {
    std::string network = "microcircuit"; ///< of bench_networks()
    double scale = 1, seconds = 1, discard_s = 0.5;
    MicrocircuitDrive drive = MicrocircuitDrive::dc; ///< of the microcircuit
    int n_threads = 1;
    std::uint64_t seed = 1;
    Delivery delivery = Delivery::automatic;
    Device device;
};

struct NetworkBenchmark {
    NetworkBenchOptions options;
    NetworkCost cost; ///< of the timed part; sizes of the whole
    double wall_s = 0, cpu_s = 0;
    std::vector<std::string> populations;
    std::vector<double> rates_Hz; ///< [populations]
    std::string spike_hash;       ///< SHA-256 of the spikes of the timed part
    SpikeCeilings ceilings;

    double real_time_factor() const { return wall_s / options.seconds; }
    double ns_per_event() const { return cost.deliver_s / double(cost.n_events) * 1e9; }
    double ns_per_neuron_step() const {
        return (cost.update_s + cost.drive_s) / (double(cost.n_neurons) * double(cost.n_steps)) *
               1e9;
    }
    double bytes_per_synapse() const {
        return double(cost.synapse_bytes) / double(cost.n_synapses);
    }
};

/// Builds the network, runs it for the discarded time and then for the timed one.
/// @throws SpecError when there is no such network or an option is out of range
NetworkBenchmark bench_network(const NetworkBenchOptions&);

/// SHA-256 of the spikes' little-endian pairs (step u64, neuron u32), in their order.
std::string spike_hash(const std::vector<Spike>&);

/// The same network with both ways of delivery, in turns.
struct DeliveryBenchmark {
    double scale = 1;
    int n_threads = 1, n_windows = 0;
    double due_time_ns = 0, ring_ns = 0; ///< per synaptic event: median over windows of 50 ms
    bool same_spikes = false;
};
DeliveryBenchmark bench_delivery(double scale, int n_threads, int n_windows);

/// The microcircuit is built again and again; nothing runs.
struct BuildBenchmark {
    double scale = 1;
    int n_threads = 1, n_builds = 0;
    double least_s = 0, median_s = 0;
    std::uint64_t n_synapses = 0;
    std::size_t bytes = 0;
};
BuildBenchmark bench_build(double scale, int n_threads, int n_builds);

/// Every neuron model of the catalogue with its own parameters, 4096 neurons without input on one
/// thread: in cache, random words included.
struct UpdateSpeed {
    std::string model;
    double float32_ns = 0, float64_ns = 0; ///< per neuron and step, least over windows
};
struct UpdateBenchmark {
    int n_windows = 0;
    std::vector<UpdateSpeed> models;
};
UpdateBenchmark bench_update(int n_windows);

} // namespace lamina
