/// Body, one block = one tile of one product out of a batch: C = A B, or C += A B, on a device.
///
/// Every element of C is one chain of fused multiply-adds over the inner index in rising order,
/// starting from zero or from its old value: the bits of cpu/matmul.hpp, and none other for any
/// number of blocks.
#pragma once

#include <cstddef>

#include "kernels/block.hpp"
#include "kernels/portable.hpp"
#include "kernels/tiles.hpp"

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

template <class Real> struct MatrixProducts {
    MatrixBatch<const Real> a; ///< [m, k]
    MatrixBatch<const Real> b; ///< [k, n]
    MatrixBatch<Real> c;       ///< [m, n], its columns side by side
    int m, n, k;
    bool accumulate = false;
    int n_matrices = 1, n_members = 1; ///< of the batch, of a group
};

template <class Real, int extent> struct MatmulBlocks {
    using T = Tile<Real, extent>;

    MatrixProducts<Real> of;

    BlockShape shape() const {
        BlockShape shape;
        shape.n_blocks = of.n_matrices * T::count(of.m) * T::count(of.n);
        shape.n_threads = T::n_threads;
        shape.shared_bytes = 2 * T::depth * T::pitch * sizeof(Real);
        return shape;
    }

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const int across = T::count(of.n), of_matrix = T::count(of.m) * across;
        const std::size_t number = std::size_t(block.index() / of_matrix);
        const int first_row = block.index() % of_matrix / across * extent;
        const int first_column = block.index() % across * extent;
        const Real* const from_a = of.a.matrix(number, of.n_members) + first_row * of.a.row;
        const Real* const from_b = of.b.matrix(number, of.n_members) + first_column * of.b.column;
        Real* const tile_a = block.template shared<Real>(); // [inner, row]
        Real* const tile_b = tile_a + T::depth * T::pitch;  // [inner, column]
        const int row = T::row_of(block.thread()), column = T::column_of(block.thread());
        const int n_left = of.n - first_column - column;
        Real* const to = of.c.matrix(number, of.n_members) + (first_row + row) * of.c.row +
                         first_column + column;

        Real sum[T::each][T::each] = {};
        if (of.accumulate) {
            LAMINA_UNROLL
            for (int i = 0; i < T::each; ++i) {
                const int left = first_row + row + i < of.m ? n_left : 0;
                const Four<Real> old = read_four(to + i * of.c.row, left);
                LAMINA_UNROLL
                for (int j = 0; j < T::each; ++j) sum[i][j] = old.x[j];
            }
        }

        for (int inner = 0; inner < of.k; inner += T::depth) {
            const int n_inner = of.k - inner < T::depth ? of.k - inner : T::depth;
            T::load(block, from_a + inner * of.a.column, of.a.column, of.a.row, n_inner,
                    of.m - first_row, tile_a);
            T::load(block, from_b + inner * of.b.row, of.b.row, of.b.column, n_inner,
                    of.n - first_column, tile_b);
            block.sync();
            T::multiply(tile_a, tile_b, n_inner, row, column, sum);
            block.sync(); // the tiles are read before the next are written
        }

        LAMINA_UNROLL
        for (int i = 0; i < T::each; ++i)
            if (first_row + row + i < of.m) write_four(sum[i], to + i * of.c.row, n_left);
    }
};

/// All products of a batch, by tiles of a size that suits them.
template <class Exec, class Real>
void multiply(const Exec& exec, const char* label, const MatrixProducts<Real>& of) {
    const auto run = [&](const auto& blocks) {
        exec.for_each_block(label, blocks.shape(), blocks);
    };
    if (of.m <= 32 || of.n <= 32)
        run(MatmulBlocks<Real, 32>{of});
    else
        run(MatmulBlocks<Real, 64>{of});
}

} // namespace lamina
