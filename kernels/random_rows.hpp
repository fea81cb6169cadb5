/// Bodies, one item = one Philox block: long rows of random numbers on a device, those of
/// cpu::random_halves and cpu::random_words (cpu/philox_rows.hpp) to the bit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/philox.hpp"
#include "kernels/unroll.hpp"

namespace lamina {

/// Whose numbers, and of which step.
struct RandomRow {
    std::uint64_t seed;
    std::uint32_t trial;
    Stream stream;
    std::uint64_t step;
    std::uint32_t draw;

    LAMINA_FN PhiloxWords block(std::size_t item) const {
        return philox(seed, trial, stream, static_cast<std::uint32_t>(item), step, draw);
    }
};

struct RandomHalves {
    static constexpr std::size_t per_block = 8, in_row = 64;
    RandomRow row;
    std::uint16_t* out; ///< [n] rounded up to a multiple of 64

    LAMINA_FN void operator()(std::size_t item) const {
        const PhiloxWords words = row.block(item);
        std::uint16_t* const first = out + item / 8 * 64 + item % 8 * 4;
        LAMINA_UNROLL
        for (std::uint32_t half = 0; half < 8; ++half) {
            const std::uint32_t word = words.at(half / 2);
            first[half % 4 + half / 4 * 32] =
                static_cast<std::uint16_t>(half % 2 == 0 ? word : word >> 16);
        }
    }
};

struct RandomWords {
    static constexpr std::size_t per_block = 4, in_row = 256;
    RandomRow row;
    std::uint32_t* out; ///< [n] rounded up to a multiple of 256

    LAMINA_FN void operator()(std::size_t item) const {
        const PhiloxWords words = row.block(item);
        std::uint32_t* const first = out + item / 64 * 256 + item % 64;
        LAMINA_UNROLL
        for (std::uint32_t k = 0; k < 4; ++k) first[k * 64] = words.at(k);
    }
};

} // namespace lamina
