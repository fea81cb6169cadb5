/// task.type resting_state: a spiking circuit runs on its own, and its activity is described.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"
#include "sim/run_file/image.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {

struct RestingStateRun {
    nlohmann::ordered_json summary; ///< {"populations": {...}, "network": {...}}
    std::function<void(Image&)> add_groups;
    std::function<void(Image&)> add_spikes; ///< spikes.h5; none when record.spikes is none
    std::string text;                       ///< rates beside their reference, for people
};

/// How often the progress callback will be called: once per 100 ms of biological time.
std::int64_t resting_state_items(const ExperimentSpec&);

/// The summary with the paths that a run will have; its numbers are of nothing.
nlohmann::ordered_json resting_state_summary_without_run(const ExperimentSpec&);

/// One line: how large the network is.
std::string resting_state_words(const ExperimentSpec&);

/// Builds the circuit, leaves out task.discard, records task.duration.
/// @param stop  once true, the rest is left out and the results are worthless
/// @throws SpecError, NumericsError as the network
RestingStateRun run_resting_state(const ExperimentSpec&, int threads,
                                  const std::function<void()>& progress,
                                  const std::atomic<bool>& stop);

} // namespace lamina
