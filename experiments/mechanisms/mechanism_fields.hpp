/// The keys of task.hopfield, match, linear, normalization and exponential: sizes of studies of
/// single mechanisms.
#pragma once

#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

/// Their rows of the field table.
std::vector<Field> mechanism_fields();

} // namespace lamina
