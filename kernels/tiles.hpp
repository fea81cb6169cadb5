/// Square tiles of matrices in the memory of a block, and their products: a thread has 4 x 4
/// numbers of its own, which lie together, so that a step of the inner index costs it two reads of
/// four numbers for sixteen fused multiply-adds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable.hpp"
#include "kernels/unroll.hpp"

namespace lamina {

/// Numbers that are read and written at once.
template <class Real> struct alignas(16) Four { Real x[4]; };

/// Whether four numbers from here on may be moved at once.
template <class Real> LAMINA_FN inline bool lies_for_four(const Real* at, int n_left) {
    return n_left >= 4 && reinterpret_cast<std::uintptr_t>(at) % alignof(Four<Real>) == 0;
}
/// Four neighbours, 0 where fewer are left.
template <class Real> LAMINA_FN inline Four<Real> read_four(const Real* from, int n_left) {
    if (lies_for_four(from, n_left)) return *reinterpret_cast<const Four<Real>*>(from);
    Four<Real> four{};
    LAMINA_UNROLL
    for (int j = 0; j < 4; ++j)
        if (j < n_left) four.x[j] = from[j];
    return four;
}
template <class Real> LAMINA_FN inline void write_four(const Real (&x)[4], Real* to, int n_left) {
    if (lies_for_four(to, n_left)) {
        *reinterpret_cast<Four<Real>*>(to) = {{x[0], x[1], x[2], x[3]}};
        return;
    }
    LAMINA_UNROLL
    for (int j = 0; j < 4; ++j)
        if (j < n_left) to[j] = x[j];
}

/// @tparam extent  side of a tile, 32 or 64: a block takes `extent` rows and columns of a product
template <class Real, int extent> struct Tile {
    static constexpr int each = 4, across = extent / each, n_threads = across * across;
    static constexpr int depth = 32; ///< inner indices that are loaded together
    /// A row of a tile in shared memory: four words longer, so that rows begin where Four may lie
    /// and the columns that `load` writes together in different banks.
    static constexpr int pitch = extent + 4;

    LAMINA_FN static int row_of(int thread) { return thread / across * each; }
    LAMINA_FN static int column_of(int thread) { return thread % across * each; }
    LAMINA_FN static int count(int n) { return (n + extent - 1) / extent; }

    /// into[inner, outer] for `depth` inner and `extent` outer indices, 0 beyond n_outer. Beyond
    /// n_inner nothing is written.
    template <class Block>
    LAMINA_FN static void load(const Block& block, const Real* from, std::size_t per_inner,
                               std::size_t per_outer, int n_inner, int n_outer, Real* into) {
        // neighbouring threads read along whichever index lies densely: along the inner in runs of
        // 8, so that a warp writes to 32 banks
        const bool inner_first = per_inner == 1;
        for (int e = block.thread(); e < depth * extent; e += n_threads) {
            const int inner = inner_first ? e / 32 % (depth / 8) * 8 + e % 8 : e / extent;
            const int outer = inner_first ? e / (4 * depth) * 4 + e / 8 % 4 : e % extent;
            if (inner < n_inner)
                into[inner * pitch + outer] =
                    outer < n_outer ? from[inner * per_inner + outer * per_outer] : Real(0);
        }
    }

    /// sum[i][j] += sum_l a[l, row + i] b[l, column + j], l rising
    LAMINA_FN static void multiply(const Real* a, const Real* b, int n_inner, int row, int column,
                                   Real (&sum)[each][each]) {
        for (int l = 0; l < n_inner; ++l) {
            const auto x = *reinterpret_cast<const Four<Real>*>(a + l * pitch + row);
            const auto y = *reinterpret_cast<const Four<Real>*>(b + l * pitch + column);
            LAMINA_UNROLL
            for (int i = 0; i < each; ++i) {
                LAMINA_UNROLL
                for (int j = 0; j < each; ++j) sum[i][j] = fma(x.x[i], y.x[j], sum[i][j]);
            }
        }
    }
};

} // namespace lamina
