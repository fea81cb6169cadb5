/// From the records of a run to results.h5 and trace.h5 (docs/file-formats.md).
#pragma once

#include <vector>

#include "experiments/predictions/prediction.hpp"
#include "experiments/records.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// Fills /variants, /trials, /comparison, /rates, /attention, /example, /behaviour, /confusion,
/// /calibration and /stimuli; a group without data is left out.
void add_results(Image&, const std::vector<VariantRun>&);

/// The traced trial: time, every population, the softmax of the same input, evidence.
void add_trace(Image&, const VariantRun&);

/// /predictions: what to measure, the effect with its interval, and what it takes to tell it from
/// the rival's.
void add_predictions(Image&, const std::vector<Prediction>&);

} // namespace lamina
