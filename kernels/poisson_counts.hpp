/// Body, one item = one neuron: external spikes of this step, as many as a Poisson law gives.
///
///     P(n >= k) = sum_{j >= k} lambda^j exp(-lambda) / j!;   n = #{k : word < P(n >= k) 2^32}
///
/// One random word per neuron and step is compared with the law's table: no branch, no logarithm.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/portable.hpp"

namespace lamina {

constexpr double most_poisson_mean = 10;
constexpr std::size_t most_poisson_entries = 48;

/// P(n >= k) 2^32 for k = 1, 2, ... until it falls below 1/2, filled up with zeros to a multiple of
/// four. @param mean  > 0, at most most_poisson_mean
inline std::vector<std::uint32_t> poisson_table(double mean) {
    // from far in the tail downwards: sums of small terms first
    const int top = static_cast<int>(mean + 12 * std::sqrt(mean) + 24);
    std::vector<double> at_least(static_cast<std::size_t>(top) + 2, 0);
    for (int k = top; k >= 0; --k)
        at_least[k] = at_least[k + 1] + std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
    std::vector<std::uint32_t> table;
    for (int k = 1; at_least[k] * 4294967296.0 >= 0.5; ++k)
        table.push_back(static_cast<std::uint32_t>(
            std::min(std::round(at_least[k] * 4294967296.0), 4294967295.0)));
    while (table.size() % 4 != 0) table.push_back(0);
    return table;
}

template <int n_entries> struct AddPoisson {
    const std::uint32_t* words; ///< [n]
    std::int32_t* sums;         ///< [n] arriving input
    std::int32_t quanta;        ///< of one external spike
    std::uint32_t at_least[n_entries];

    LAMINA_FN void operator()(std::size_t neuron) const {
        const std::uint32_t word = words[neuron];
        std::int32_t n = 0;
        for (int k = 0; k < n_entries; ++k) n += word < at_least[k] ? 1 : 0;
        sums[neuron] += n * quanta;
    }
};

} // namespace lamina
