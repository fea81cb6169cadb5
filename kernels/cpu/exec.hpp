/// The CPU executor: runs bodies over items or rows, in order on one thread or in parallel.
///
/// A body is a plain struct whose call operator does one item, or one row with lanes. Every item or
/// row writes its own outputs only and reads nobody else's, so results do not depend on the number
/// of threads, and neighbouring items may share a vector register. Where the processor has AVX-512
/// the same body runs in a second compilation, with the same bits (isa.hpp).
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/cpu/isa.hpp"
#include "kernels/lanes.hpp"

#if defined(__clang__)
#define LAMINA_INDEPENDENT_ITEMS _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define LAMINA_INDEPENDENT_ITEMS _Pragma("GCC ivdep")
#else
#define LAMINA_INDEPENDENT_ITEMS
#endif

namespace lamina {

namespace cpu {

// the body is taken by value: its members then stay in registers, whatever is stored meanwhile
template <class Body> inline void items(std::size_t first, std::size_t last, Body body) {
    LAMINA_INDEPENDENT_ITEMS
    for (std::size_t item = first; item < last; ++item) body(item);
}
template <class Body> inline void rows(std::size_t first, std::size_t last, Body body) {
    for (std::size_t row = first; row < last; ++row) body(row, OneLane{});
}

#if defined(LAMINA_HAS_AVX512)
template <class Body>
LAMINA_AVX512_FN void items_avx512(std::size_t first, std::size_t last, Body body) {
    LAMINA_INDEPENDENT_ITEMS
    for (std::size_t item = first; item < last; ++item) body(item);
}
template <class Body>
LAMINA_AVX512_FN void rows_avx512(std::size_t first, std::size_t last, Body body) {
    for (std::size_t row = first; row < last; ++row) body(row, OneLane{});
}
#endif

/// body(item) for item in [first, last), on this thread.
template <class Body> void run_items(std::size_t first, std::size_t last, const Body& body) {
#if defined(LAMINA_HAS_AVX512)
    if (isa() == Isa::avx512) return items_avx512(first, last, body);
#endif
    items(first, last, body);
}

/// body(row, lanes) for row in [first, last), on this thread.
template <class Body> void run_rows(std::size_t first, std::size_t last, const Body& body) {
#if defined(LAMINA_HAS_AVX512)
    if (isa() == Isa::avx512) return rows_avx512(first, last, body);
#endif
    rows(first, last, body);
}

} // namespace cpu

struct Cpu {
    int n_threads = 1; ///< threads inside one stage; 1 when trials are the parallel loop

    /// body(item) for item in [0, n).
    template <class Body> void for_each(std::size_t n, const Body& body) const {
        if (n_threads == 1) return cpu::run_items(0, n, body);
        in_parts(n,
                 [&](std::size_t first, std::size_t last) { cpu::run_items(first, last, body); });
    }

    /// body(row, lanes) for row in [0, n).
    template <class Body> void for_each_row(std::size_t n, const Body& body) const {
        if (n_threads == 1) return cpu::run_rows(0, n, body);
        in_parts(n, [&](std::size_t first, std::size_t last) { cpu::run_rows(first, last, body); });
    }

  private:
    /// Gives each thread one run of neighbours.
    template <class Part> void in_parts(std::size_t n, const Part& part) const {
        const std::size_t n_parts = static_cast<std::size_t>(n_threads);
#pragma omp parallel for num_threads(n_threads) schedule(static)
        for (std::size_t p = 0; p < n_parts; ++p) part(n * p / n_parts, n * (p + 1) / n_parts);
    }
};

/// For a stage inside a trial, where trials are the parallel loop.
constexpr Cpu one_thread;

} // namespace lamina
