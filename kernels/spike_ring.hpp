/// Where spikes and the sums of arriving input lie on a device: rings of steps.
///
/// A spike of step k through a synapse with a delay of d steps is added, at once, to the sums of
/// step k + d; those of step k are consumed and cleared in step k. The spikes of the last steps are
/// kept: whoever needs an older spike (synapses that learn, the host that records) finds it there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/atomics.hpp"
#include "kernels/block.hpp"

namespace lamina {

/// Sums of arriving input, in quanta.
struct SumRing {
    std::int32_t* sums;    ///< [steps, n_slots]
    std::uint32_t n_slots; ///< of all parts
    std::uint32_t mask;    ///< steps - 1; steps is a power of two above the longest delay

    LAMINA_FN std::int32_t* of_step(std::int64_t step) const {
        return sums + static_cast<std::size_t>(static_cast<std::uint32_t>(step) & mask) * n_slots;
    }
};

/// What happened in each of the last steps, as lists of at most `most` entries in no order.
template <class Entry> struct StepLists {
    Entry* entries;       ///< [steps, most]
    std::uint32_t* count; ///< [steps]; 0 before its step begins
    std::uint32_t most;
    std::uint32_t mask; ///< steps - 1

    LAMINA_FN std::uint32_t place(std::int64_t step) const {
        return static_cast<std::uint32_t>(step) & mask;
    }
    LAMINA_FN const Entry* of_step(std::int64_t step) const {
        return entries + static_cast<std::size_t>(place(step)) * most;
    }
    LAMINA_FN void add(std::int64_t step, const Entry& entry) const {
        const std::uint32_t at = atomic_add(&count[place(step)], 1u);
        entries[static_cast<std::size_t>(place(step)) * most + at] = entry;
    }
};

/// A spike's way into rows of synapses: its row, and the share of their weights with which it acts.
struct EmittedSpike {
    std::uint32_t row, share;
};

/// Body, one item: the step has ended.
struct EndStep {
    std::int64_t* now;
    StepLists<std::uint32_t> spikes;
    StepLists<EmittedSpike> emitted;

    LAMINA_FN void operator()(std::size_t) const {
        const std::int64_t next = ++*now;
        spikes.count[spikes.place(next)] = 0;
        if (emitted.most > 0) emitted.count[emitted.place(next)] = 0;
    }
};

/// Block body, a warp = one of the last steps: puts the lists of some steps one behind the other.
struct PackLists {
    StepLists<std::uint32_t> lists;
    std::int64_t first_step;
    std::uint32_t n_steps;
    const std::uint32_t* begin; ///< [n_steps] of each step's in `out`
    std::uint32_t* out;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto lanes = block.lanes();
        for (std::uint32_t k = warp_of(block); k < n_steps; k += n_warps_of(block)) {
            const std::uint32_t n = lists.count[lists.place(first_step + k)];
            const std::uint32_t* const list = lists.of_step(first_step + k);
            for (auto i = static_cast<std::uint32_t>(lanes.first()); i < n;
                 i += static_cast<std::uint32_t>(lanes.count()))
                out[begin[k] + i] = list[i];
        }
    }
};

/// The last of n ranges, each with a member first_item and in its order, that begins at an item or
/// before it.
template <class Range>
LAMINA_FN const Range& range_of(const Range* ranges, std::uint32_t n, std::uint32_t item) {
    std::uint32_t first = 0;
    while (n > 1) {
        const std::uint32_t half = n / 2;
        if (ranges[first + half].first_item <= item) {
            first += half;
            n -= half;
        } else {
            n = half;
        }
    }
    return ranges[first];
}

} // namespace lamina
