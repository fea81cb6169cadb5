/// What the figures of the PV loop share: draws of a measurement, and marks with their interval.
#pragma once

#include <algorithm>
#include <vector>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

/// All draws of one row of a [.., draw] variable whose leading indices are flattened.
inline std::vector<double> draws_of(const Column& column, std::size_t row) {
    const std::size_t n = std::max<std::size_t>(1, column.length("draw"));
    const auto from = column.numbers.begin() + static_cast<std::ptrdiff_t>(row * n);
    return {from, from + static_cast<std::ptrdiff_t>(n)};
}

/// @tparam Marks  a Line or Points
template <class Marks> void add_estimate(Marks& marks, double x, const Estimate& e) {
    marks.x.push_back(x);
    marks.y.push_back(e.value), marks.low.push_back(e.low), marks.high.push_back(e.high);
}

} // namespace lamina::analysis
