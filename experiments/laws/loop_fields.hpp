/// The keys of task.loop: sizes of the measurements of the PV loop alone.
#pragma once

#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

/// Their rows of the field table.
std::vector<Field> loop_fields();

} // namespace lamina
