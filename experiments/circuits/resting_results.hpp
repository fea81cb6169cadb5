/// results.h5 of a resting state (docs/file-formats.md).
#pragma once

#include <vector>

#include "experiments/circuits/activity.hpp"
#include "experiments/experiment.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// /populations, /neurons, /correlations, /activity, /spectra, /raster, /windows and /variables;
/// with `vary:` also /variants, and then what a population has, has variant as its slowest
/// dimension.
void add_activity(Image&, const std::vector<CircuitActivity>&, const std::vector<Variant>&);

} // namespace lamina
