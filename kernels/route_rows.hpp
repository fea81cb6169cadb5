/// Body, one row = one query of one head: the gates weigh the values, r = sum_j a_j v_j. The CPU
/// executor takes its matrix product instead; a test holds the two to each other.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

template <class Real> struct RouteRows {
    const Real* gate;  ///< [n_heads][n_queries][n_keys]
    const Real* value; ///< [n_keys][n_heads * d_head]
    Real* routed;      ///< [n_queries][n_heads * d_head]
    int n_queries, n_keys, n_heads, d_head;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t head = row / n_queries, query = row % n_queries;
        const std::size_t width = std::size_t(n_heads) * d_head;
        const Real* a = gate + row * n_keys;
        for (int i = lanes.first(); i < d_head; i += lanes.count()) {
            Real sum = 0;
            for (int key = 0; key < n_keys; ++key)
                sum = fma(a[key], value[key * width + head * d_head + i], sum);
            routed[query * width + head * d_head + i] = sum;
        }
    }
};

} // namespace lamina
