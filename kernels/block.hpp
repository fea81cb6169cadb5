/// The Block contract: work that a group of threads does together, with barriers and memory of its
/// own, is written for *some* block, so that the same body runs on a GPU and, thread by thread in
/// an order that a seed shuffles, on a CPU (emulated/grid.hpp).
///
///     index()   number of this block       count()      blocks of the launch
///     thread()  number of this thread      n_threads()  threads of a block, a multiple of 32
///     lanes()   its warp: see lanes.hpp, and ballot, broadcast
///     shared<T>()   the block's own memory, as many bytes as the launch asked for; not cleared
///     sync()    a barrier of the block     sync_all()   a barrier of all blocks of the launch
///
/// Every thread of a block must come to the same barriers, every lane of a warp to the same
/// exchanges: the emulation ends with a message where one does not. sync_all needs a launch whose
/// blocks all run at once (for_each_block_together).
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable.hpp"

namespace lamina {

/// How a launch of blocks is cut.
struct BlockShape {
    int n_blocks = 1, n_threads = 128; ///< threads of a block: a multiple of 32
    std::size_t shared_bytes = 0;      ///< memory of a block
};

/// Number of this thread's warp in the launch, and of all its warps: a warp takes every n-th row.
template <class Block> LAMINA_FN std::uint32_t warp_of(const Block& block) {
    const int lanes = block.lanes().count();
    return static_cast<std::uint32_t>(block.index() * (block.n_threads() / lanes) +
                                      block.thread() / lanes);
}
template <class Block> LAMINA_FN std::uint32_t n_warps_of(const Block& block) {
    return static_cast<std::uint32_t>(block.count() * (block.n_threads() / block.lanes().count()));
}

} // namespace lamina
