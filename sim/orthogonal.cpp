#include "sim/orthogonal.hpp"

#include "kernels/dot.hpp"
#include "kernels/math.hpp"
#include "kernels/normal.hpp"

namespace lamina {

std::vector<double> random_orthogonal(int size, std::uint64_t seed, Stream stream,
                                      std::uint64_t matrix) {
    LAMINA_EXPECT(size >= 1 && size <= 65535);
    const auto n = static_cast<std::size_t>(size);
    std::vector<double> q(n * n);
    normal_row(seed, 0, stream, matrix, q.data(), q.size());

    for (std::size_t row = 0; row < n; ++row) {
        double* r = q.data() + row * n;
        // take out what lies along the rows before; the second pass removes the rounding of the
        // first
        for (int pass = 0; pass < 2; ++pass)
            for (std::size_t other = 0; other < row; ++other) {
                const double* unit = q.data() + other * n;
                const double along = dot(unit, r, n);
                for (std::size_t i = 0; i < n; ++i) r[i] = fma(-along, unit[i], r[i]);
            }
        const double length = math::sqrt(dot(r, r, n));
        for (std::size_t i = 0; i < n; ++i) r[i] /= length;
    }
    return q;
}

} // namespace lamina
