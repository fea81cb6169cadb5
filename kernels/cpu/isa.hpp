/// Which vector instructions the CPU executor uses, chosen once at run time.
///
/// The program is built for x86-64-v3; where the processor has AVX-512 the same bodies and products
/// run in a second compilation. Results do not depend on the choice: every element is computed by
/// the same operations in the same order, whatever stands beside it in a register.
#pragma once

namespace lamina::cpu {

enum class Isa { plain, avx2, avx512 };

/// The best this processor has, or what `limit_isa` allows.
Isa isa();

/// Uses at most this from now on (tests and measurements); not while other threads compute.
void limit_isa(Isa most);

/// "plain", "avx2", "avx512".
const char* name_of(Isa);

} // namespace lamina::cpu

// A function with this attribute is compiled for AVX-512, with all that it can inline; callees that
// are shared with the rest of the program stay as they are, so no other code meets the
// instructions.
#if defined(__x86_64__) && !defined(__CUDACC__)
#define LAMINA_HAS_AVX512 1
#if defined(__clang__)
#define LAMINA_AVX512_FN                                                                           \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"), min_vector_width(512),   \
                   flatten))
#else
#define LAMINA_AVX512_FN                                                                           \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,prefer-vector-width=512"),  \
                   flatten))
#endif
#endif
