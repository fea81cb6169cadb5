/// `lamina fit`: what is computed, and what is written about it.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

struct FitRun {
    nlohmann::ordered_json summary;         ///< {"fit": {...}}, as `summary` of run.json
    std::function<void(Image&)> add_groups; ///< adds /fit/* to results.h5
    std::string fitted_yaml;                ///< the file with the fitted values filled in
    std::string text;                       ///< the result in words, for stdout
};

/// The summary of a fit that was not made: the keys without the numbers.
/// @throws SpecError as fit_setup
nlohmann::ordered_json fit_summary_unfitted(const ExperimentSpec&);

/// How often the progress callback will be called.
std::int64_t fit_items(const ExperimentSpec&);

/// @throws SpecError as fit_setup
FitRun run_fit(const ExperimentSpec&, int threads, const std::function<void()>& progress,
               const std::atomic<bool>& stop);

} // namespace lamina
