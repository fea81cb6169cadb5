/// Sum of a row in a fixed order that vectorises: 16 partial sums, then a tree. The order depends
/// on the length only, never on the instruction set, so the bits do not either.
#pragma once

#include "kernels/portable.hpp"

namespace lamina {

template <class Real, class Lanes>
LAMINA_FN inline Real row_sum(const Real* row, int n, Lanes lanes) {
    // a register of 512 bits, or two and more: one chain of additions would wait for itself
    constexpr int width = 16;
    Real partial[width] = {};
    const int block = width * lanes.count();
    int k = 0;
    for (; k + block <= n; k += block)
        for (int w = 0; w < width; ++w) partial[w] += row[k + w * lanes.count() + lanes.first()];
    for (int j = k + lanes.first(); j < n; j += lanes.count()) partial[0] += row[j];
    for (int half = width / 2; half > 0; half /= 2)
        for (int w = 0; w < half; ++w) partial[w] += partial[w + half];
    return lanes.sum(partial[0]);
}

} // namespace lamina
