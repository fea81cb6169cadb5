/// Every task that a spec can name, one line each in task_catalogue.cpp. A task describes trials
/// and never touches the circuit, so its test needs none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "experiments/spec.hpp"
#include "sim/trial.hpp"

namespace lamina {

struct TaskKind {
    std::string name;    ///< as in task.type
    std::string meaning; ///< one line
    std::string source;  ///< a DOI, or where the numbers come from
    std::unique_ptr<Task> (*make)(const ExperimentSpec&, std::uint64_t seed);
};

/// The catalogue, in the order of `lamina list`.
const std::vector<TaskKind>& task_kinds();

/// The task that the spec names, with its stimuli.
/// @throws SpecError for an unknown name, or with every reason why this task cannot be run
std::unique_ptr<Task> make_task(const ExperimentSpec&, std::uint64_t seed);

} // namespace lamina
