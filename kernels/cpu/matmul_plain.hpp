/// The products as their definition says: the reference of every faster one, and what runs where no
/// vector instructions are known.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina::cpu {

/// C[m, n] = (accumulate ? C : 0) + A[m, k] B, B at b[l * b_row + j * b_column].
template <class Real>
inline void matmul_plain(int m, int n, int k, const Real* a, std::size_t lda, const Real* b,
                         std::size_t b_row, std::size_t b_column, Real* c, std::size_t ldc,
                         bool accumulate) {
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < n; ++j) {
            Real sum = accumulate ? c[i * ldc + j] : Real(0);
            for (int l = 0; l < k; ++l) sum = fma(a[i * lda + l], b[l * b_row + j * b_column], sum);
            c[i * ldc + j] = sum;
        }
}

} // namespace lamina::cpu
