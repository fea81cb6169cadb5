/// How much memory a network takes on a device.
#pragma once

#include <algorithm>
#include <cstdint>

namespace lamina::device {

inline std::int64_t power_of_two_from(std::int64_t n) {
    std::int64_t p = 1;
    while (p < n) p *= 2;
    return p;
}

constexpr std::int64_t steps_at_once = 64; ///< at least, between two visits of the host

/// Steps whose spikes are kept: as many as fit into some 96 MB, at least steps_at_once.
/// @param history  steps whose spikes are needed once more
inline std::int64_t steps_to_keep(std::uint32_t n_neurons, std::int64_t history) {
    constexpr double most_bytes = 96e6;
    const double fit = most_bytes / (4.0 * std::max<std::uint32_t>(n_neurons, 1));
    std::int64_t steps = power_of_two_from(steps_at_once + history + 1);
    while (steps < 1024 && double(2 * steps) <= fit) steps *= 2;
    return steps;
}

/// What memory depends on.
struct DeviceLoad {
    double neurons = 0, slots = 0, synapses = 0, learning = 0; ///< learning: among the synapses
    double emitting = 0;                                       ///< sources with a state
    std::int64_t longest_steps = 1;
};

/// In bytes, to some percent; docs/devices.md has what was measured.
inline double predicted_bytes(const DeviceLoad& load) {
    const double kept = double(steps_to_keep(std::uint32_t(load.neurons),
                                             load.learning > 0 ? load.longest_steps : 0)),
                 ring = double(power_of_two_from(load.longest_steps + 1));
    // a word for a synapse and its share of heads; slot, segment, weight and list of one that
    // learns
    const double synapses = 4.07 * load.synapses + 20 * load.learning;
    // state, constants, and where the rows of a neuron begin
    const double neurons = 330 * load.neurons + 40 * load.emitting;
    return synapses + neurons + 4 * (ring * load.slots + kept * load.neurons);
}

} // namespace lamina::device
