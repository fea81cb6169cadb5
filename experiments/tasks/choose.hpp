/// Small things that tasks share: whole steps, shuffles, and all complaints at once.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/draws.hpp"
#include "sim/errors.hpp"

namespace lamina {

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

/// @throws SpecError with one line per complaint, when there are any
inline void throw_if_any(const std::vector<std::string>& complaints) {
    if (complaints.empty()) return;
    std::string text;
    for (const std::string& line : complaints) text += (text.empty() ? "" : "\n") + line;
    throw SpecError(text);
}

} // namespace lamina
