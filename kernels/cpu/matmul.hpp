/// Matrix products of the CPU executor: row-major, with leading dimensions.
///
/// Every element of the result is one chain of fused multiply-adds over the inner index in rising
/// order, starting from its old value (accumulate) or zero. The bits therefore do not depend on
/// blocking, vector width, thread count or instruction set.
#pragma once

#include <cstddef>
#include <new>

#include "kernels/portable.hpp"

namespace lamina::cpu {

enum class Store { overwrite, accumulate };

/// C[m, n] = sum_k A[m, k] B[n, k]: rows of A against rows of B (scores; projections with
/// W[to][from]). B is transposed on the way, at about the cost of 4 to 8 further rows of A. For a
/// constant B use PackedMatrix, or keep its transpose and use matmul_nn.
/// @param lda, ldb, ldc  distance between rows, >= the row's length
template <class Real>
void matmul_nt(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c,
               int ldc, Store store = Store::overwrite);

/// C[m, n] = sum_k A[m, k] B[k, n] (routing: weights times values).
template <class Real>
void matmul_nn(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c,
               int ldc, Store store = Store::overwrite);

/// A right-hand matrix B[k, n], laid out once in the order in which the products read it. Its
/// memory is kept when it is packed again with the same size.
template <class Real> class PackedMatrix {
  public:
    PackedMatrix() = default;
    PackedMatrix(const PackedMatrix&) = delete;
    PackedMatrix& operator=(const PackedMatrix&) = delete;
    PackedMatrix(PackedMatrix&&) noexcept;
    PackedMatrix& operator=(PackedMatrix&&) noexcept;
    ~PackedMatrix();

    /// From B[k, n], rows `ldb` apart.
    void pack(int k, int n, const Real* b, int ldb);
    /// From its transpose B[n, k], rows `ldb` apart (weights W[to][from]).
    void pack_transposed(int n, int k, const Real* b, int ldb);

    int rows() const { return k_; }
    int columns() const { return n_; }

    /// C[m, n] = A[m, k] B, columns [first, first + n_columns); `first` a multiple of
    /// column_block().
    void multiply(int m, const Real* a, int lda, Real* c, int ldc, Store store, int first,
                  int n_columns) const;
    void multiply(int m, const Real* a, int lda, Real* c, int ldc,
                  Store store = Store::overwrite) const {
        multiply(m, a, lda, c, ldc, store, 0, n_);
    }
    /// Columns that lie together.
    int column_block() const { return block_; }

  private:
    void resize(int k, int n);
    int k_ = 0, n_ = 0, block_ = 1;
    std::size_t capacity_ = 0;
    Real* data_ = nullptr; // [n / block][k][block], 64-byte aligned
};

} // namespace lamina::cpu
