/// Before a short loop of a fixed length: its arrays become registers only when it is unrolled.
#pragma once

#if defined(__CUDACC__) || defined(__clang__)
#define LAMINA_UNROLL _Pragma("unroll")
#else
#define LAMINA_UNROLL _Pragma("GCC unroll 8")
#endif
