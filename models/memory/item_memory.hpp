/// One item in memory: counts over its code, and what can be read from them.
///
/// Counts are Poisson with expected total Lambda = C a, spread over the units in proportion to the
/// code; keyed by (seed, trial, slot). With no count at all nothing is stored.
#pragma once

#include <cstdint>
#include <vector>

namespace lamina {

/// Who remembers: all draws of one item belong to this key.
struct MemorySlot {
    std::uint64_t seed;
    std::uint32_t trial;
    std::uint32_t slot;
};

/// An angle, remembered by an attractor: only the angle survives encoding.
struct StoredAngle {
    int counts = 0;       ///< 0: nothing stored, the angle means nothing
    double angle_rad = 0; ///< population vector of the counts
};

/// @param code       [units] >= 0, any scale: the probability of a count is code / sum of code
/// @param preferred_rad  [units] the angle each unit stands for
/// @param expected   Lambda >= 0
/// When the counts' vectors cancel exactly (two opposite counts), the first count decides.
StoredAngle store_angle(const std::vector<double>& code, const std::vector<double>& preferred_rad,
                        double expected, const MemorySlot&);

/// A vector, remembered unit by unit.
struct StoredVector {
    int counts = 0;           ///< 0: nothing stored, the vector is zero
    std::vector<double> held; ///< [units]
};

/// Counts over |x_u| with the sign of x_u:
///
///     held_u = sign(x_u) n_u |x|_1 / Lambda,    n_u ~ Poisson(Lambda |x_u| / |x|_1)
///
/// Unbiased: E held = x. Its noise is independent over units, Var held_u = |x_u| |x|_1 / Lambda, in
/// total |x|_1^2 / Lambda: for Gaussian x of d units the relative error |held - x| / |x| is
/// sqrt(2 d / (pi Lambda)), 2.6 at d = 64 and Lambda = 6. Few counts hold a vector poorly, but the
/// cosine of held and x, 1 / sqrt(1 + 2 d / (pi Lambda)), stays well above that of an unrelated
/// one.
/// @param x         [units] any sign; all zero: nothing is stored
/// @param expected  Lambda >= 0
StoredVector store_vector(const std::vector<double>& x, double expected, const MemorySlot&);

} // namespace lamina
