/// The standard normal number of one random word: its quantile function, in single precision.
///
///     z = Phi^-1((word + 1/2) / 2^32)
///
/// Rational approximations of Wichura (1988, Appl. Stat. 37:477, algorithm AS 241, PPND7): the
/// central 85 % in (p - 1/2)^2, the tails in sqrt(-log p). Both are computed and one is kept, so
/// loops vectorise. Error below 1e-6 of |z|; |z| < 6.34; a word and its complement give -z and z.
#pragma once

#include <cstdint>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

constexpr float largest_normal = 6.34f; ///< no word gives more

LAMINA_FN inline float normal_quantile(std::uint32_t word) {
    using math::detail::polynomial;
    // distance from the middle and from the nearer end, in words; both alike for a word and its
    // complement
    const bool below_middle = word < 0x80000000u;
    const std::uint32_t from_end = below_middle ? word : ~word;
    const std::uint32_t from_middle = 0x7fffffffu - from_end;
    const float q = (static_cast<float>(static_cast<std::int32_t>(from_middle)) + 0.5f) * 0x1p-32f;

    const float r = 0.180625f - q * q;
    const float central =
        q * polynomial(r, 3.3871327179f, 50.434271938f, 159.29113202f, 59.109374720f) /
        polynomial(r, 1.0f, 17.895169469f, 78.757757664f, 67.187563600f);

    const float p = (static_cast<float>(static_cast<std::int32_t>(from_end)) + 0.5f) * 0x1p-32f;
    const float t = math::sqrt(-math::log(p)) - 1.6f;
    const float tail = polynomial(t, 1.4234372777f, 2.7568153900f, 1.3067284816f, 0.17023821103f) /
                       polynomial(t, 1.0f, 0.73700164250f, 0.12021132975f);

    const float z = q < 0.425f ? central : tail;
    return below_middle ? -z : z;
}

} // namespace lamina
