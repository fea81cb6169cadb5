/// The keys of column.spiking: what the column is made of when it spikes.
#pragma once

#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

/// Their rows of the field table.
std::vector<Field> spiking_fields();

} // namespace lamina
