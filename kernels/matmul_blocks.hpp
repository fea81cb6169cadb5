/// Body, one block = one tile of one product out of a batch: C = A B, or C += A B, on a device.
///
/// Every element of C is one chain of fused multiply-adds over the inner index in rising order,
/// starting from zero or from its old value: the bits of cpu/matmul.hpp, and none other for any
/// number of blocks.
#pragma once

#include <cstddef>

#include "kernels/block.hpp"
#include "kernels/portable.hpp"

namespace lamina {

/// Matrices in one array, in groups that lie alike: attention has one per trial and head.
template <class T> struct MatrixBatch {
    T* first = nullptr;
    std::size_t row = 0;    ///< distance between rows
    std::size_t column = 1; ///< distance between columns
    std::size_t group = 0;  ///< distance between groups
    std::size_t member = 0; ///< distance between the matrices of a group

    LAMINA_FN T* matrix(std::size_t number, std::size_t n_members) const {
        return first + number / n_members * group + number % n_members * member;
    }
};

template <class Real> struct MatmulBlocks {
    MatrixBatch<const Real> a; ///< [m, k]
    MatrixBatch<const Real> b; ///< [k, n]
    MatrixBatch<Real> c;       ///< [m, n]
    int m, n, k;
    bool accumulate = false;
    int n_matrices = 1, n_members = 1; ///< of the batch, of a group

    /// Sides of a tile; each thread has every `step`-th row and column of its own: neighbouring
    /// threads then read neighbouring numbers.
    static constexpr int tile = 32, each = 4, step = tile / each, n_threads = step * step;
    /// A row of a tile in shared memory; odd, so that its columns lie in different banks.
    static constexpr int pitch = tile + 1;

    BlockShape shape() const {
        BlockShape shape;
        shape.n_blocks = n_matrices * tiles(m) * tiles(n);
        shape.n_threads = n_threads;
        shape.shared_bytes = 2 * tile * pitch * sizeof(Real);
        return shape;
    }

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const int across = tiles(n), of_matrix = tiles(m) * across;
        const std::size_t number = std::size_t(block.index() / of_matrix);
        const int first_row = block.index() % of_matrix / across * tile;
        const int first_column = block.index() % across * tile;
        const Real* const from_a = a.matrix(number, n_members) + first_row * a.row;
        const Real* const from_b = b.matrix(number, n_members) + first_column * b.column;
        Real* const to = c.matrix(number, n_members);
        Real* const tile_a = block.template shared<Real>(); // [inner, row]
        Real* const tile_b = tile_a + tile * pitch;         // [inner, column]
        const int row = block.thread() / step, column = block.thread() % step;

        Real sum[each][each] = {};
        if (accumulate)
            for (int i = 0; i < each; ++i)
                for (int j = 0; j < each; ++j) {
                    const int at_row = first_row + row + i * step;
                    const int at_column = first_column + column + j * step;
                    if (at_row < m && at_column < n)
                        sum[i][j] = to[at_row * c.row + at_column * c.column];
                }

        for (int inner = 0; inner < k; inner += tile) {
            const int depth = k - inner < tile ? k - inner : tile;
            load(block, from_a + inner * a.column, a.column, a.row, depth, m - first_row, tile_a);
            load(block, from_b + inner * b.row, b.row, b.column, depth, n - first_column, tile_b);
            block.sync();
            for (int l = 0; l < depth; ++l)
                for (int i = 0; i < each; ++i) {
                    const Real x = tile_a[l * pitch + row + i * step];
                    for (int j = 0; j < each; ++j)
                        sum[i][j] = fma(x, tile_b[l * pitch + column + j * step], sum[i][j]);
                }
            block.sync(); // the tiles are read before the next are written
        }

        for (int i = 0; i < each; ++i)
            for (int j = 0; j < each; ++j) {
                const int at_row = first_row + row + i * step;
                const int at_column = first_column + column + j * step;
                if (at_row < m && at_column < n)
                    to[at_row * c.row + at_column * c.column] = sum[i][j];
            }
    }

  private:
    LAMINA_FN static int tiles(int extent) { return (extent + tile - 1) / tile; }

    /// into[inner, outer]; neighbouring threads read along whichever index lies densely.
    template <class Block>
    LAMINA_FN static void load(const Block& block, const Real* from, std::size_t per_inner,
                               std::size_t per_outer, int n_inner, int n_outer, Real* into) {
        const bool inner_first = per_inner == 1;
        for (int e = block.thread(); e < tile * tile; e += n_threads) {
            const int inner = inner_first ? e % tile : e / tile;
            const int outer = inner_first ? e / tile : e % tile;
            if (inner < n_inner)
                into[inner * pitch + outer] =
                    outer < n_outer ? from[inner * per_inner + outer * per_outer] : Real(0);
        }
    }
};

} // namespace lamina
