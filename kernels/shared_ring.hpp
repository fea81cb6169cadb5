/// Block body for networks of one model with static synapses: many steps in one launch, the state
/// of a neuron in its thread, the ring of future sums in the memory of its block.
///
/// A block owns n_own neurons. In each step its threads advance them; all blocks meet; then the
/// warps of every block take the spikes of all, one each, and add those of their synapses that
/// reach the block's own neurons. What arrives in the next step is there after a barrier of the
/// block.
///
/// A synapse is one word: weight in quanta, signed (16 bit) | delay in steps (6) | own slot (10).
/// The sums are integers, so that it gives the spikes of the plain kernels, bit for bit.
#pragma once

#include "kernels/advance_neurons.hpp"
#include "kernels/block.hpp"
#include "kernels/drive_neurons.hpp"

namespace lamina {

constexpr std::uint32_t packed_slots = 1u << 10, packed_delays = 1u << 6;

LAMINA_FN inline std::uint32_t packed_synapse(std::uint32_t slot, std::uint32_t delay_steps,
                                              std::int32_t quanta) {
    return (static_cast<std::uint32_t>(quanta) << 16) | (delay_steps << 10) | slot;
}

/// The synapses of all sources, a source's by the block that they reach.
struct PackedRows {
    const std::uint32_t* words;
    const std::uint64_t* begin;  ///< [sources] of the source's first word
    const std::uint16_t* offset; ///< [sources, n_blocks + 1] from there
    std::uint32_t n_blocks;
};

/// Where a neuron's state and sums lie for the plain kernels, which its thread takes over and gives
/// back; and the drives that reach it.
struct NeuronHome {
    std::uint32_t place, slot, channel_stride;
    std::uint32_t first_epoch, n_epochs;
    std::uint32_t first_drive, n_drives; ///< among DriveOnNeuron
};
struct DriveOnNeuron {
    std::uint32_t drive, i, channel;
};

/// A block that is alone in its launch, as far as its body can tell.
template <class Block> struct AloneBlock {
    const Block& block;

    LAMINA_FN int index() const { return 0; }
    LAMINA_FN int count() const { return 1; }
    LAMINA_FN int thread() const { return block.thread(); }
    LAMINA_FN int n_threads() const { return block.n_threads(); }
    LAMINA_FN auto lanes() const { return block.lanes(); }
    template <class T> LAMINA_FN T* shared() const { return block.template shared<T>(); }
    LAMINA_FN void sync() const { block.sync(); }
    LAMINA_FN void sync_all() const { block.sync(); }
};

template <class Model, class Real> struct RunInSharedRing {
    SoaView<typename Model::State> state; ///< [places]
    const NeuronHome* homes;              ///< [neurons]
    const DriveOnNeuron* driven;
    std::uint32_t n_neurons, n_own; ///< of the network; of a block, at most its threads
    Epochs<Model> epochs;
    Real unit_of_quantum[Model::n_channels];
    SumRing input; ///< the plain kernels' ring
    DriveTables drives;
    NoiseSource noise;
    PackedRows rows;
    StepLists<std::uint32_t> spikes;
    std::int64_t* now;
    std::int64_t n_steps;

    /// Memory of a block.
    static std::size_t shared_bytes(std::uint32_t n_own, std::uint32_t ring_steps) {
        return std::size_t(ring_steps) * Model::n_channels * n_own * sizeof(std::int32_t);
    }

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        std::int32_t* const ring = block.template shared<std::int32_t>();
        const auto own = static_cast<std::uint32_t>(block.thread()),
                   neuron = static_cast<std::uint32_t>(block.index()) * n_own + own;
        const bool has_neuron = own < n_own && neuron < n_neurons;
        const std::int64_t first_step = *now;
        NeuronHome home{};
        typename Model::State s{};
        if (has_neuron) {
            home = homes[neuron];
            s = state.load(home.place);
            move_sums(ring, own, home,
                      [](std::int32_t& mine, std::int32_t& theirs) { mine = theirs; });
        }

        for (std::int64_t step = first_step; step < first_step + n_steps; ++step) {
            if (has_neuron && advance(ring, own, home, s, step, neuron)) spikes.add(step, neuron);
            // nobody looks at the next step's list before all have met
            if (block.index() == 0 && block.thread() == 0) spikes.count[spikes.place(step + 1)] = 0;
            block.sync_all();
            scatter(block, ring, step);
            block.sync();
        }

        if (has_neuron) {
            state.store(home.place, s);
            move_sums(ring, own, home,
                      [](std::int32_t& mine, std::int32_t& theirs) { theirs = mine; });
        }
        if (block.index() == 0 && block.thread() == 0) *now = first_step + n_steps;
    }

  private:
    LAMINA_FN std::uint32_t n_slots() const { return Model::n_channels * n_own; }

    LAMINA_FN bool advance(std::int32_t* ring, std::uint32_t own, const NeuronHome& home,
                           typename Model::State& s, std::int64_t step,
                           std::uint32_t neuron) const {
        std::int32_t sums[Model::n_channels];
        for (int c = 0; c < Model::n_channels; ++c) {
            std::int32_t& sum = ring[(static_cast<std::uint32_t>(step) & input.mask) * n_slots() +
                                     static_cast<std::uint32_t>(c) * n_own + own];
            sums[c] = sum;
            sum = 0;
        }
        for (std::uint32_t k = home.first_drive; k < home.first_drive + home.n_drives; ++k) {
            const std::int32_t quanta =
                drives.quanta(drives.drives[driven[k].drive], driven[k].i, step);
            for (int c = 0; c < Model::n_channels; ++c) // indexed by constants: in registers
                sums[c] += driven[k].channel == static_cast<std::uint32_t>(c) ? quanta : 0;
        }
        Real arriving[Model::n_channels];
        for (int c = 0; c < Model::n_channels; ++c)
            arriving[c] = static_cast<Real>(sums[c]) * unit_of_quantum[c];
        return step_neuron<Model>(s, arriving, epochs.at(home.first_epoch, home.n_epochs, step),
                                  noise, step, neuron);
    }

    template <class Block>
    LAMINA_FN void scatter(const Block& block, std::int32_t* ring, std::int64_t step) const {
        const auto lanes = block.lanes();
        const auto n_lanes = static_cast<std::uint32_t>(lanes.count()),
                   lane = static_cast<std::uint32_t>(lanes.first()),
                   warp = static_cast<std::uint32_t>(block.thread()) / n_lanes,
                   n_warps = static_cast<std::uint32_t>(block.n_threads()) / n_lanes;
        const std::uint32_t n = spikes.count[spikes.place(step)];
        const std::uint32_t* const list = spikes.of_step(step);
        for (std::uint32_t k = warp; k < n; k += n_warps) {
            const std::uint32_t source = list[k];
            const std::uint16_t* const offset =
                rows.offset + static_cast<std::size_t>(source) * (rows.n_blocks + 1) +
                block.index();
            const std::uint32_t* const words = rows.words + rows.begin[source];
            for (std::uint32_t i = offset[0] + lane; i < offset[1]; i += n_lanes) {
                const std::uint32_t word = words[i], delay = (word >> 10) & (packed_delays - 1);
                const std::uint32_t at =
                    ((static_cast<std::uint32_t>(step) + delay) & input.mask) * n_slots() +
                    (word & (packed_slots - 1));
                atomic_add(&ring[at], static_cast<std::int32_t>(word) >> 16);
            }
        }
    }

    template <class Move>
    LAMINA_FN void move_sums(std::int32_t* ring, std::uint32_t own, const NeuronHome& home,
                             const Move& move) const {
        for (std::uint32_t step = 0; step <= input.mask; ++step)
            for (int c = 0; c < Model::n_channels; ++c)
                move(ring[step * n_slots() + static_cast<std::uint32_t>(c) * n_own + own],
                     input.sums[static_cast<std::size_t>(step) * input.n_slots + home.slot +
                                static_cast<std::size_t>(c) * home.channel_stride]);
    }
};

/// Block body: a network for every block. Nothing is shared, and no block waits for another.
template <class Body> struct RunAlone {
    const Body* networks; ///< [blocks]

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        networks[block.index()](AloneBlock<Block>{block});
    }
};

} // namespace lamina
