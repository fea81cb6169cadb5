#include "models/memory/poisson.hpp"

#include <cmath>

#include "kernels/math.hpp"

namespace lamina {

std::int64_t poisson(double mean, Draws& draws) {
    LAMINA_EXPECT(mean >= 0 && mean < 1e9);
    const double largest_part = 16;
    const auto n_parts = static_cast<std::int64_t>(std::ceil(mean / largest_part));
    const double part = n_parts > 0 ? mean / static_cast<double>(n_parts) : 0;
    const double empty = math::exp(-part);

    std::int64_t total = 0;
    for (std::int64_t i = 0; i < n_parts; ++i) {
        const double u = draws.uniform();
        double probability = empty, cumulative = empty;
        std::int64_t k = 0;
        // the second condition ends the search when rounding keeps the sum just below u
        while (u >= cumulative && probability > 1e-18 * cumulative) {
            ++k;
            probability *= part / static_cast<double>(k);
            cumulative += probability;
        }
        total += k;
    }
    return total;
}

} // namespace lamina
