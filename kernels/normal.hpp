/// Standard normal numbers as a function of (seed, trial, stream, item, step), without state.
///
/// Box and Muller (1958, doi:10.1214/aoms/1177706645) on the two uniforms of one Philox block:
///
///     radius = sqrt(-2 log u_0)    z_0 = radius cos(2 pi u_1)    z_1 = radius sin(2 pi u_1)
///
/// Items 2m and 2m + 1 are z_0 and z_1 of block m, so a row of items costs one block per pair. Our
/// own functions and no std:: distribution: those differ between C++ libraries. |z| < 8.58.
#pragma once

#include <cstddef>

#include "kernels/math.hpp"
#include "kernels/philox.hpp"
#include "kernels/portable.hpp"

namespace lamina {

struct NormalPair {
    double z[2];
};

/// Two independent N(0, 1) numbers: items 2 * pair and 2 * pair + 1.
LAMINA_FN inline NormalPair normal_pair(std::uint64_t seed, std::uint32_t trial, Stream stream,
                                        std::uint32_t pair, std::uint64_t step) {
    const PhiloxWords words = philox(seed, trial, stream, pair, step);
    const double radius = math::sqrt(-2 * math::log(uniform(words, 0)));
    const double turns = uniform(words, 1);
    return {{radius * math::cos_turns(turns), radius * math::sin_turns(turns)}};
}

/// One N(0, 1) number; step < 2^48. A consumer of normal numbers shares no (stream, trial, step)
/// with a consumer of plain uniforms.
LAMINA_FN inline double normal(std::uint64_t seed, std::uint32_t trial, Stream stream,
                               std::uint32_t item, std::uint64_t step) {
    const NormalPair pair = normal_pair(seed, trial, stream, item >> 1, step);
    return (item & 1) != 0 ? pair.z[1] : pair.z[0]; // no index: in registers on a device
}

/// out[i] = normal(seed, trial, stream, i, step) for i = 0 .. n - 1, the same bits at a quarter of
/// the time: integers and floating-point numbers in loops of their own, so that the second is
/// vectorised.
inline void normal_row(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint64_t step,
                       double* out, std::size_t n) {
    constexpr std::size_t block = 64; // pairs; their uniforms fill 1 KiB
    double u_0[block], u_1[block];
    const std::size_t n_pairs = n / 2;
    for (std::size_t first = 0; first < n_pairs; first += block) {
        const std::size_t here = n_pairs - first < block ? n_pairs - first : block;
        for (std::size_t i = 0; i < here; ++i) {
            const PhiloxWords words =
                philox(seed, trial, stream, static_cast<std::uint32_t>(first + i), step);
            u_0[i] = uniform(words, 0);
            u_1[i] = uniform(words, 1);
        }
        for (std::size_t i = 0; i < here; ++i) {
            const double radius = math::sqrt(-2 * math::log(u_0[i]));
            out[2 * (first + i)] = radius * math::cos_turns(u_1[i]);
            out[2 * (first + i) + 1] = radius * math::sin_turns(u_1[i]);
        }
    }
    if (n % 2 == 1)
        out[n - 1] = normal(seed, trial, stream, static_cast<std::uint32_t>(n - 1), step);
}

} // namespace lamina
