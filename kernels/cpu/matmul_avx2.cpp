/// Tiles for AVX2: 6 rows of two 256-bit vectors, 12 of the 16 registers hold sums.
#include "kernels/cpu/matmul_kernels.hpp"
#include "kernels/unroll.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

namespace lamina::cpu {
namespace {

template <class Number> struct Lanes;
template <> struct Lanes<double> {
    using Real = double;
    using Register = __m256d;
    using Mask = __m256i;
    static constexpr int width = 4, vectors = 2;
    static Mask first(int n) {
        return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
    }
    static Register zero() { return _mm256_setzero_pd(); }
    static Register broadcast(double x) { return _mm256_set1_pd(x); }
    static Register load(const double* p) { return _mm256_loadu_pd(p); }
    static Register load_first(const double* p, Mask m) { return _mm256_maskload_pd(p, m); }
    static void store(double* p, Register x) { _mm256_storeu_pd(p, x); }
    static void store_first(double* p, Register x, Mask m) { _mm256_maskstore_pd(p, m, x); }
    static Register fma(Register a, Register b, Register c) { return _mm256_fmadd_pd(a, b, c); }
};
template <> struct Lanes<float> {
    using Real = float;
    using Register = __m256;
    using Mask = __m256i;
    static constexpr int width = 8, vectors = 2;
    static Mask first(int n) {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Register zero() { return _mm256_setzero_ps(); }
    static Register broadcast(float x) { return _mm256_set1_ps(x); }
    static Register load(const float* p) { return _mm256_loadu_ps(p); }
    static Register load_first(const float* p, Mask m) { return _mm256_maskload_ps(p, m); }
    static void store(float* p, Register x) { _mm256_storeu_ps(p, x); }
    static void store_first(float* p, Register x, Mask m) { _mm256_maskstore_ps(p, m, x); }
    static Register fma(Register a, Register b, Register c) { return _mm256_fmadd_ps(a, b, c); }
};

#include "kernels/cpu/matmul_tiles.inc"

} // namespace

const MatmulKernels<float>* avx2_kernels(float) { return &kernels<Lanes<float>>; }
const MatmulKernels<double>* avx2_kernels(double) { return &kernels<Lanes<double>>; }

} // namespace lamina::cpu

#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
namespace lamina::cpu {
const MatmulKernels<float>* avx2_kernels(float) { return nullptr; }
const MatmulKernels<double>* avx2_kernels(double) { return nullptr; }
} // namespace lamina::cpu
#endif
