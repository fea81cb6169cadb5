/// The CPU executor: runs bodies over items or rows, in order on one thread or in parallel.
///
/// A body is a plain struct whose call operator does one item, or one row with lanes. Every item or
/// row writes its own outputs only, so results do not depend on the number of threads.
#pragma once

#include <cstddef>

#include "kernels/lanes.hpp"

namespace lamina {

struct Cpu {
    int n_threads = 1; ///< threads inside one stage; 1 when trials are the parallel loop

    /// body(item) for item in [0, n).
    template <class Body> void for_each(std::size_t n, const Body& body) const {
        if (n_threads == 1) {
            for (std::size_t item = 0; item < n; ++item) body(item);
            return;
        }
#pragma omp parallel for num_threads(n_threads) schedule(static)
        for (std::size_t item = 0; item < n; ++item) body(item);
    }

    /// body(row, lanes) for row in [0, n).
    template <class Body> void for_each_row(std::size_t n, const Body& body) const {
        if (n_threads == 1) {
            for (std::size_t row = 0; row < n; ++row) body(row, OneLane{});
            return;
        }
#pragma omp parallel for num_threads(n_threads) schedule(static)
        for (std::size_t row = 0; row < n; ++row) body(row, OneLane{});
    }
};

} // namespace lamina
