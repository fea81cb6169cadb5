/// Small things that tasks share: whole steps, draws without replacement, and all complaints at
/// once.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "experiments/stimuli.hpp"
#include "models/draws.hpp"
#include "sim/errors.hpp"

namespace lamina {

// who draws within Stream::task
constexpr std::uint32_t draws_of_trial = 0;   ///< items, places, probe; one row per trial
constexpr std::uint32_t draws_of_answers = 1; ///< order of right answers; one row per condition

/// A duration in whole steps, the nearest.
inline std::int64_t steps_of(double duration_ms, double dt_ms) {
    return std::llround(duration_ms / dt_ms);
}

/// Puts `n_first` of the values (all, when -1) in front, each order equally likely (Fisher and
/// Yates): a draw without replacement.
template <class T> void shuffle(std::vector<T>& values, Draws& draws, std::ptrdiff_t n_first = -1) {
    const std::size_t last = n_first < 0 ? values.size() : static_cast<std::size_t>(n_first);
    for (std::size_t i = 0; i < last; ++i)
        std::swap(values[i], values[i + draws.below(values.size() - i)]);
}

/// `n` different numbers of 0 .. from - 1, each set and order equally likely.
std::vector<int> choose_different(int n, int from, Draws&);

/// The numbers of 0 .. from - 1 that are not among these.
std::vector<int> all_but(const std::vector<int>& these, int from);

/// A stimulus that is not among the items: the one farthest from all of them (ties at random), or
/// any, each equally likely.
int choose_nonmatch(const Stimuli&, const std::vector<int>& items, bool farthest, Draws&);

/// Right answers of the `n` trials of a condition: round(fraction n) of them are 1, in an order
/// shuffled by the seed.
std::vector<std::uint8_t> right_answers(std::int64_t n, double fraction, std::uint64_t seed,
                                        std::size_t condition);

/// @throws SpecError with one line per complaint, when there are any
inline void throw_if_any(const std::vector<std::string>& complaints) {
    if (complaints.empty()) return;
    std::string text;
    for (const std::string& line : complaints) text += (text.empty() ? "" : "\n") + line;
    throw SpecError(text);
}

} // namespace lamina
