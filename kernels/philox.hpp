/// Random numbers as a function of (seed, trial, stream, item, step): there is no generator state,
/// so a draw does not depend on threads, ranks, blocks, or on what was drawn before.
///
/// Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405), by the library Random123.
/// Key = seed (64 bit); counter = {item, step low word, trial, stream (8) | draw (8) | step high
/// (16)}.
#pragma once

#include <Random123/philox.h>

#include "kernels/portable.hpp"

namespace lamina {

/// Who draws. Each consumer of random numbers has its own stream, so that no two share a counter.
enum class Stream : std::uint32_t {
    weights = 1,         ///< item = matrix element, step = which matrix
    tokens = 2,          ///< random input tokens
    task = 3,            ///< choice of items, probe, match
    encoding = 4,        ///< Poisson counts of the memory
    diffusion = 5,       ///< drift of memory during the delay; step = update
    decision = 6,        ///< noise of the accumulators
    motor = 7,           ///< motor noise
    population = 8,      ///< noise of rate populations; item = place in the state vector
    jitter = 9,          ///< phase jitter of imposed oscillations
    bootstrap = 10,      ///< resampling in analysis
    random_feature = 11, ///< dendritic projections of additive_exponential
    laboratory = 12,     ///< stand-alone gate-loop measurements
    sources = 13,        ///< out-degrees of random wiring; item = quarter synapse
    synapses = 14,       ///< trial = source neuron, item = its synapse, step = projection
    start_state = 15,    ///< initial state of neurons; item = neuron
    neuron_noise = 16,   ///< noise inside spiking neurons; item = quarter neuron
    drive = 17,          ///< external Poisson spikes; item = eighth neuron
    cells = 18,          ///< background noise of a column's cells; draw = population, item = eighth
    column_wiring = 19,  ///< who hears whom in a column; item = cell that hears, trial = quarter
    drive_open = 20,     ///< the same, where the bits of drive leave it open; item = neuron
    sweep = 21,          ///< places of a sweep that are drawn; trial = path, item = place
};

/// Four independent 32-bit words.
struct PhiloxWords {
    std::uint32_t word[4];

    /// Word k, chosen without an address: on a device words stay in registers.
    LAMINA_FN std::uint32_t at(std::uint32_t k) const {
        const std::uint32_t low = k == 0 ? word[0] : word[1], high = k == 2 ? word[2] : word[3];
        return k < 2 ? low : high;
    }
};

/// The fourth word of the counter.
LAMINA_FN inline std::uint32_t philox_rest(Stream stream, std::uint32_t draw, std::uint64_t step) {
    return (static_cast<std::uint32_t>(stream) << 24) | ((draw & 0xffu) << 16) |
           static_cast<std::uint32_t>((step >> 32) & 0xffffu);
}

/// Words number `draw` (0..255) of (seed, trial, stream, item, step); step < 2^48.
LAMINA_FN inline PhiloxWords philox(std::uint64_t seed, std::uint32_t trial, Stream stream,
                                    std::uint32_t item, std::uint64_t step,
                                    std::uint32_t draw = 0) {
    r123::Philox4x32 generator;
    r123::Philox4x32::ctr_type counter = {
        {item, static_cast<std::uint32_t>(step), trial, philox_rest(stream, draw, step)}};
    r123::Philox4x32::key_type key = {
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    const auto r = generator(counter, key);
    return {{r[0], r[1], r[2], r[3]}};
}

/// Word `number` of a long row of (seed, trial, stream, step, draw): the order of
/// cpu::random_words.
LAMINA_FN inline std::uint32_t random_word(std::uint64_t seed, std::uint32_t trial, Stream stream,
                                           std::uint64_t step, std::uint32_t draw,
                                           std::uint32_t number) {
    const std::uint32_t item = number / 256 * 64 + number % 64;
    return philox(seed, trial, stream, item, step, draw).at(number / 64 % 4);
}

/// Number `number`, of 16 bits, of such a row: the order of cpu::random_halves.
LAMINA_FN inline std::uint16_t random_half(std::uint64_t seed, std::uint32_t trial, Stream stream,
                                           std::uint64_t step, std::uint32_t draw,
                                           std::uint32_t number) {
    const std::uint32_t in_row = number % 64, in_half = in_row % 32,
                        item = number / 64 * 8 + in_half / 4, half = in_half % 4 + in_row / 32 * 4;
    const std::uint32_t word = philox(seed, trial, stream, item, step, draw).at(half / 2);
    return static_cast<std::uint16_t>(half % 2 == 0 ? word : word >> 16);
}

/// Uniform in (0, 1), never 0 or 1: the 53 upper bits of two words, at half-steps.
LAMINA_FN inline double uniform(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = ((static_cast<std::uint64_t>(high) << 32) | low) >> 12;
    return (static_cast<double>(bits) + 0.5) * (1.0 / 4503599627370496.0);
}

/// Uniform in (0, 1); each (..., draw) gives two independent values, `which` 0 or 1.
LAMINA_FN inline double uniform(const PhiloxWords& w, int which) {
    const auto first = static_cast<std::uint32_t>(2 * which);
    return uniform(w.at(first), w.at(first + 1));
}

} // namespace lamina
