/// task.type set_size: the three accounts of capacity, fitted to the same part of the data, judged
/// by the other part, and told apart.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

struct SetSizeRun {
    nlohmann::ordered_json summary;         ///< {"set_size": {...}}
    std::function<void(Image&)> add_groups; ///< adds /set_size/* to results.h5
    std::string text;                       ///< the result in words
};

/// The summary of a comparison that was not made: the keys without the numbers.
/// @throws SpecError as fit_setup
nlohmann::ordered_json set_size_summary_unfitted(const ExperimentSpec&);

constexpr int recovery_starts = 4; ///< points from which a simulated experiment is fitted

/// How often the progress callback will be called.
std::int64_t set_size_items(const ExperimentSpec&);

/// Fits every account to fit.conditions, with all values free that act in it. Then
///
/// - held-out log likelihood at the other set sizes; its interval is a bootstrap over trials of all
///   data, with the fit done again each time;
/// - for each pair of accounts the observable and set size at which they differ most, as fitted;
/// - the trials per set size after which the right account of a pair wins in 80 % of experiments,
/// by
///   the information between it and the best that its rival can do, and a check of that:
///   experiments simulated from each account and fitted by all, task.set_size.recoveries of each.
/// @throws SpecError as fit_setup
SetSizeRun run_set_size(const ExperimentSpec&, int threads, const std::function<void()>& progress,
                        const std::atomic<bool>& stop);

} // namespace lamina
