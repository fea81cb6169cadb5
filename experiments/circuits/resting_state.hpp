/// task.type resting_state: a spiking circuit runs on its own, and its activity is described; with
/// `vary:` one circuit after the other, from the same seed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"
#include "sim/device.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

struct RestingStateRun {
    nlohmann::ordered_json summary; ///< circuits/resting_summary.hpp
    std::function<void(Image&)> add_groups;
    /// spikes.h5, or spikes_0.h5, spikes_1.h5, ... by variant; none when record.spikes is none
    std::vector<std::pair<std::string, std::function<void(Image&)>>> spike_files;
    std::string text; ///< rates beside their reference, for people
};

/// How often the progress callback will be called: once per 100 ms of biological time.
std::int64_t resting_state_items(const ExperimentSpec&);

/// The summary with the paths that a run will have; its numbers are of nothing.
nlohmann::ordered_json resting_state_summary_without_run(const ExperimentSpec&);

/// One line: how large the network is.
std::string resting_state_words(const ExperimentSpec&);

/// Builds each circuit, leaves out task.discard, records task.duration. The spikes of a variant are
/// given up before the next one is built, but for those of spikes.h5.
/// @param stop  once true, the rest is left out and the results are worthless
/// @throws SpecError, NumericsError as the network
RestingStateRun run_resting_state(const ExperimentSpec&, int threads, const Device&,
                                  const std::function<void()>& progress,
                                  const std::atomic<bool>& stop);

} // namespace lamina
