#include "kernels/cpu/matmul.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/cpu/isa.hpp"
#include "kernels/cpu/matmul_kernels.hpp"
#include "kernels/cpu/matmul_plain.hpp"
#include "kernels/dual.hpp"

namespace lamina::cpu {
namespace {

// k is cut so that a block of B, at most 64 floats wide, takes 32 KB of the first-level cache;
// the sums wait in C meanwhile, which does not change their order
constexpr int k_block = 128;

// below so many rows of A, B is read where it lies: copying costs about as much as four rows
constexpr int fewest_rows_to_pack = 32;

template <class Real> const MatmulKernels<Real>* kernels() {
    switch (isa()) {
    case Isa::avx512:
        return avx512_kernels(Real());
    case Isa::avx2:
        return avx2_kernels(Real());
    default:
        return nullptr;
    }
}

/// Numbers with a derivative are multiplied as the definition says.
template <> const MatmulKernels<Dual>* kernels<Dual>() { return nullptr; }

/// Memory for one packed panel, kept by each thread.
template <class Real> Real* panel_memory(std::size_t n) {
    struct Memory {
        Real* data = nullptr;
        std::size_t size = 0;
        ~Memory() { ::operator delete(data, std::align_val_t(64)); }
    };
    static thread_local Memory memory;
    if (memory.size < n) {
        ::operator delete(memory.data, std::align_val_t(64));
        memory.data = nullptr;
        memory.data = static_cast<Real*>(::operator new(n * sizeof(Real), std::align_val_t(64)));
        memory.size = n;
    }
    return memory.data;
}

/// to[k, columns] = from[k, columns]. What lies beyond is never read: the last vector is masked.
template <class Real>
void copy_panel(int columns, int k, const Real* from, std::size_t ld, Real* to, int ld_to) {
    for (int l = 0; l < k; ++l, to += ld_to, from += ld)
        std::memcpy(to, from, columns * sizeof(Real));
}

/// A panel of B, at most a tile wide, against all rows of A, k in blocks.
template <class Real>
void multiply_panel(const MatmulKernels<Real>& with, int m, int columns, int k, const Real* a,
                    std::size_t lda, const Real* b, std::size_t ldb, Real* c, std::size_t ldc,
                    bool accumulate) {
    // also once when k = 0: the result is then 0, or what it was
    for (int l = 0; l == 0 || l < k; l += k_block)
        with.panel(m, columns, std::min(k_block, k - l), a + l, lda, b + l * ldb, ldb, c, ldc,
                   accumulate || l > 0);
}

} // namespace

template <class Real>
void matmul_nt(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c,
               int ldc, Store store) {
    const bool accumulate = store == Store::accumulate;
    const MatmulKernels<Real>* with = kernels<Real>();
    if (!with) return matmul_plain<Real>(m, n, k, a, lda, b, 1, ldb, c, ldc, accumulate);
    const int ld = std::min(with->tile_columns, n);
    Real* panel = panel_memory<Real>(std::size_t(ld) * k);
    for (int j = 0; j < n; j += ld) {
        const int columns = std::min(ld, n - j);
        with->transpose(columns, k, b + std::size_t(j) * ldb, ldb, panel, ld);
        multiply_panel(*with, m, columns, k, a, lda, panel, ld, c + j, ldc, accumulate);
    }
}

template <class Real>
void matmul_nn(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c,
               int ldc, Store store) {
    const bool accumulate = store == Store::accumulate;
    const MatmulKernels<Real>* with = kernels<Real>();
    if (!with) return matmul_plain<Real>(m, n, k, a, lda, b, ldb, 1, c, ldc, accumulate);
    // copied, a panel's rows lie together and are read from the first-level cache again and again
    const bool in_place = m < fewest_rows_to_pack || n <= with->tile_columns;
    const int ld = with->tile_columns;
    Real* panel = in_place ? nullptr : panel_memory<Real>(std::size_t(ld) * k);
    for (int j = 0; j < n; j += ld) {
        const int columns = std::min(ld, n - j);
        if (in_place) {
            multiply_panel(*with, m, columns, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
        } else {
            copy_panel(columns, k, b + j, ldb, panel, ld);
            multiply_panel(*with, m, columns, k, a, lda, panel, ld, c + j, ldc, accumulate);
        }
    }
}

template <class Real> PackedMatrix<Real>::PackedMatrix(PackedMatrix&& from) noexcept {
    *this = std::move(from);
}

template <class Real>
PackedMatrix<Real>& PackedMatrix<Real>::operator=(PackedMatrix&& from) noexcept {
    std::swap(k_, from.k_);
    std::swap(n_, from.n_);
    std::swap(block_, from.block_);
    std::swap(capacity_, from.capacity_);
    std::swap(data_, from.data_);
    return *this;
}

template <class Real> PackedMatrix<Real>::~PackedMatrix() {
    ::operator delete(data_, std::align_val_t(64));
}

template <class Real> void PackedMatrix<Real>::resize(int k, int n) {
    const MatmulKernels<Real>* with = kernels<Real>();
    k_ = k;
    n_ = n;
    block_ = with ? with->tile_columns : 16;
    const std::size_t size = std::size_t((n + block_ - 1) / block_) * block_ * k;
    if (size <= capacity_) return;
    ::operator delete(data_, std::align_val_t(64));
    data_ = nullptr;
    data_ = static_cast<Real*>(::operator new(size * sizeof(Real), std::align_val_t(64)));
    capacity_ = size;
}

template <class Real> void PackedMatrix<Real>::pack(int k, int n, const Real* b, int ldb) {
    resize(k, n);
    for (int j = 0; j < n; j += block_)
        copy_panel(std::min(block_, n - j), k, b + j, ldb, data_ + std::size_t(j) * k, block_);
}

template <class Real>
void PackedMatrix<Real>::pack_transposed(int n, int k, const Real* b, int ldb) {
    resize(k, n);
    const MatmulKernels<Real>* with = kernels<Real>();
    for (int j = 0; j < n; j += block_) {
        const int columns = std::min(block_, n - j);
        Real* to = data_ + std::size_t(j) * k;
        if (with) {
            with->transpose(columns, k, b + std::size_t(j) * ldb, ldb, to, block_);
            continue;
        }
        for (int l = 0; l < k; ++l)
            for (int column = 0; column < columns; ++column)
                to[l * block_ + column] = b[std::size_t(j + column) * ldb + l];
    }
}

template <class Real>
void PackedMatrix<Real>::multiply(int m, const Real* a, int lda, Real* c, int ldc, Store store,
                                  int first, int n_columns) const {
    LAMINA_EXPECT(first % block_ == 0 && first + n_columns <= n_);
    const bool accumulate = store == Store::accumulate;
    const MatmulKernels<Real>* with = kernels<Real>();
    for (int j = 0; j < n_columns; j += block_) {
        const int columns = std::min(block_, n_columns - j);
        const Real* panel = data_ + std::size_t(first + j) * k_;
        if (with)
            multiply_panel(*with, m, columns, k_, a, lda, panel, block_, c + j, ldc, accumulate);
        else
            matmul_plain<Real>(m, columns, k_, a, lda, panel, block_, 1, c + j, ldc, accumulate);
    }
}

// clang-format off
template void matmul_nt<float>(int, int, int, const float*, int, const float*, int, float*, int, Store);
template void matmul_nt<double>(int, int, int, const double*, int, const double*, int, double*, int, Store);
template void matmul_nn<float>(int, int, int, const float*, int, const float*, int, float*, int, Store);
template void matmul_nn<double>(int, int, int, const double*, int, const double*, int, double*, int, Store);
template void matmul_nt<Dual>(int, int, int, const Dual*, int, const Dual*, int, Dual*, int, Store);
template void matmul_nn<Dual>(int, int, int, const Dual*, int, const Dual*, int, Dual*, int, Store);
// clang-format on
template class PackedMatrix<float>;
template class PackedMatrix<double>;
template class PackedMatrix<Dual>;

} // namespace lamina::cpu
