/// What the host and the device compiler must agree on: the one place that asks "is this nvcc?".
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#if defined(__CUDACC__)
#define LAMINA_FN __host__ __device__
#else
#define LAMINA_FN
#endif

/// A caller's duty, stated at the top of a function; checked in debug builds and in CI.
#if defined(LAMINA_DEBUG) && !defined(__CUDA_ARCH__)
#define LAMINA_EXPECT(condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::fprintf(stderr, "lamina: internal error: %s:%d: expected %s\n", __FILE__,         \
                         __LINE__, #condition);                                                    \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
#else
#define LAMINA_EXPECT(condition) ((void)0)
#endif

namespace lamina {

// with <cmath> alone g++ takes an unqualified fma(float, ...) to the double function
using std::fma;

} // namespace lamina
