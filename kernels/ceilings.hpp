/// Bodies that do one thing as often as they can: what a device does at best, of which networks are
/// made. Each leaves a number that the host can work out, so that they are checked as well.
#pragma once

#include "kernels/atomics.hpp"
#include "kernels/block.hpp"

namespace lamina {

/// Spreads the bits of a number: a one-to-one map of 32 bits (Wellons, lowbias32).
LAMINA_FN inline std::uint32_t spread_bits(std::uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
}

/// Places that jump about in [0, n): cheap, so that what is done there takes the time.
struct Jumps {
    std::uint32_t x, n;
    LAMINA_FN std::uint32_t next() {
        x = x * 1664525u + 1013904223u; // an LCG (Numerical Recipes)
        return static_cast<std::uint32_t>((static_cast<std::uint64_t>(x) * n) >> 32);
    }
};

template <class Block> LAMINA_FN std::uint32_t thread_of_launch(const Block& block) {
    return static_cast<std::uint32_t>(block.index() * block.n_threads() + block.thread());
}

/// All blocks meet, again and again.
struct MeetAll {
    std::uint32_t n_meetings;
    std::uint32_t* met; ///< [blocks]

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        std::uint32_t n = 0;
        for (; n < n_meetings; ++n) block.sync_all();
        if (block.thread() == 0) met[block.index()] = n;
    }
};

/// Body, one item: as little as a launch can do.
struct CountLaunch {
    std::uint32_t* count;
    LAMINA_FN void operator()(std::size_t) const { ++*count; }
};

/// Every thread adds to sums in its block's memory; then each sum is added to the total.
struct AddShared {
    std::uint32_t n_adds, n_sums, quanta;
    std::uint32_t* total;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        std::uint32_t* const sums = block.template shared<std::uint32_t>();
        const auto thread = static_cast<std::uint32_t>(block.thread()),
                   n_threads = static_cast<std::uint32_t>(block.n_threads());
        for (std::uint32_t i = thread; i < n_sums; i += n_threads) sums[i] = 0;
        block.sync();
        Jumps place{spread_bits(thread_of_launch(block)), n_sums};
        for (std::uint32_t k = 0; k < n_adds; ++k) atomic_add(&sums[place.next()], quanta);
        block.sync();
        std::uint32_t own = 0;
        for (std::uint32_t i = thread; i < n_sums; i += n_threads) own += sums[i];
        atomic_add(total, own);
    }
};

/// Every thread adds to sums in the device's memory.
struct AddGlobal {
    std::uint32_t n_adds, n_sums, quanta;
    std::uint32_t* sums;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        Jumps place{spread_bits(thread_of_launch(block)), n_sums};
        for (std::uint32_t k = 0; k < n_adds; ++k) atomic_add(&sums[place.next()], quanta);
    }
};

/// 16 bytes that are moved at once.
struct alignas(16) FourWords {
    std::uint32_t word[4];
};
struct CopyWords {
    const FourWords* from;
    FourWords* to;
    std::uint32_t n, n_times;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto stride = static_cast<std::uint32_t>(block.count() * block.n_threads());
        for (std::uint32_t k = 0; k < n_times; ++k)
            for (std::uint32_t i = thread_of_launch(block); i < n; i += stride) to[i] = from[i];
    }
};

/// Body, one item = one word of a table of rows.
struct FillWords {
    std::uint32_t* words;
    LAMINA_FN void operator()(std::size_t i) const {
        words[i] = spread_bits(static_cast<std::uint32_t>(i));
    }
};

constexpr std::uint32_t row_words = 32; ///< 128 bytes: what a warp reads at once

/// Every warp reads rows here and there, a word per lane.
struct ReadRows {
    const std::uint32_t* words;
    std::uint32_t n_rows, n_reads;
    std::uint32_t* sum; ///< [warps]

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto lanes = block.lanes();
        const std::uint32_t warp = warp_of(block);
        Jumps row{spread_bits(warp), n_rows};
        std::uint32_t own = 0;
        for (std::uint32_t k = 0; k < n_reads; ++k)
            own += words[static_cast<std::size_t>(row.next()) * row_words +
                         static_cast<std::uint32_t>(lanes.first())];
        own = lanes.sum(own);
        if (lanes.first() == 0) sum[warp] = own;
    }
};

/// A warp reads rows of which each names the next: how long it waits for one.
struct FollowRows {
    const std::uint32_t* words;
    std::uint32_t n_rows, n_reads;
    std::uint32_t* last; ///< [warps]

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto lanes = block.lanes();
        std::uint32_t row = warp_of(block) % n_rows;
        for (std::uint32_t k = 0; k < n_reads; ++k) {
            const std::uint32_t word = words[static_cast<std::size_t>(row) * row_words +
                                             static_cast<std::uint32_t>(lanes.first())];
            row = next_row(lanes.broadcast(word, static_cast<int>(k % row_words)), n_rows);
        }
        if (lanes.first() == 0) last[warp_of(block)] = row;
    }
    LAMINA_FN static std::uint32_t next_row(std::uint32_t word, std::uint32_t n_rows) {
        return static_cast<std::uint32_t>((static_cast<std::uint64_t>(word) * n_rows) >> 32);
    }
};

} // namespace lamina
