/// NaN, which stands in run files, and in what is computed for them, for a number that is not
/// known.
#pragma once

#include <limits>

namespace lamina {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

} // namespace lamina
