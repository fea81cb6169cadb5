/// External spikes of a step, for each neuron as many as a Poisson law gives.
///
///     P(n = k) = lambda^k exp(-lambda) / k!
///
/// 16 random bits per neuron and step name one of 2^16 cells. The law's table gives floor(P(n = k)
/// 2^16) cells to each k, in order; for these the bits decide: no branch, no logarithm. The few
/// last cells are open: they hold what the law has left for every k, and who meets one draws a
/// further word of 32 bits. So the law is exact to 2^-33 times the share of open cells, with half a
/// word per neuron.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/portable.hpp"

namespace lamina {

constexpr double most_poisson_mean = 10;
constexpr std::size_t most_poisson_entries = 32;

struct PoissonTable {
    /// [k - 1] the last cell before those of k, for k = 1, 2, ... while they have a cell; filled up
    /// with 0xffff, which no cell exceeds, to an even number
    std::vector<std::uint16_t> before;
    std::int32_t n_counts = 0;    ///< of k >= 1 that have cells: what every open cell exceeds
    std::uint16_t first_open = 0; ///< this cell and all after it are open
    /// [k - 1] P(n >= k, given an open cell) 2^32, until it falls below 1/2
    std::vector<std::uint32_t> open_at_least;
};

/// @param mean  > 0, at most most_poisson_mean: then no count before the last has no cell
inline PoissonTable poisson_table(double mean) {
    constexpr double n_cells = 65536, two_32 = 4294967296.0;
    const int top = static_cast<int>(mean + 12 * std::sqrt(mean) + 24);
    PoissonTable table;
    std::vector<double> left(static_cast<std::size_t>(top) + 1); // [k] of a cell, past whole ones
    double cell = 0;
    for (int k = 0; k <= top; ++k) {
        const double share = n_cells * std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
        const double whole = std::min(std::floor(share), n_cells - 1 - cell);
        if (k >= 1 && whole > 0) table.before.push_back(static_cast<std::uint16_t>(cell - 1));
        left[static_cast<std::size_t>(k)] = share - whole;
        cell += whole;
    }
    table.n_counts = static_cast<std::int32_t>(table.before.size());
    if (table.before.size() % 2 != 0) table.before.push_back(0xffff);
    table.first_open = static_cast<std::uint16_t>(cell);

    // from far in the tail downwards: sums of small terms first
    double at_least = 0;
    for (int k = top; k >= 1; --k) {
        at_least += left[static_cast<std::size_t>(k)];
        const double words = at_least / (n_cells - cell) * two_32;
        if (words >= 0.5)
            table.open_at_least.push_back(
                static_cast<std::uint32_t>(std::min(std::round(words), two_32 - 1)));
    }
    std::reverse(table.open_at_least.begin(), table.open_at_least.end());
    return table;
}

/// How many spikes an open cell stands for.
inline std::int32_t open_count(const PoissonTable& table, std::uint32_t word) {
    std::int32_t n = 0;
    for (const std::uint32_t at_least : table.open_at_least) n += word < at_least ? 1 : 0;
    return n;
}

/// Body, one item = one neuron. An open cell is taken for n_counts spikes.
template <int n_entries> struct AddPoisson {
    const std::uint16_t* cells; ///< [n] random bits
    std::int32_t* sums;         ///< [n] arriving input
    std::int32_t quanta;        ///< of one external spike
    std::uint16_t before[n_entries];

    LAMINA_FN void operator()(std::size_t neuron) const {
        const std::uint16_t cell = cells[neuron];
        std::uint16_t n = 0;
        for (int k = 0; k < n_entries; ++k) n = std::uint16_t(n + (cell > before[k] ? 1 : 0));
        sums[neuron] += n * quanta;
    }
};

/// Body, one row = 64 neurons: whether one of them has an open cell.
struct FindOpen {
    static constexpr std::size_t n_neurons = 64;
    const std::uint16_t* cells; ///< [n_rows, 64]
    std::uint16_t first_open;
    std::uint8_t* found; ///< [n_rows]

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, const Lanes&) const {
        std::uint16_t last = 0;
        for (std::size_t i = 0; i < n_neurons; ++i) {
            const std::uint16_t cell = cells[row * n_neurons + i];
            last = cell > last ? cell : last;
        }
        found[row] = last >= first_open;
    }
};

} // namespace lamina
