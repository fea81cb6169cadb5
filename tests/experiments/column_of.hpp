/// What a trial's tokens hold in one column.
#pragma once

#include <vector>

namespace lamina::test {

/// @param x  [column][d_model]
inline std::vector<double> column_of(const std::vector<double>& x, int column, int d_model) {
    return {x.begin() + column * d_model, x.begin() + (column + 1) * d_model};
}

} // namespace lamina::test
