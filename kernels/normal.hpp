/// Standard normal numbers as a function of (seed, trial, stream, item, step), without state.
///
/// Box and Muller (1958, doi:10.1214/aoms/1177706645) on the two uniforms of one Philox block:
///
///     radius = sqrt(-2 log u_0)    z_0 = radius cos(2 pi u_1)    z_1 = radius sin(2 pi u_1)
///
/// Items 2m and 2m + 1 are z_0 and z_1 of block m, so a row of items costs one block per pair. Our
/// own functions and no std:: distribution: those differ between C++ libraries. |z| < 8.58.
#pragma once

#include <cstddef>

#include "kernels/math.hpp"
#include "kernels/philox.hpp"
#include "kernels/portable.hpp"

namespace lamina {

struct NormalPair {
    double z[2];
};

/// Cosine and sine of a whole turn's fraction, without branches.
struct UnitVector {
    double cosine, sine;
};

/// cos(2 pi u) and sin(2 pi u) for |u| <= 2^30, to 2e-16. The nearest quarter turn is subtracted
/// exactly; what is left, |r| <= 1/2 quarter turns, goes into the Taylor series of cos and sin of
/// pi r / 2, whose first omitted terms are below 3e-18 (cos) and 5e-17 (sin).
LAMINA_FN inline UnitVector turn(double u) {
    const double quarters = 4 * u;
    const double nearest = std::floor(quarters + 0.5);
    const double r = quarters - nearest;
    const double r2 = r * r;

    // (-1)^n (pi / 2)^(2n) / (2n)!
    double c = 6.565963114979473e-11;
    c = fma(c, r2, -6.386603083791852e-09);
    c = fma(c, r2, 4.710874778818172e-07);
    c = fma(c, r2, -2.5202042373060607e-05);
    c = fma(c, r2, 0.0009192602748394266);
    c = fma(c, r2, -0.02086348076335296);
    c = fma(c, r2, 0.25366950790104803);
    c = fma(c, r2, -1.2337005501361697);
    c = fma(c, r2, 1.0);

    // (-1)^n (pi / 2)^(2n + 1) / (2n + 1)!
    double s = -6.688035109811468e-10;
    s = fma(s, r2, 5.692172921967927e-08);
    s = fma(s, r2, -3.598843235212085e-06);
    s = fma(s, r2, 0.00016044118478735983);
    s = fma(s, r2, -0.004681754135318688);
    s = fma(s, r2, 0.07969262624616705);
    s = fma(s, r2, -0.6459640975062463);
    s = fma(s, r2, 1.5707963267948966);
    s *= r;

    // turn back by the quarters taken out: odd ones exchange the two, the upper bit flips signs
    const int quadrant = static_cast<int>(static_cast<long long>(nearest) & 3);
    const bool odd = (quadrant & 1) != 0;
    const double cosine = odd ? s : c;
    const double sine = odd ? c : s;
    return {quadrant == 1 || quadrant == 2 ? -cosine : cosine, quadrant >= 2 ? -sine : sine};
}

/// Two independent N(0, 1) numbers: items 2 * pair and 2 * pair + 1.
LAMINA_FN inline NormalPair normal_pair(std::uint64_t seed, std::uint32_t trial, Stream stream,
                                        std::uint32_t pair, std::uint64_t step) {
    const PhiloxWords words = philox(seed, trial, stream, pair, step);
    const double radius = math::sqrt(-2 * math::log(uniform(words, 0)));
    const UnitVector direction = turn(uniform(words, 1));
    return {{radius * direction.cosine, radius * direction.sine}};
}

/// One N(0, 1) number; step < 2^48. A consumer of normal numbers shares no (stream, trial, step)
/// with a consumer of plain uniforms.
LAMINA_FN inline double normal(std::uint64_t seed, std::uint32_t trial, Stream stream,
                               std::uint32_t item, std::uint64_t step) {
    return normal_pair(seed, trial, stream, item >> 1, step).z[item & 1];
}

/// out[i] = normal(seed, trial, stream, i, step) for i = 0 .. n - 1, at half the work.
inline void normal_row(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint64_t step,
                       double* out, std::size_t n) {
    for (std::size_t item = 0; item + 1 < n; item += 2) {
        const NormalPair pair =
            normal_pair(seed, trial, stream, static_cast<std::uint32_t>(item >> 1), step);
        out[item] = pair.z[0];
        out[item + 1] = pair.z[1];
    }
    if (n % 2 == 1)
        out[n - 1] = normal(seed, trial, stream, static_cast<std::uint32_t>(n - 1), step);
}

} // namespace lamina
