/// What one thread owns of a network: some neurons, the sums of their arriving input, and the
/// synapses onto them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cpu/line_vector.hpp"
#include "kernels/poisson_counts.hpp"
#include "kernels/synapse_row.hpp"
#include "sim/spikes/emission.hpp"
#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/partition.hpp"
#include "sim/spikes/plastic_rows.hpp"

namespace lamina {

/// A spike's way into a bundle of synapses that are not static: its row, the share of its weights.
struct Emitted {
    std::uint32_t row, share;
};

/// The spikes of one part between two exchanges.
struct alignas(128) SpikeBatch { // on lines of its own: threads write theirs at the same time
    std::vector<std::uint32_t> neurons; ///< step by step
    std::vector<std::uint32_t> end;     ///< [steps] of each step's neurons
    std::vector<Emitted> emitted;       ///< step by step
    std::vector<std::uint32_t> emitted_end;

    void clear() { neurons.clear(), end.clear(), emitted.clear(), emitted_end.clear(); }
};

/// The sources in one part of a bundle: their rows, their state when they have one.
struct PartSources {
    std::uint32_t first_neuron, n, first_row;
    int bundle;
    std::unique_ptr<Emission> emission; ///< none for synapses that learn
};

/// The synapses of one projection that learn onto this part.
struct PartLearning {
    std::uint32_t first_row, n_rows;
    int projection;
    std::unique_ptr<PlasticRows> rows;
};

/// External Poisson spikes onto a run of neurons.
struct DriveRange {
    std::uint32_t first_slot, n;
    std::uint32_t n_places;     ///< slots from the first on that may be added to
    std::uint32_t first_number; ///< of its first neuron, among the random numbers of a step
    std::uint32_t drive;        ///< number among the drives of its population
    std::int32_t quanta;
    std::int64_t from_step, to_step;
    PoissonTable law;
};

/// What a part is made of.
struct PartContents {
    std::vector<std::unique_ptr<NeuronPart>> blocks;
    std::vector<std::uint32_t> first_slot; ///< [block]
    std::uint32_t n_slots = 0;
    std::vector<DriveRange> drives;
    std::vector<PartSources> sources;
    std::vector<PartLearning> learning;
};

/// Which steps, and by which way, arriving input is summed for.
struct PartTiming {
    std::int64_t longest_steps = 1;
    bool ring = false; ///< all at once into a ring of future sums; else segment by segment when due
};

class alignas(128) Part { // as SpikeBatch
  public:
    /// @param rows  [row] of the wiring; kept by the caller
    Part(PartContents, const std::vector<const std::uint32_t*>& rows, const PartTiming&,
         const NoiseKey&);

    /// Takes over the spikes that some part had in the steps from first_step on.
    void take(const SpikeBatch&, std::int64_t first_step);
    /// Completes the sums of a step with the synapses whose delay ends.
    void deliver(std::int64_t step);
    /// Completes them with external spikes.
    void drive(std::int64_t step);
    /// Consumes the sums; appends who spikes.
    void advance(std::int64_t step, SpikeBatch&);

    /// Random numbers are those of this trial from now on.
    void set_trial(std::uint32_t trial);

    std::uint64_t n_events() const;
    const NeuronPart& block(int b) const { return *is_.blocks[b]; }
    NeuronPart& block(int b) { return *is_.blocks[b]; }
    const std::vector<PartSources>& sources() const { return is_.sources; }
    const std::vector<PartLearning>& learning() const { return is_.learning; }

    /// Input on its way through synapses that do not learn: [slots] of step `now` + d.
    std::vector<std::int32_t> coming(std::int64_t now, std::int64_t d) const;
    void forget_coming();
    /// Input that a saved network had on its way, for a step of `now` or later.
    void set_coming(std::int64_t step, const std::vector<std::int32_t>& sums);

  private:
    std::int32_t* sums_of(std::int64_t step) {
        return sums_.data() + (timing_.ring ? std::size_t(step & mask_) * is_.n_slots : 0);
    }
    void take_row(const std::uint32_t* row, std::uint32_t share, std::int64_t spike_step);
    void take_coming(const std::uint32_t* neurons, std::size_t n, std::int64_t spike_step);
    void take_emitted(const Emitted&, std::int64_t spike_step);
    void deliver_due(std::int64_t step);
    void add_open(const DriveRange&, std::int64_t step, std::size_t from, std::int32_t* sums);
    void emit(std::int64_t step, std::size_t first, SpikeBatch&);

    PartContents is_;
    const std::vector<const std::uint32_t*>& rows_; ///< [row]
    PartTiming timing_;
    std::int64_t mask_;                        ///< of steps, into due_ and the ring
    cpu::LineVector<std::int32_t> sums_;       ///< [ring steps or 1, slots]
    std::vector<std::vector<LiveSpike>> due_;  ///< [step & mask_] segments that arrive then
    std::vector<const std::uint32_t*> coming_; ///< scratch: rows of spikes just taken
    /// Of due-time delivery, sums of steps to come that a saved network had: [step & mask_]
    std::vector<std::vector<std::int32_t>> restored_;
    cpu::LineVector<std::uint16_t> cells_; ///< scratch: random numbers of a drive
    std::vector<std::uint8_t> open_;       ///< scratch: which rows of them have an open cell
    NoiseKey key_;
    std::uint64_t n_events_ = 0;
};

} // namespace lamina
