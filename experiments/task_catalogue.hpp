/// Every task that a spec can name, one line each in task_catalogue.cpp. A task describes trials
/// and never touches the circuit, so its test needs none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "experiments/spec.hpp"
#include "experiments/stimuli.hpp"
#include "sim/trial.hpp"

namespace lamina {

/// What a task does with its items; decides which keys of a file mean something.
enum TaskTrait : unsigned {
    remembers = 1, ///< items are encoded and held: memory.*, task.load, task.timing
    by_place = 2,  ///< items are asked for by their place: task.places
    chooses = 4,   ///< the decision network answers: task.decision
    reports = 8,   ///< an angle is reported: memory.motor_noise
    own_load = 16  ///< how many items it shows is part of the task
};

struct TaskKind {
    std::string name;    ///< as in task.type
    std::string meaning; ///< one line
    std::string source;  ///< a DOI, or where the numbers come from
    std::unique_ptr<Task> (*make)(const ExperimentSpec&, std::uint64_t seed);
    unsigned traits = 0; ///< TaskTrait
};

/// The catalogue, in the order of `lamina list`.
const std::vector<TaskKind>& task_kinds();

/// Does the task that the spec names have this trait? False for an unknown name.
bool task_has(const ExperimentSpec&, TaskTrait);

/// The units of d_model that its stimuli fill: all, or those behind the places.
int n_stimulus_units(const ExperimentSpec&);

/// The stimuli of a spec as its task shows them.
/// @throws SpecError as make_stimuli, or when places leave no unit for them
Stimuli task_stimuli(const ExperimentSpec&, std::uint64_t seed);

/// The task that the spec names, with its stimuli.
/// @throws SpecError for an unknown name, or with every reason why this task cannot be run
std::unique_ptr<Task> make_task(const ExperimentSpec&, std::uint64_t seed);

} // namespace lamina
