/// How the variants of a run are laid out in a figure: one factor along x, the combinations of the
/// others as series.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/run_data.hpp"

namespace lamina::analysis {

struct Crossing {
    const Factor* across = nullptr;
    std::vector<const Factor*> others;
    std::vector<std::string> series;
    std::vector<std::size_t> series_of, level_of; ///< [variant]

    /// Whether x is an axis of numbers: two levels are set side by side as words are.
    bool numeric() const { return across->numeric && across->levels.size() > 2; }
    /// Places along x and variants of a series, in order of x; words make room for `n` marks side
    /// by side, of which this is number `rank`.
    std::vector<std::pair<double, std::size_t>> along(std::size_t series, double rank,
                                                      double n) const;
};

/// The factor along x: numbers before words, then the one with most levels. The design has at least
/// one factor, and outlives the crossing.
Crossing cross(const Design& design);

/// Name and unit.
std::string axis_label(const Factor& factor);

} // namespace lamina::analysis
