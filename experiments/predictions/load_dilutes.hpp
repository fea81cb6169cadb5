/// More items, thinner attention: read from the trials of the run itself.
#pragma once

#include <vector>

#include "analysis/run_data.hpp"
#include "experiments/predictions/prediction.hpp"
#include "experiments/spec.hpp"

namespace lamina::predictions {

/// Nothing when the run has fewer than two loads with match trials.
std::vector<Prediction> load_dilutes(const analysis::RunData&, const ExperimentSpec&);

} // namespace lamina::predictions
