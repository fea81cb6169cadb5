/// Block body: a warp takes a spike's row of synapses (synapse_row.hpp) and adds it, segment by
/// segment, to the sums of the steps in which it arrives.
///
/// How many spikes a step has is known on the device alone: a fixed grid strides over them.
#pragma once

#include "kernels/block.hpp"
#include "kernels/spike_ring.hpp"
#include "kernels/synapse_row.hpp"

namespace lamina {

/// Where the rows lie: those of all parts, one part after the other.
struct RowTable {
    const std::uint32_t* words;
    const std::uint64_t* begin; ///< [n_parts, n_rows]; no_row: no synapse
    std::uint32_t n_rows, n_parts;
    const std::uint32_t* first_slot; ///< [n_parts] of the part among all slots

    static constexpr std::uint64_t no_row = ~std::uint64_t(0);
};

/// Adds one row, all lanes of a warp together.
template <class Lanes>
LAMINA_FN void add_row(const RowTable& rows, std::uint32_t row, std::uint32_t part,
                       std::uint32_t share, std::int64_t step, const SumRing& input,
                       const Lanes& lanes) {
    const std::uint64_t begin = rows.begin[static_cast<std::size_t>(part) * rows.n_rows + row];
    if (begin == RowTable::no_row) return;
    const std::uint32_t* at = rows.words + begin;
    std::int64_t arrival = step;
    for (std::uint32_t head = *at; head != 0; head = *at) {
        arrival += steps_since(head);
        const std::uint32_t n = synapses_in(head);
        std::int32_t* const sums = input.of_step(arrival) + rows.first_slot[part];
        for (std::uint32_t k = static_cast<std::uint32_t>(lanes.first()); k < n;
             k += static_cast<std::uint32_t>(lanes.count())) {
            const std::uint32_t word = at[1 + k];
            const std::int32_t quanta = quanta_of(word);
            atomic_add(&sums[slot_of(word)],
                       share == whole_weight ? quanta : scaled_quanta(quanta, share));
        }
        at += 1 + n;
    }
}

/// A spike of this step: the row that it reaches, and the share of the weights with which it acts.
/// The static row of a neuron has its number.
LAMINA_FN inline EmittedSpike row_of(std::uint32_t neuron) { return {neuron, whole_weight}; }
LAMINA_FN inline EmittedSpike row_of(const EmittedSpike& spike) { return spike; }

/// @tparam Spike  a neuron, for its static synapses, or an EmittedSpike
template <class Spike> struct ScatterSpikes {
    RowTable rows;
    SumRing input;
    StepLists<Spike> spikes;
    const std::int64_t* now;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto lanes = block.lanes();
        const std::int64_t step = *now;
        const std::uint32_t n = spikes.count[spikes.place(step)];
        const Spike* const list = spikes.of_step(step);
        for (std::uint32_t k = warp_of(block); k < n * rows.n_parts; k += n_warps_of(block)) {
            const EmittedSpike spike = row_of(list[k / rows.n_parts]);
            add_row(rows, spike.row, k % rows.n_parts, spike.share, step, input, lanes);
        }
    }
};

} // namespace lamina
