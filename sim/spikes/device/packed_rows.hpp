/// Rows of synapses as kernels/shared_ring.hpp wants them: by the block that owns the targets.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/shared_ring.hpp"
#include "sim/spikes/device/flat_network.hpp"

namespace lamina {

struct PackedNetwork {
    std::vector<std::uint32_t> words;
    std::vector<std::uint64_t> begin;  ///< [neurons]
    std::vector<std::uint16_t> offset; ///< [neurons, n_blocks + 1]
    std::vector<NeuronHome> homes;     ///< [neurons]
    std::vector<DriveOnNeuron> driven;
};

/// Why a network cannot be packed whatever the device; "" when it can.
const char* refusal_to_pack(const FlatNetwork&);

/// @param n_own  neurons of a block
/// @return empty words when a source has more synapses than an offset counts
PackedNetwork pack(const FlatNetwork&, std::uint32_t n_own, std::uint32_t n_blocks);

} // namespace lamina
