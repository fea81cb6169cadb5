/// Sum of a row in a fixed order that vectorises: eight partial sums, then a tree. The order
/// depends on the length only, never on the instruction set, so the bits do not either.
#pragma once

#include "kernels/portable.hpp"

namespace lamina {

template <class Real, class Lanes>
LAMINA_FN inline Real row_sum(const Real* row, int n, Lanes lanes) {
    constexpr int width = 8;
    Real partial[width] = {};
    const int block = width * lanes.count();
    int k = 0;
    for (; k + block <= n; k += block)
        for (int w = 0; w < width; ++w) partial[w] += row[k + w * lanes.count() + lanes.first()];
    for (int j = k + lanes.first(); j < n; j += lanes.count()) partial[0] += row[j];
    const Real low = (partial[0] + partial[4]) + (partial[2] + partial[6]);
    const Real high = (partial[1] + partial[5]) + (partial[3] + partial[7]);
    return lanes.sum(low + high);
}

} // namespace lamina
