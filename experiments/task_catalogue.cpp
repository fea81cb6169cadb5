#include "experiments/task_catalogue.hpp"

#include "experiments/stimuli.hpp"
#include "experiments/tasks/delayed_match_to_sample.hpp"
#include "experiments/tasks/tokens.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

Stimuli stimuli_of(const ExperimentSpec& spec, std::uint64_t seed) {
    return make_stimuli(spec.task.stimuli, spec.area.d_model, spec.folder, seed);
}

std::unique_ptr<Task> make_delayed_match(const ExperimentSpec& spec, std::uint64_t seed) {
    return std::make_unique<DelayedMatchToSample>(spec, stimuli_of(spec, seed), seed);
}

std::unique_ptr<Task> make_tokens(const ExperimentSpec& spec, std::uint64_t seed) {
    // random tokens are drawn anew in every trial
    const bool random = spec.task.stimuli.kind == "random";
    return std::make_unique<TokensTask>(spec, random ? Stimuli() : stimuli_of(spec, seed), seed);
}

} // namespace

const std::vector<TaskKind>& task_kinds() {
    static const std::vector<TaskKind> kinds = {
        {"delayed_match_to_sample", "Was the probe among the items held in memory?",
         "doi:10.1523/JNEUROSCI.16-16-05154.1996", make_delayed_match},
        {"presentation", "Tokens are shown and nothing is asked: the column against the block.",
         "docs/model.md, \"The reference block\"", make_tokens},
    };
    return kinds;
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
