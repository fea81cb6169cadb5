/// The tables of a spiking circuit for a Methods section (experiments/describe.hpp).
#pragma once

#include <vector>

#include "experiments/describe.hpp"

namespace lamina {

/// Populations, connectivity, neurons, input, measurements: tables B to F.
std::vector<DescribedTable> describe_network(const ExperimentSpec&);

/// What the summary table says of it: pairs of heading and text.
std::vector<std::vector<DescribedCell>> network_summary(const ExperimentSpec&);

} // namespace lamina
