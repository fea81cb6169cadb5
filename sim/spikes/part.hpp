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
#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/partition.hpp"

namespace lamina {

/// The spikes of one part between two exchanges.
struct SpikeBatch {
    std::vector<std::uint32_t> neurons; ///< step by step
    std::vector<std::uint32_t> end;     ///< [steps] of each step's neurons

    void clear() { neurons.clear(), end.clear(); }
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

class Part {
  public:
    /// @param ring_steps  steps of future sums; 1: due-time delivery
    Part(std::vector<std::unique_ptr<NeuronPart>> blocks, std::vector<std::uint32_t> first_slot,
         std::uint32_t n_slots, const std::vector<const std::uint32_t*>& rows,
         std::int64_t longest_steps, bool ring, std::vector<DriveRange> drives,
         const NoiseKey& key);

    /// Takes over the spikes that some part had in the steps from first_step on.
    void take(const SpikeBatch&, std::int64_t first_step);
    /// Completes the sums of a step with the synapses whose delay ends.
    void deliver(std::int64_t step);
    /// Completes them with external spikes.
    void drive(std::int64_t step);
    /// Consumes the sums; appends who spikes.
    void advance(std::int64_t step, SpikeBatch&);

    std::uint64_t n_events() const { return n_events_; }
    const NeuronPart& block(int b) const { return *blocks_[b]; }

  private:
    std::int32_t* sums_of(std::int64_t step) {
        return sums_.data() + (ring_ ? std::size_t(step & mask_) * n_slots_ : 0);
    }
    void add_row(const std::uint32_t* row, std::int64_t spike_step);
    void add_open(const DriveRange&, std::int64_t step, std::size_t from, std::int32_t* sums);

    std::vector<std::unique_ptr<NeuronPart>> blocks_;
    std::vector<std::uint32_t> first_slot_; ///< [block]
    std::uint32_t n_slots_;
    const std::vector<const std::uint32_t*>& rows_; ///< [source]
    std::int64_t mask_;                             ///< of steps, into due_ and the ring
    bool ring_;
    cpu::LineVector<std::int32_t> sums_;       ///< [ring steps or 1, slots]
    std::vector<std::vector<LiveSpike>> due_;  ///< [step & mask_] segments that arrive then
    std::vector<const std::uint32_t*> coming_; ///< scratch: rows of spikes just taken
    std::vector<DriveRange> drives_;
    cpu::LineVector<std::uint16_t> cells_; ///< scratch: random numbers of a drive
    std::vector<std::uint8_t> open_;       ///< scratch: which rows of them have an open cell
    NoiseKey key_;
    std::uint64_t n_events_ = 0;
};

} // namespace lamina
