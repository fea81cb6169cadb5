/// Layer normalisation of the reference block, as the making of weights needs it.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/cpu/exec.hpp"
#include "kernels/reference_rows.hpp"

namespace lamina {

/// Layer norm of each row, as the block's.
/// @param rows          [n_rows][d]
/// @param scale, shift  [d]
inline std::vector<double> layer_norm(const std::vector<double>& rows,
                                      const std::vector<double>& scale,
                                      const std::vector<double>& shift, double epsilon) {
    const std::size_t d = scale.size();
    LAMINA_EXPECT(d > 0 && shift.size() == d && rows.size() % d == 0);
    std::vector<double> normed(rows.size());
    Cpu().for_each_row(rows.size() / d,
                       reference::LayerNormRows{rows.data(), scale.data(), shift.data(),
                                                normed.data(), int(d), epsilon});
    return normed;
}

} // namespace lamina
