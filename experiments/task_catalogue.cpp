#include "experiments/task_catalogue.hpp"

#include <algorithm>

#include "experiments/tasks/change_detection.hpp"
#include "experiments/tasks/delayed_comparison.hpp"
#include "experiments/tasks/delayed_estimation.hpp"
#include "experiments/tasks/delayed_match_to_sample.hpp"
#include "experiments/tasks/dual_delayed_match.hpp"
#include "experiments/tasks/match_to_category.hpp"
#include "experiments/tasks/tokens.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// A task that takes the stimuli of the spec.
template <class T> std::unique_ptr<Task> make(const ExperimentSpec& spec, std::uint64_t seed) {
    return std::make_unique<T>(spec, task_stimuli(spec, seed), seed);
}

std::unique_ptr<Task> make_tokens(const ExperimentSpec& spec, std::uint64_t seed) {
    // random tokens are drawn anew in every trial
    const bool random = spec.task.stimuli.kind == "random";
    return std::make_unique<TokensTask>(spec, random ? Stimuli() : task_stimuli(spec, seed), seed);
}

} // namespace

const std::vector<TaskKind>& task_kinds() {
    static const std::vector<TaskKind> kinds = {
        {"delayed_match_to_sample", "Was the probe among the items held in memory?",
         "doi:10.1523/JNEUROSCI.16-16-05154.1996", make<DelayedMatchToSample>, remembers | chooses},
        {"delayed_estimation", "Which colour was at this place? The answer is an angle.",
         "doi:10.1073/pnas.1117465109", make<DelayedEstimation>, remembers | by_place | reports},
        {"change_detection", "Has the item at this place changed its colour?",
         "doi:10.1073/pnas.0711295105", make<ChangeDetection>, remembers | by_place | chooses},
        {"dual_delayed_match", "Does the test match the item that the last cue named?",
         "doi:10.1126/science.aah7011", make<DualDelayedMatch>,
         remembers | by_place | chooses | own_load},
        {"match_to_category", "Are sample and test on the same side of a boundary?",
         "doi:10.1038/nature05078", make<MatchToCategory>, remembers | chooses | own_load},
        {"delayed_comparison", "Is the second vibration faster than the first?",
         "doi:10.1038/20939", make<DelayedComparison>, remembers | chooses | own_load},
        {"presentation", "Tokens are shown and nothing is asked: the column against the block.",
         "docs/model.md, \"The reference block\"", make_tokens},
    };
    return kinds;
}

bool task_has(const ExperimentSpec& spec, TaskTrait trait) {
    return std::any_of(task_kinds().begin(), task_kinds().end(), [&](const TaskKind& kind) {
        return kind.name == spec.task.type && (kind.traits & trait);
    });
}

int n_stimulus_units(const ExperimentSpec& spec) {
    return spec.area.d_model - (task_has(spec, by_place) ? spec.task.places.units : 0);
}

Stimuli task_stimuli(const ExperimentSpec& spec, std::uint64_t seed) {
    if (spec.task.type == "delayed_comparison") return frequency_stimuli(spec);
    const int n_units = n_stimulus_units(spec);
    if (n_units < 1)
        throw SpecError("task.places.units = " + std::to_string(spec.task.places.units) +
                        " leaves no unit for the stimulus: column.d_model = " +
                        std::to_string(spec.area.d_model));
    return make_stimuli(spec.task.stimuli, n_units, spec.folder, seed);
}

std::unique_ptr<Task> make_task(const ExperimentSpec& spec, std::uint64_t seed) {
    std::string names;
    for (const TaskKind& kind : task_kinds()) {
        if (kind.name == spec.task.type) return kind.make(spec, seed);
        names += (names.empty() ? "" : ", ") + kind.name;
    }
    throw SpecError("task.type = " + spec.task.type + " is not a task; known: " + names);
}

} // namespace lamina
