#include "models/memory/item_memory.hpp"

#include <algorithm>
#include <cmath>

#include "models/memory/poisson.hpp"

namespace lamina {
namespace {

/// Cumulative sum of the code; its last entry is the total.
std::vector<double> cumulative(const std::vector<double>& code) {
    std::vector<double> sums;
    double sum = 0;
    for (const double c : code) {
        LAMINA_EXPECT(c >= 0);
        sums.push_back(sum += c);
    }
    return sums;
}

/// The unit on which one count falls.
std::size_t unit_of_count(const std::vector<double>& sums, Draws& draws) {
    const double u = draws.uniform() * sums.back();
    // upper_bound passes over units whose code is zero
    const auto unit = std::upper_bound(sums.begin(), sums.end(), u) - sums.begin();
    return std::min<std::size_t>(unit, sums.size() - 1);
}

Draws encoding_draws(const MemorySlot& who) {
    return Draws(who.seed, who.trial, Stream::encoding, who.slot);
}

} // namespace

StoredAngle store_angle(const std::vector<double>& code, const std::vector<double>& preferred_rad,
                        double expected, const MemorySlot& who) {
    LAMINA_EXPECT(code.size() == preferred_rad.size() && !code.empty());
    const std::vector<double> sums = cumulative(code);
    StoredAngle stored;
    if (sums.back() == 0) return stored;

    // every count points to the angle of the unit it falls on
    Draws draws = encoding_draws(who);
    stored.counts = static_cast<int>(poisson(expected, draws));
    double x = 0, y = 0;
    for (int i = 0; i < stored.counts; ++i) {
        const double angle_rad = preferred_rad[unit_of_count(sums, draws)];
        if (i == 0) stored.angle_rad = angle_rad;
        x += std::cos(angle_rad);
        y += std::sin(angle_rad);
    }

    // 1e-9: far above the rounding of the sum, far below any vector that does not cancel exactly
    if (std::hypot(x, y) > 1e-9) stored.angle_rad = std::atan2(y, x);
    return stored;
}

StoredVector store_vector(const std::vector<double>& x, double expected, const MemorySlot& who) {
    std::vector<double> size;
    for (const double value : x) size.push_back(std::abs(value));
    const std::vector<double> sums = cumulative(size);
    StoredVector stored;
    stored.held.assign(x.size(), 0);
    if (x.empty() || sums.back() == 0) return stored;

    // each count is worth |x|_1 / Lambda on the unit where it falls
    Draws draws = encoding_draws(who);
    stored.counts = static_cast<int>(poisson(expected, draws));
    for (int i = 0; i < stored.counts; ++i) {
        const std::size_t unit = unit_of_count(sums, draws);
        stored.held[unit] += std::copysign(sums.back() / expected, x[unit]);
    }
    return stored;
}

} // namespace lamina
