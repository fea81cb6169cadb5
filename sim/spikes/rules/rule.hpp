/// What rules of wiring have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/cpu/philox_rows.hpp"
#include "sim/spikes/connector.hpp"

namespace lamina {

/// A parameter of a projection's rule.
/// @throws SpecError when it is missing or outside least .. most
double rule_parameter(const ProjectionSpec&, const char* name, double least, double most);
/// The same of a whole number.
double rule_whole_parameter(const ProjectionSpec&, const char* name, double least, double most);

/// Adds up, over threads, how often each source is met; `meet(b, count)` does block b of n_blocks.
template <class Meet>
std::vector<std::uint32_t> count_sources(const WiringPlace& place, std::uint64_t n_blocks,
                                         const Meet& meet) {
    std::vector<std::uint32_t> total(place.n_from, 0);
#pragma omp parallel num_threads(place.n_threads)
    {
        std::vector<std::uint32_t> mine(place.n_from, 0);
#pragma omp for schedule(static)
        for (std::uint64_t b = 0; b < n_blocks; ++b) meet(b, mine);
#pragma omp critical
        for (std::uint32_t source = 0; source < place.n_from; ++source)
            total[source] += mine[source];
    }
    return total;
}

/// k different numbers out of 0 .. n - 1, every set equally likely: word i chooses among the first
/// n - k + i + 1, and if its choice is taken, the last of these (Floyd, in Bentley & Floyd 1987,
/// doi:10.1145/30401.315746).
/// @param taken  [n] scratch, all 0 before and after
inline void choose_distinct(const std::uint32_t* words, std::uint32_t k, std::uint32_t n,
                            std::vector<std::uint8_t>& taken, std::vector<std::uint32_t>& out) {
    out.resize(k);
    for (std::uint32_t i = 0; i < k; ++i) {
        const std::uint32_t last = n - k + i, choice = below(words[i], last + 1);
        out[i] = taken[choice] ? last : choice;
        taken[out[i]] = 1;
    }
    for (const std::uint32_t chosen : out) taken[chosen] = 0;
}

} // namespace lamina
