/// The scalar product behind the reference block and the making of weights.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

/// sum_i a[i] b[i], always in the same order: eight partial sums of every eighth element, added as
/// ((0+1)+(2+3))+((4+5)+(6+7)). The bits depend on neither instruction set nor alignment, while
/// Eigen's small products start where the address is aligned, and so vary with the allocator.
inline double dot(const double* a, const double* b, std::size_t n) {
    double lane[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (std::size_t l = 0; l < 8; ++l) lane[l] = fma(a[i + l], b[i + l], lane[l]);
    for (std::size_t l = 0; i + l < n; ++l) lane[l] = fma(a[i + l], b[i + l], lane[l]);
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) +
           ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

} // namespace lamina
