/// Poisson counts from our own uniforms: std::poisson_distribution differs between C++ libraries.
#pragma once

#include <cstdint>

#include "models/draws.hpp"

namespace lamina {

/// One Poisson count with this mean.
///
/// Inversion: the smallest k whose cumulative probability exceeds a uniform number. A large mean is
/// split into equal parts of at most 16, whose counts add up: exact, and exp(-16) stays far above
/// the 2^-53 grain of the uniforms. Time grows as the mean does.
/// @param mean  >= 0; 0 gives 0
std::int64_t poisson(double mean, Draws& draws);

} // namespace lamina
