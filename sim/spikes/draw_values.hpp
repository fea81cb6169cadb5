/// Rows of values of a law.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/value_law.hpp"

namespace lamina {

/// values[i] = law(words[i]) / unit.
void draw_values(const ValueLaw& law, double unit, const std::uint32_t* words, float* values,
                 std::size_t n);

} // namespace lamina
