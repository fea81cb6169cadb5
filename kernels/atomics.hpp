/// Sums that many threads add to. Integers only: their sum has no order.
#pragma once

#include <cstdint>

#include "kernels/portable.hpp"

namespace lamina {

/// Adds to a number that others add to at the same time; what it was before.
template <class Integer> LAMINA_FN inline Integer atomic_add(Integer* sum, Integer x) {
    static_assert(sizeof(Integer) == 4, "32 bits: all that shared memory adds in one instruction");
#if defined(__CUDA_ARCH__)
    return atomicAdd(sum, x);
#else
    return __atomic_fetch_add(sum, x, __ATOMIC_RELAXED);
#endif
}

} // namespace lamina
