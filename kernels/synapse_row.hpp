/// How the synapses of one source are laid out, and what is done with them when it has spiked.
///
/// A row is a chain of segments, one per delay, in the order of delays. A segment is one head and
/// its synapses, a u32 each; a head of 0 ends the row:
///
///     head      steps since the segment before (16 bit) | number of synapses (16 bit)
///     synapse   weight in quanta, signed (16 bit)        | slot of the target (16 bit)
///
/// The delay of a synapse takes no memory of its own. A slot is a place among the sums of arriving
/// input that one thread owns; integers add up to the same sum in any order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable.hpp"

namespace lamina {

constexpr std::uint32_t most_slots = 1u << 16, most_in_segment = 0xffff, most_delay_steps = 0xffff;
constexpr std::int32_t most_quanta = 32767; ///< of one synapse

LAMINA_FN inline std::uint32_t synapse_word(std::uint32_t slot, std::int32_t quanta) {
    return (static_cast<std::uint32_t>(quanta) << 16) | slot;
}
LAMINA_FN inline std::uint32_t slot_of(std::uint32_t word) { return word & 0xffffu; }
LAMINA_FN inline std::int32_t quanta_of(std::uint32_t word) {
    return static_cast<std::int32_t>(word) >> 16;
}

LAMINA_FN inline std::uint32_t segment_head(std::uint32_t steps_since, std::uint32_t n) {
    return (steps_since << 16) | n;
}
LAMINA_FN inline std::uint32_t steps_since(std::uint32_t head) { return head >> 16; }
LAMINA_FN inline std::uint32_t synapses_in(std::uint32_t head) { return head & 0xffffu; }

/// Short-term plasticity scales all synapses of a spike by one share of their weights, in 2^-16.
constexpr std::uint32_t whole_weight = 1u << 16;

/// A share of a weight, 0 to 1, in 2^-16, to the nearest.
LAMINA_FN inline std::uint32_t share_of_weight(double share) {
    return static_cast<std::uint32_t>(share * whole_weight + 0.5);
}

/// A spike on its way: the segment that arrives next, and the share of its weights.
struct LiveSpike {
    const std::uint32_t* synapses;
    std::uint32_t n, share;
};

/// Adds a segment to the sums of one step.
LAMINA_FN inline void add_segment(const std::uint32_t* synapses, std::uint32_t n,
                                  std::int32_t* sums) {
    for (std::uint32_t i = 0; i < n; ++i) sums[slot_of(synapses[i])] += quanta_of(synapses[i]);
}

/// Quanta of a synapse scaled by a share of at most whole_weight, to the nearest, halves upwards.
/// 32767 * 2^16 + 2^15 < 2^31.
LAMINA_FN inline std::int32_t scaled_quanta(std::int32_t quanta, std::uint32_t share) {
    return (quanta * static_cast<std::int32_t>(share) + 0x8000) >> 16;
}

/// Adds a segment, scaled.
LAMINA_FN inline void add_scaled_segment(const std::uint32_t* synapses, std::uint32_t n,
                                         std::uint32_t share, std::int32_t* sums) {
    for (std::uint32_t i = 0; i < n; ++i)
        sums[slot_of(synapses[i])] += scaled_quanta(quanta_of(synapses[i]), share);
}

} // namespace lamina
