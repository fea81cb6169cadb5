/// Many Philox blocks at once: the words of Random123 (kernels/philox.hpp) to the bit, at a
/// fraction of the time, because neighbouring items share vector registers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/philox.hpp"

namespace lamina::cpu {

/// out[k][i] = word k of philox(seed, trial, stream, first_item + i, step, draw), i = 0 .. n - 1.
/// @param out  four rows of at least n words, rounded up to a multiple of 64
void philox_rows(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint32_t first_item,
                 std::uint64_t step, std::uint32_t draw, std::size_t n,
                 std::uint32_t* const out[4]);

/// Random words of a long row, in its order: out[i] is word number first + i of (seed, trial,
/// stream, step, draw). Word w is word (w / 64) % 4 of the block of item 64 (w / 256) + w % 64, so
/// that rows of 64 items come out side by side.
/// @param first  a multiple of 256
/// @param out    n words, rounded up to a multiple of 256
void random_words(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint64_t step,
                  std::uint32_t draw, std::size_t first, std::size_t n, std::uint32_t* out);

/// Random numbers of 16 bits of a long row, in its order, each for half the cost of a word: out[i]
/// is number first + i of (seed, trial, stream, step, draw). The eight halves of a block, low half
/// of word 0 first, are the numbers 64 (b / 8) + 4 (b % 8) + {0, 1, 2, 3, 32, 33, 34, 35} for the
/// block of item b, so that they come out side by side.
/// @param first  a multiple of 64
/// @param out    n numbers, rounded up to a multiple of 64
void random_halves(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint64_t step,
                   std::uint32_t draw, std::size_t first, std::size_t n, std::uint16_t* out);

} // namespace lamina::cpu
