/// Matrix products of the CPU executor: row-major, with leading dimensions.
///
/// Every element of the result is one chain of fused multiply-adds over the inner index in rising
/// order, starting from its old value (accumulate) or zero. The bits therefore do not depend on
/// blocking, vector width, thread count or instruction set.
#pragma once

#include "kernels/portable.hpp"

namespace lamina::cpu {

enum class Store { overwrite, accumulate };

/// C[m, n] = sum_k A[m, k] B[n, k]: rows of A against rows of B (scores; projections with W[to][from]).
/// @param lda, ldb, ldc  distance between rows, >= the row's length
template <class Real>
void matmul_nt(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c, int ldc,
               Store store = Store::overwrite);

/// C[m, n] = sum_k A[m, k] B[k, n] (routing: weights times values).
template <class Real>
void matmul_nn(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c, int ldc,
               Store store = Store::overwrite);

} // namespace lamina::cpu
