#include "kernels/cpu/philox_rows.hpp"

#include "kernels/cpu/isa.hpp"

#if defined(LAMINA_HAS_AVX512)
// gcc 12 takes the undefined upper halves in its own headers for uninitialised values
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#endif

namespace lamina::cpu {
namespace {

// the multipliers and the steps of the key: Salmon et al. (2011), Philox4x32
constexpr std::uint32_t multiplier_0 = 0xD2511F53, multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9, weyl_1 = 0xBB67AE85;
constexpr int n_rounds = 10;

struct Counter {
    std::uint32_t first_item, step_low, trial, rest;
};

#if defined(LAMINA_HAS_AVX512)

/// 64 items in sixteen registers of counters.
__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw"))) void
blocks_avx512(std::uint64_t seed, const Counter& counter, std::size_t n,
              std::uint32_t* const out[4]) {
    constexpr int width = 16, at_once = 4;
    const __m512i m_0 = _mm512_set1_epi32(static_cast<int>(multiplier_0));
    const __m512i m_1 = _mm512_set1_epi32(static_cast<int>(multiplier_1));
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    constexpr __mmask16 odd = 0xaaaa;
    for (std::size_t first = 0; first < n; first += width * at_once) {
        __m512i c[4][at_once];
        for (int u = 0; u < at_once; ++u) {
            const auto item =
                counter.first_item + static_cast<std::uint32_t>(first) + std::uint32_t(u * width);
            c[0][u] = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(item)), lane);
            c[1][u] = _mm512_set1_epi32(static_cast<int>(counter.step_low));
            c[2][u] = _mm512_set1_epi32(static_cast<int>(counter.trial));
            c[3][u] = _mm512_set1_epi32(static_cast<int>(counter.rest));
        }
        auto key_0 = static_cast<std::uint32_t>(seed), key_1 = std::uint32_t(seed >> 32);
#pragma GCC unroll 10
        for (int round = 0; round < n_rounds; ++round) {
            const __m512i k_0 = _mm512_set1_epi32(static_cast<int>(key_0));
            const __m512i k_1 = _mm512_set1_epi32(static_cast<int>(key_1));
#pragma GCC unroll 4
            for (int u = 0; u < at_once; ++u) {
                // products of the even and the odd lanes, 64 bits each
                const __m512i even_0 = _mm512_mul_epu32(c[0][u], m_0);
                const __m512i odd_0 = _mm512_mul_epu32(_mm512_srli_epi64(c[0][u], 32), m_0);
                const __m512i even_1 = _mm512_mul_epu32(c[2][u], m_1);
                const __m512i odd_1 = _mm512_mul_epu32(_mm512_srli_epi64(c[2][u], 32), m_1);
                const __m512i high_0 =
                    _mm512_mask_mov_epi32(_mm512_srli_epi64(even_0, 32), odd, odd_0);
                const __m512i low_0 =
                    _mm512_mask_mov_epi32(even_0, odd, _mm512_slli_epi64(odd_0, 32));
                const __m512i high_1 =
                    _mm512_mask_mov_epi32(_mm512_srli_epi64(even_1, 32), odd, odd_1);
                const __m512i low_1 =
                    _mm512_mask_mov_epi32(even_1, odd, _mm512_slli_epi64(odd_1, 32));
                c[0][u] = _mm512_ternarylogic_epi32(high_1, c[1][u], k_0, 0x96); // xor of three
                c[1][u] = low_1;
                c[2][u] = _mm512_ternarylogic_epi32(high_0, c[3][u], k_1, 0x96);
                c[3][u] = low_0;
            }
            key_0 += weyl_0;
            key_1 += weyl_1;
        }
        for (int k = 0; k < 4; ++k)
            for (int u = 0; u < at_once; ++u)
                _mm512_storeu_si512(out[k] + first + u * width, c[k][u]);
    }
}

/// The same on half-width registers.
__attribute__((target("avx2"))) void blocks_avx2(std::uint64_t seed, const Counter& counter,
                                                 std::size_t n, std::uint32_t* const out[4]) {
    constexpr int width = 8, at_once = 2;
    const __m256i m_0 = _mm256_set1_epi32(static_cast<int>(multiplier_0));
    const __m256i m_1 = _mm256_set1_epi32(static_cast<int>(multiplier_1));
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    constexpr int odd = 0xaa;
    for (std::size_t first = 0; first < n; first += width * at_once) {
        __m256i c[4][at_once];
        for (int u = 0; u < at_once; ++u) {
            const auto item =
                counter.first_item + static_cast<std::uint32_t>(first) + std::uint32_t(u * width);
            c[0][u] = _mm256_add_epi32(_mm256_set1_epi32(static_cast<int>(item)), lane);
            c[1][u] = _mm256_set1_epi32(static_cast<int>(counter.step_low));
            c[2][u] = _mm256_set1_epi32(static_cast<int>(counter.trial));
            c[3][u] = _mm256_set1_epi32(static_cast<int>(counter.rest));
        }
        auto key_0 = static_cast<std::uint32_t>(seed), key_1 = std::uint32_t(seed >> 32);
#pragma GCC unroll 10
        for (int round = 0; round < n_rounds; ++round) {
            const __m256i k_0 = _mm256_set1_epi32(static_cast<int>(key_0));
            const __m256i k_1 = _mm256_set1_epi32(static_cast<int>(key_1));
#pragma GCC unroll 2
            for (int u = 0; u < at_once; ++u) {
                const __m256i even_0 = _mm256_mul_epu32(c[0][u], m_0);
                const __m256i odd_0 = _mm256_mul_epu32(_mm256_srli_epi64(c[0][u], 32), m_0);
                const __m256i even_1 = _mm256_mul_epu32(c[2][u], m_1);
                const __m256i odd_1 = _mm256_mul_epu32(_mm256_srli_epi64(c[2][u], 32), m_1);
                const __m256i high_0 =
                    _mm256_blend_epi32(_mm256_srli_epi64(even_0, 32), odd_0, odd);
                const __m256i low_0 = _mm256_blend_epi32(even_0, _mm256_slli_epi64(odd_0, 32), odd);
                const __m256i high_1 =
                    _mm256_blend_epi32(_mm256_srli_epi64(even_1, 32), odd_1, odd);
                const __m256i low_1 = _mm256_blend_epi32(even_1, _mm256_slli_epi64(odd_1, 32), odd);
                c[0][u] = _mm256_xor_si256(_mm256_xor_si256(high_1, c[1][u]), k_0);
                c[1][u] = low_1;
                c[2][u] = _mm256_xor_si256(_mm256_xor_si256(high_0, c[3][u]), k_1);
                c[3][u] = low_0;
            }
            key_0 += weyl_0;
            key_1 += weyl_1;
        }
        for (int k = 0; k < 4; ++k)
            for (int u = 0; u < at_once; ++u)
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(out[k] + first + u * width),
                                    c[k][u]);
    }
}

#endif

} // namespace

void philox_rows(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint32_t first_item,
                 std::uint64_t step, std::uint32_t draw, std::size_t n,
                 std::uint32_t* const out[4]) {
#if defined(LAMINA_HAS_AVX512)
    if (isa() != Isa::plain) {
        const Counter counter = {first_item, static_cast<std::uint32_t>(step), trial,
                                 philox_rest(stream, draw, step)};
        return isa() == Isa::avx512 ? blocks_avx512(seed, counter, n, out)
                                    : blocks_avx2(seed, counter, n, out);
    }
#endif
    for (std::size_t i = 0; i < n; ++i) {
        const PhiloxWords words =
            philox(seed, trial, stream, first_item + static_cast<std::uint32_t>(i), step, draw);
        for (int k = 0; k < 4; ++k) out[k][i] = words.word[k];
    }
}

void random_words(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint64_t step,
                  std::uint32_t draw, std::size_t first, std::size_t n, std::uint32_t* out) {
    LAMINA_EXPECT(first % 256 == 0);
    for (std::size_t done = 0; done < n; done += 256, out += 256) {
        std::uint32_t* const rows[4] = {out, out + 64, out + 128, out + 192};
        philox_rows(seed, trial, stream, static_cast<std::uint32_t>((first + done) / 4), step, draw,
                    64, rows);
    }
}

} // namespace lamina::cpu
