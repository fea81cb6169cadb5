/// The scalar product behind the reference block and the making of weights.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

/// sum_i a[i] b[i], always in the same order: eight partial sums of every eighth element, added as
/// ((0+1)+(2+3))+((4+5)+(6+7)). The bits depend on neither instruction set nor alignment, while
/// Eigen's small products start where the address is aligned, and so vary with the allocator.
LAMINA_FN inline double dot(const double* a, const double* b, std::size_t n) {
    double partial[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (std::size_t l = 0; l < 8; ++l) partial[l] = fma(a[i + l], b[i + l], partial[l]);
    // eight turns, whatever is left: a device then keeps the sums in registers
    for (std::size_t l = 0; l < 8; ++l)
        if (i + l < n) partial[l] = fma(a[i + l], b[i + l], partial[l]);
    return ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
           ((partial[4] + partial[5]) + (partial[6] + partial[7]));
}

} // namespace lamina
