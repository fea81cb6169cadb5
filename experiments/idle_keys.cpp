#include "experiments/idle_keys.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

#include <fmt/format.h>

#include "experiments/studies.hpp"

namespace lamina {
namespace {

bool begins_with_one_of(const std::string& path, std::initializer_list<const char*> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const char* prefix) { return path.rfind(prefix, 0) == 0; });
}

bool is_one_of(const std::string& path, std::initializer_list<const char*> paths) {
    return std::any_of(paths.begin(), paths.end(), [&](const char* one) { return path == one; });
}

/// Keys of the column, its trials and their recording that a study does not use.
bool is_idle_in(const Study& study, const std::string& path) {
    return std::find(study.reads.begin(), study.reads.end(), path) == study.reads.end() &&
           !is_one_of(path, {"simulation.mode", "simulation.device"}) &&
           begins_with_one_of(path, {"column.", "memory.", "oscillation.", "record.", "simulation.",
                                     "task.trials.", "task.stimuli.", "task.start"});
}

/// Keys that the laws of set_size read, among those of tasks that remember.
bool is_read_by_laws(const std::string& path) {
    return is_one_of(path,
                     {"memory.encoding.n", "memory.encoding.sigma_n", "memory.encoding.counts",
                      "memory.encoding.inhibition", "memory.maintenance", "memory.diffusion",
                      "memory.motor_noise", "task.timing.delay"});
}

/// Keys that set_size does not use: it runs no column and no trial.
bool is_idle_in_set_size(const std::string& path) {
    return !is_read_by_laws(path) &&
           !is_one_of(path, {"simulation.mode", "simulation.device", "simulation.dt"}) &&
           begins_with_one_of(path, {"column.", "memory.", "oscillation.", "record.", "simulation.",
                                     "task.trials.", "task.timing.", "task.decision."});
}

/// Keys that resting_state does not use: it runs a spiking circuit and asks nothing.
bool is_idle_in_resting_state(const std::string& path) {
    return !is_one_of(path, {"simulation.mode", "simulation.device", "simulation.dt",
                             "simulation.precision", "record.spikes", "record.spike_sample",
                             "record.variables", "task.duration"}) &&
           (begins_with_one_of(path,
                               {"column.", "memory.", "oscillation.", "record.", "simulation.",
                                "task.trials.", "task.stimuli.", "transformer."}) ||
            is_one_of(path, {"task.start", "analysis.predict"}));
}

} // namespace

std::vector<Field> without_column(std::vector<Field> table) {
    for (Field& field : table) {
        field.idle = [idle = field.idle, path = field.path](const ExperimentSpec& spec) {
            const Study* const study = study_of(spec);
            if (study && is_idle_in(*study, path))
                return fmt::format("task.type is {}, which runs {}", study->task, study->alone);
            return idle ? idle(spec) : "";
        };
        if (is_idle_in_set_size(field.path))
            field.idle = [idle = field.idle](const ExperimentSpec& spec) -> std::string {
                if (spec.task.type == "set_size")
                    return "task.type is set_size, which fits laws and runs no trial";
                return idle ? idle(spec) : "";
            };
        if (is_idle_in_resting_state(field.path))
            field.idle = [idle = field.idle](const ExperimentSpec& spec) -> std::string {
                if (spec.task.type == "resting_state")
                    return "task.type is resting_state, which runs a spiking circuit on its own";
                return idle ? idle(spec) : "";
            };
        if (is_read_by_laws(field.path))
            field.idle = [idle = field.idle](const ExperimentSpec& spec) -> std::string {
                return spec.task.type == "set_size" || !idle ? "" : idle(spec);
            };
    }
    return table;
}

} // namespace lamina
