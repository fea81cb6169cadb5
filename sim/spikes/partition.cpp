#include "sim/spikes/partition.hpp"

#include "kernels/synapse_row.hpp"

namespace lamina {

Partition::Partition(std::vector<PopulationPlace> populations, int n_blocks, int n_parts)
    : populations_(std::move(populations)), n_parts_(n_parts), n_blocks_(n_blocks) {
    for (const PopulationPlace& p : populations_) n_neurons_ += p.n;
    while (!lay_out()) ++n_parts_;
}

/// False when a part would have too many slots.
bool Partition::lay_out() {
    const auto parts = static_cast<std::size_t>(n_parts_);
    blocks_.assign(parts, std::vector<PartBlock>(static_cast<std::size_t>(n_blocks_)));
    first_in_block_.assign(parts, std::vector<std::uint32_t>(populations_.size()));
    n_slots_.assign(parts, 0);
    for (int part = 0; part < n_parts_; ++part) {
        for (int g = 0; g < int(populations_.size()); ++g) {
            PartBlock& block = blocks_[part][populations_[g].block];
            const std::uint32_t first = boundary(g, part), n = boundary(g, part + 1) - first;
            first_in_block_[part][g] = block.n;
            block.ranges.push_back({g, first, n, block.n, places_for(n)});
            block.n += places_for(n);
            block.n_channels = populations_[g].n_channels;
        }
        for (PartBlock& block : blocks_[part]) {
            block.first_slot = n_slots_[part];
            n_slots_[part] += block.n * block.n_channels;
        }
        if (n_slots_[part] > most_slots) return false;
    }
    return true;
}

} // namespace lamina
