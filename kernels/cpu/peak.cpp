#include "kernels/cpu/peak.hpp"

#include "kernels/cpu/isa.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace lamina::cpu {
namespace {

volatile double sink; // keeps the sums

#if defined(__x86_64__)

// a latency of four cycles and two units ask for eight chains at least; twelve leave room.
// x <- x f + c stays near c / (1 - f), so no chain leaves the normal range
#define LAMINA_FMA_CHAINS(name, target_text, Register, set1, fmadd, Real, width)                   \
    __attribute__((target(target_text))) double name(long rounds) {                                \
        Register x0 = set1(Real(0)), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0,         \
                 x7 = x0, x8 = x0, x9 = x0, x10 = x0, x11 = x0;                                    \
        const Register f = set1(Real(0.5)), c = set1(Real(1));                                     \
        for (long i = 0; i < rounds; ++i) {                                                        \
            x0 = fmadd(x0, f, c), x1 = fmadd(x1, f, c), x2 = fmadd(x2, f, c);                      \
            x3 = fmadd(x3, f, c), x4 = fmadd(x4, f, c), x5 = fmadd(x5, f, c);                      \
            x6 = fmadd(x6, f, c), x7 = fmadd(x7, f, c), x8 = fmadd(x8, f, c);                      \
            x9 = fmadd(x9, f, c), x10 = fmadd(x10, f, c), x11 = fmadd(x11, f, c);                  \
            /* each chain is a value of its own to the compiler */                                 \
            __asm__ volatile(""                                                                    \
                             : "+v"(x0), "+v"(x1), "+v"(x2), "+v"(x3), "+v"(x4), "+v"(x5),         \
                               "+v"(x6), "+v"(x7), "+v"(x8), "+v"(x9), "+v"(x10), "+v"(x11));      \
        }                                                                                          \
        const Register all =                                                                       \
            fmadd(x0, x1,                                                                          \
                  fmadd(x2, x3, fmadd(x4, x5, fmadd(x6, x7, fmadd(x8, x9, fmadd(x10, x11, c)))))); \
        sink = static_cast<double>(all[0]);                                                        \
        return 2.0 * 12 * width * static_cast<double>(rounds);                                     \
    }

LAMINA_FMA_CHAINS(chains_avx2_f, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps, float, 8)
LAMINA_FMA_CHAINS(chains_avx2_d, "avx2,fma", __m256d, _mm256_set1_pd, _mm256_fmadd_pd, double, 4)
LAMINA_FMA_CHAINS(chains_avx512_f, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps, float, 16)
LAMINA_FMA_CHAINS(chains_avx512_d, "avx512f", __m512d, _mm512_set1_pd, _mm512_fmadd_pd, double, 8)

double chains(float, bool wide, long n) { return wide ? chains_avx512_f(n) : chains_avx2_f(n); }
double chains(double, bool wide, long n) { return wide ? chains_avx512_d(n) : chains_avx2_d(n); }

#endif

} // namespace

template <class Real> double run_fma_chains(long rounds) {
#if defined(__x86_64__)
    if (isa() != Isa::plain) return chains(Real(), isa() == Isa::avx512, rounds);
#endif
    Real x = 0;
    for (long i = 0; i < rounds; ++i) x = __builtin_fma(x, Real(0.5), Real(1));
    sink = static_cast<double>(x);
    return 2.0 * static_cast<double>(rounds);
}

template double run_fma_chains<float>(long);
template double run_fma_chains<double>(long);

} // namespace lamina::cpu
