/// What one instruction set offers to the matrix products: tiles, and packing. One table per set.
#pragma once

#include <cstddef>

namespace lamina::cpu {

/// C[rows, columns] = (accumulate ? C : 0) + A[rows, k] B[k, columns], one register tile at a time.
template <class Real> struct MatmulKernels {
    int tile_rows, tile_columns; ///< the largest tile
    /// Any number of rows; columns <= tile_columns. B's rows lie `ldb` apart.
    void (*panel)(int rows, int columns, int k, const Real* a, std::size_t lda, const Real* b,
                  std::size_t ldb, Real* c, std::size_t ldc, bool accumulate);
    /// to[k, columns] = from[columns, k] transposed, rows of `to` ld_to apart.
    void (*transpose)(int columns, int k, const Real* from, std::size_t ld, Real* to,
                      std::size_t ld_to);
};

// null where the compiler cannot make them
const MatmulKernels<float>* avx2_kernels(float);
const MatmulKernels<double>* avx2_kernels(double);
const MatmulKernels<float>* avx512_kernels(float);
const MatmulKernels<double>* avx512_kernels(double);

} // namespace lamina::cpu
