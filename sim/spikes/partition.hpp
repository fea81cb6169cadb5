/// Which thread's part owns which neurons, and where their arriving input is summed.
///
/// Every population is cut into n_parts runs of neighbours. A part owns at most 65 536 slots, so
/// that a synapse names its target in 16 bits; a network with more has more parts than threads.
/// How many parts there are does not show in any result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lamina {

/// A population's place in the network.
struct PopulationPlace {
    std::uint32_t first = 0; ///< number of its first neuron in the network
    std::uint32_t n = 0;
    int block = 0; ///< all neurons of one model form a block
    std::uint32_t n_channels = 1;
};

/// A run of one population's neurons inside a part.
struct PartRange {
    int population;
    std::uint32_t first; ///< within the population
    std::uint32_t n;
    std::uint32_t first_in_block; ///< place of its first neuron in the part's block
    std::uint32_t n_places;       ///< of the block, kept for it: see places_for
};

/// Places that a run of n neurons takes up: whole registers, so that the run after it begins with a
/// cache line and no loop ends with single neurons. Those behind the last neuron are advanced like
/// the others, and nobody looks at them.
constexpr std::uint32_t places_for(std::uint32_t n) {
    const std::uint32_t together = n <= 64 ? 16 : 64;
    return (n + together - 1) / together * together;
}

/// What one part owns of one block: n places, with n_channels rows of slots of stride n.
struct PartBlock {
    std::uint32_t n = 0, first_slot = 0, n_channels = 1;
    std::vector<PartRange> ranges;
};

class Partition {
  public:
    Partition() = default;
    /// At least n_parts; more if 65 536 slots would not do.
    Partition(std::vector<PopulationPlace> populations, int n_blocks, int n_parts);

    int n_parts() const { return n_parts_; }
    std::uint32_t n_neurons() const { return n_neurons_; }
    const std::vector<PopulationPlace>& populations() const { return populations_; }
    const PartBlock& block(int part, int b) const { return blocks_[part][b]; }
    int n_blocks() const { return n_blocks_; }
    std::uint32_t n_slots(int part) const { return n_slots_[part]; }

    /// First neuron, within its population, that part p owns; p = n_parts gives n.
    std::uint32_t boundary(int population, int p) const {
        const std::uint64_t n = populations_[population].n;
        return static_cast<std::uint32_t>(n * std::uint64_t(p) / std::uint64_t(n_parts_));
    }
    /// Slot of the first neuron of a population that a part owns.
    std::uint32_t slot(int part, int population, std::uint32_t channel) const {
        const PartBlock& b = blocks_[part][populations_[population].block];
        return b.first_slot + channel * b.n + first_in_block_[part][population];
    }

  private:
    bool lay_out();

    std::vector<PopulationPlace> populations_;
    int n_parts_ = 0, n_blocks_ = 0;
    std::uint32_t n_neurons_ = 0;
    std::vector<std::vector<PartBlock>> blocks_;             ///< [part][block]
    std::vector<std::vector<std::uint32_t>> first_in_block_; ///< [part][population]
    std::vector<std::uint32_t> n_slots_;
};

} // namespace lamina
