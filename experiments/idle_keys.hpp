/// Keys that change nothing in tasks that run no column, or only a part of it.
#pragma once

#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

/// Adds to each field why it changes nothing in such a task.
std::vector<Field> without_column(std::vector<Field> table);

} // namespace lamina
