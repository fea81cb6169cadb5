/// Layer normalisation, as the reference block and the making of weights need it.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/math.hpp"

namespace lamina {

/// Layer norm of each row:
///
///     n = scale (x - mu) / sqrt(nu + epsilon) + shift,   mu = mean(x),   nu = mean((x - mu)^2)
///
/// The variance is divided by d, not d - 1.
/// @param rows          [n_rows][d]
/// @param scale, shift  [d]
/// @source  Ba, Kiros & Hinton (2016), arXiv:1607.06450, eq. 4
inline std::vector<double> layer_norm(const std::vector<double>& rows,
                                      const std::vector<double>& scale,
                                      const std::vector<double>& shift, double epsilon) {
    const std::size_t d = scale.size();
    LAMINA_EXPECT(d > 0 && shift.size() == d && rows.size() % d == 0);
    std::vector<double> normed(rows.size());
    for (std::size_t first = 0; first < rows.size(); first += d) {
        const double* x = rows.data() + first;
        double mean = 0;
        for (std::size_t i = 0; i < d; ++i) mean += x[i];
        mean /= static_cast<double>(d);

        double variance = 0;
        for (std::size_t i = 0; i < d; ++i) variance += (x[i] - mean) * (x[i] - mean);
        variance /= static_cast<double>(d);

        const double spread = math::sqrt(variance + epsilon);
        for (std::size_t i = 0; i < d; ++i)
            normed[first + i] = scale[i] * ((x[i] - mean) / spread) + shift[i];
    }
    return normed;
}

} // namespace lamina
