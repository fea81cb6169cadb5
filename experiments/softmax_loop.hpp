/// task.type softmax_loop: the PV loop alone, measured against its laws (experiments/laws/).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

struct SoftmaxLoopRun {
    nlohmann::ordered_json summary;         ///< {"loop": {...}}, as `summary` of run.json
    std::function<void(Image&)> add_groups; ///< adds /loop/* to results.h5
};

/// The summary of measurements that were not begun: the keys without the numbers.
nlohmann::ordered_json softmax_loop_summary_unmeasured(const ExperimentSpec&);

/// How often the progress callback will be called.
std::int64_t softmax_loop_items(const ExperimentSpec&);

/// Runs all measurements. The same spec gives the same numbers for any number of threads.
/// @param progress  called after each item, from any thread
/// @param stop      once true, what has not begun is left out and the results are worthless
/// @throws SpecError when column.inhibition has no softmax for a fixed point, or with `vary:`
SoftmaxLoopRun run_softmax_loop(const ExperimentSpec&, int threads,
                                const std::function<void()>& progress,
                                const std::atomic<bool>& stop);

} // namespace lamina
