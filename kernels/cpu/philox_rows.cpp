#include "kernels/cpu/philox_rows.hpp"

#include "kernels/cpu/isa.hpp"

#if defined(LAMINA_HAS_AVX512)
// gcc 12 takes the undefined upper halves in its own headers for uninitialised values
#pragma GCC diagnostic ignored "-Wuninitialized"
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

/// The keys of all rounds, and what a counter has beside its item.
struct Schedule {
    std::uint32_t key[n_rounds][2];
    Counter counter;
};

Schedule schedule(std::uint64_t seed, const Counter& counter) {
    Schedule s{{}, counter};
    auto key_0 = static_cast<std::uint32_t>(seed), key_1 = std::uint32_t(seed >> 32);
    for (auto& key : s.key) {
        key[0] = key_0, key[1] = key_1;
        key_0 += weyl_0, key_1 += weyl_1;
    }
    return s;
}

// A lane of 64 bits holds one item's word in its lower half; what the upper half holds is of no
// account, so that the low word of a product needs no masking. A function per vector width:
//   words_*    c[k][u] = word k of eight (four) items per register u; items[u] names them
//   blocks_*   philox_rows;   halves_*   random_halves

#define LAMINA_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#define LAMINA_AVX2 __attribute__((target("avx2")))

template <int at_once>
LAMINA_AVX512 inline void words_avx512(const Schedule& s, __m512i (&c)[4][at_once]) {
    const __m512i m_0 = _mm512_set1_epi64(multiplier_0), m_1 = _mm512_set1_epi64(multiplier_1);
    for (int u = 0; u < at_once; ++u) {
        c[1][u] = _mm512_set1_epi32(static_cast<int>(s.counter.step_low));
        c[2][u] = _mm512_set1_epi32(static_cast<int>(s.counter.trial));
        c[3][u] = _mm512_set1_epi32(static_cast<int>(s.counter.rest));
    }
#pragma GCC unroll 10
    for (int round = 0; round < n_rounds; ++round) {
        const __m512i k_0 = _mm512_set1_epi32(static_cast<int>(s.key[round][0]));
        const __m512i k_1 = _mm512_set1_epi32(static_cast<int>(s.key[round][1]));
#pragma GCC unroll 4
        for (int u = 0; u < at_once; ++u) {
            const __m512i product_0 = _mm512_mul_epu32(c[0][u], m_0);
            const __m512i product_1 = _mm512_mul_epu32(c[2][u], m_1);
            // shuffles, not shifts: those would wait for the ports of the products
            const __m512i high_0 = _mm512_shuffle_epi32(product_0, _MM_PERM_DDBB);
            const __m512i high_1 = _mm512_shuffle_epi32(product_1, _MM_PERM_DDBB);
            c[0][u] = _mm512_ternarylogic_epi32(high_1, c[1][u], k_0, 0x96); // xor of three
            c[1][u] = product_1;
            c[2][u] = _mm512_ternarylogic_epi32(high_0, c[3][u], k_1, 0x96);
            c[3][u] = product_0;
        }
    }
}

/// The lower halves of `even`, each followed by that of `odd`.
LAMINA_AVX512 inline __m512i side_by_side(__m512i even, __m512i odd) {
    return _mm512_mask_mov_epi32(even, 0xaaaa, _mm512_slli_epi64(odd, 32));
}

LAMINA_AVX512 void blocks_avx512(const Schedule& s, std::size_t n, std::uint32_t* const out[4]) {
    const __m512i lane = _mm512_setr_epi32(0, 0, 2, 0, 4, 0, 6, 0, 8, 0, 10, 0, 12, 0, 14, 0);
    for (std::size_t first = 0; first < n; first += 32) {
        __m512i c[4][4]; // items 0 2 4 .., 1 3 5 .., 16 18 20 .., 17 19 21 ..
        for (int u = 0; u < 4; ++u)
            c[0][u] = _mm512_add_epi32(
                _mm512_set1_epi32(static_cast<int>(s.counter.first_item + std::uint32_t(first) +
                                                   std::uint32_t(u / 2 * 16 + u % 2))),
                lane);
        words_avx512(s, c);
        for (int k = 0; k < 4; ++k)
            for (int u = 0; u < 4; u += 2)
                _mm512_storeu_si512(out[k] + first + u * 8, side_by_side(c[k][u], c[k][u + 1]));
    }
}

/// 64 numbers per register of items.
template <int at_once>
LAMINA_AVX512 inline void some_halves_avx512(const Schedule& s, __m512i item, std::uint16_t* out) {
    __m512i c[4][at_once];
    for (int u = 0; u < at_once; ++u) c[0][u] = _mm512_add_epi32(item, _mm512_set1_epi32(8 * u));
    words_avx512(s, c);
    for (int u = 0; u < at_once; ++u) {
        _mm512_storeu_si512(out + 64 * u, side_by_side(c[0][u], c[1][u]));
        _mm512_storeu_si512(out + 64 * u + 32, side_by_side(c[2][u], c[3][u]));
    }
}

LAMINA_AVX512 void halves_avx512(const Schedule& s, std::size_t n, std::uint16_t* out) {
    constexpr int at_once = 4; // products wait for products: several chains at a time
    const __m512i lane = _mm512_setr_epi32(0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0);
    __m512i item =
        _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(s.counter.first_item)), lane);
    std::size_t first = 0;
    for (; first + 64 * at_once <= n; first += 64 * at_once) {
        some_halves_avx512<at_once>(s, item, out + first);
        item = _mm512_add_epi32(item, _mm512_set1_epi32(8 * at_once));
    }
    for (; first < n; first += 64) {
        some_halves_avx512<1>(s, item, out + first);
        item = _mm512_add_epi32(item, _mm512_set1_epi32(8));
    }
}

template <int at_once>
LAMINA_AVX2 inline void words_avx2(const Schedule& s, __m256i (&c)[4][at_once]) {
    const __m256i m_0 = _mm256_set1_epi64x(multiplier_0), m_1 = _mm256_set1_epi64x(multiplier_1);
    for (int u = 0; u < at_once; ++u) {
        c[1][u] = _mm256_set1_epi32(static_cast<int>(s.counter.step_low));
        c[2][u] = _mm256_set1_epi32(static_cast<int>(s.counter.trial));
        c[3][u] = _mm256_set1_epi32(static_cast<int>(s.counter.rest));
    }
#pragma GCC unroll 10
    for (int round = 0; round < n_rounds; ++round) {
        const __m256i k_0 = _mm256_set1_epi32(static_cast<int>(s.key[round][0]));
        const __m256i k_1 = _mm256_set1_epi32(static_cast<int>(s.key[round][1]));
#pragma GCC unroll 2
        for (int u = 0; u < at_once; ++u) {
            const __m256i product_0 = _mm256_mul_epu32(c[0][u], m_0);
            const __m256i product_1 = _mm256_mul_epu32(c[2][u], m_1);
            const __m256i high_0 = _mm256_shuffle_epi32(product_0, 0xf5);
            const __m256i high_1 = _mm256_shuffle_epi32(product_1, 0xf5);
            c[0][u] = _mm256_xor_si256(_mm256_xor_si256(high_1, c[1][u]), k_0);
            c[1][u] = product_1;
            c[2][u] = _mm256_xor_si256(_mm256_xor_si256(high_0, c[3][u]), k_1);
            c[3][u] = product_0;
        }
    }
}

LAMINA_AVX2 inline __m256i side_by_side(__m256i even, __m256i odd) {
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}

LAMINA_AVX2 inline void store(void* to, __m256i words) {
    _mm256_storeu_si256(static_cast<__m256i*>(to), words);
}

LAMINA_AVX2 void blocks_avx2(const Schedule& s, std::size_t n, std::uint32_t* const out[4]) {
    const __m256i lane = _mm256_setr_epi32(0, 0, 2, 0, 4, 0, 6, 0);
    for (std::size_t first = 0; first < n; first += 8) {
        __m256i c[4][2]; // items 0 2 4 6, 1 3 5 7
        for (int u = 0; u < 2; ++u)
            c[0][u] = _mm256_add_epi32(
                _mm256_set1_epi32(static_cast<int>(s.counter.first_item + std::uint32_t(first) +
                                                   std::uint32_t(u))),
                lane);
        words_avx2(s, c);
        for (int k = 0; k < 4; ++k) store(out[k] + first, side_by_side(c[k][0], c[k][1]));
    }
}

LAMINA_AVX2 void halves_avx2(const Schedule& s, std::size_t n, std::uint16_t* out) {
    const __m256i lane = _mm256_setr_epi32(0, 0, 1, 0, 2, 0, 3, 0);
    for (std::size_t first = 0; first < n; first += 64) {
        __m256i c[4][2]; // items 0 1 2 3, 4 5 6 7
        for (int u = 0; u < 2; ++u)
            c[0][u] = _mm256_add_epi32(
                _mm256_set1_epi32(static_cast<int>(s.counter.first_item + std::uint32_t(first / 8) +
                                                   std::uint32_t(4 * u))),
                lane);
        words_avx2(s, c);
        for (int u = 0; u < 2; ++u) {
            store(out + first + 16 * u, side_by_side(c[0][u], c[1][u]));
            store(out + first + 32 + 16 * u, side_by_side(c[2][u], c[3][u]));
        }
    }
}

#endif

} // namespace

void philox_rows(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint32_t first_item,
                 std::uint64_t step, std::uint32_t draw, std::size_t n,
                 std::uint32_t* const out[4]) {
#if defined(LAMINA_HAS_AVX512)
    if (isa() != Isa::plain) {
        const Schedule s = schedule(seed, {first_item, static_cast<std::uint32_t>(step), trial,
                                           philox_rest(stream, draw, step)});
        return isa() == Isa::avx512 ? blocks_avx512(s, n, out) : blocks_avx2(s, n, out);
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

void random_halves(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint64_t step,
                   std::uint32_t draw, std::size_t first, std::size_t n, std::uint16_t* out) {
    LAMINA_EXPECT(first % 64 == 0);
    const auto first_item = static_cast<std::uint32_t>(first / 8);
#if defined(LAMINA_HAS_AVX512)
    if (isa() != Isa::plain) {
        const Schedule s = schedule(seed, {first_item, static_cast<std::uint32_t>(step), trial,
                                           philox_rest(stream, draw, step)});
        return isa() == Isa::avx512 ? halves_avx512(s, n, out) : halves_avx2(s, n, out);
    }
#endif
    for (std::size_t item = 0; item < (n + 63) / 64 * 8; ++item) {
        const PhiloxWords words =
            philox(seed, trial, stream, first_item + static_cast<std::uint32_t>(item), step, draw);
        std::uint16_t* const group = out + item / 8 * 64 + item % 8 * 4;
        for (int half = 0; half < 8; ++half)
            group[half / 4 * 32 + half % 4] =
                static_cast<std::uint16_t>(words.word[half / 2] >> (16 * (half % 2)));
    }
}

} // namespace lamina::cpu
