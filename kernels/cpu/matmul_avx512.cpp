/// Tiles for AVX-512: 6 rows of four 512-bit vectors, 24 of the 32 registers hold sums.
#include "kernels/cpu/matmul_kernels.hpp"
#include "kernels/unroll.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,prefer-vector-width=512")
#endif

namespace lamina::cpu {
namespace {

template <class Number> struct Lanes;
template <> struct Lanes<double> {
    using Real = double;
    using Register = __m512d;
    using Mask = __mmask8;
    static constexpr int width = 8, vectors = 4;
    static Mask first(int n) { return static_cast<Mask>((1u << n) - 1); }
    static Register zero() { return _mm512_setzero_pd(); }
    static Register broadcast(double x) { return _mm512_set1_pd(x); }
    static Register load(const double* p) { return _mm512_loadu_pd(p); }
    static Register load_first(const double* p, Mask m) { return _mm512_maskz_loadu_pd(m, p); }
    static void store(double* p, Register x) { _mm512_storeu_pd(p, x); }
    static void store_first(double* p, Register x, Mask m) { _mm512_mask_storeu_pd(p, m, x); }
    static Register fma(Register a, Register b, Register c) { return _mm512_fmadd_pd(a, b, c); }
};
template <> struct Lanes<float> {
    using Real = float;
    using Register = __m512;
    using Mask = __mmask16;
    static constexpr int width = 16, vectors = 4;
    static Mask first(int n) { return static_cast<Mask>((1u << n) - 1); }
    static Register zero() { return _mm512_setzero_ps(); }
    static Register broadcast(float x) { return _mm512_set1_ps(x); }
    static Register load(const float* p) { return _mm512_loadu_ps(p); }
    static Register load_first(const float* p, Mask m) { return _mm512_maskz_loadu_ps(m, p); }
    static void store(float* p, Register x) { _mm512_storeu_ps(p, x); }
    static void store_first(float* p, Register x, Mask m) { _mm512_mask_storeu_ps(p, m, x); }
    static Register fma(Register a, Register b, Register c) { return _mm512_fmadd_ps(a, b, c); }
};

#include "kernels/cpu/matmul_tiles.inc"

} // namespace

const MatmulKernels<float>* avx512_kernels(float) { return &kernels<Lanes<float>>; }
const MatmulKernels<double>* avx512_kernels(double) { return &kernels<Lanes<double>>; }

} // namespace lamina::cpu

#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
namespace lamina::cpu {
const MatmulKernels<float>* avx512_kernels(float) { return nullptr; }
const MatmulKernels<double>* avx512_kernels(double) { return nullptr; }
} // namespace lamina::cpu
#endif
