/// The groups of results.h5 that have a file of their own.
#pragma once

#include <vector>

#include "experiments/records.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// /variants: labels, and the values of each factor.
void add_variants(Image&, const std::vector<Variant>&);

/// /trials: what was shown and answered in each.
void add_trials(Image&, const std::vector<VariantRun>&, const Conditions&);

/// /behaviour, per variant and condition, and /confusion; nothing when nothing was asked.
void add_behaviour(Image&, const std::vector<VariantRun>&, const Conditions&);

/// /calibration: rates over drives of each kind of cell that columns of neurons are made of, and
/// what cells fire when asked; nothing for columns of rates.
void add_calibration(Image&, const std::vector<VariantRun>&);

} // namespace lamina
