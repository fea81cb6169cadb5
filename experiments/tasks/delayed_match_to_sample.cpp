#include "experiments/tasks/delayed_match_to_sample.hpp"

#include "experiments/tasks/choose.hpp"

namespace lamina {
namespace {

/// All that stands in the way of this task, one line each.
std::vector<std::string> complaints(const ExperimentSpec& spec, int n_stimuli) {
    std::vector<std::string> wrong = MemoryTrials::complaints(spec);
    const TaskSpec& task = spec.task;
    for (const int load : task.load) {
        const int needed = load + (task.match_fraction < 1 ? 1 : 0);
        if (needed > n_stimuli)
            wrong.push_back("task.load = " + std::to_string(load) + " needs " +
                            std::to_string(needed) +
                            " different stimuli (a non-match probe is one that was not shown), but "
                            "task.stimuli has " +
                            std::to_string(n_stimuli));
    }
    if (!(task.match_fraction >= 0 && task.match_fraction <= 1))
        wrong.push_back("task.trials.match_fraction must lie between 0 and 1");
    if (task.nonmatch != "farthest" && task.nonmatch != "any")
        wrong.push_back("task.nonmatch = " + task.nonmatch + "; known: farthest, any");
    return wrong;
}

const ExperimentSpec& checked_match_to_sample(const ExperimentSpec& spec, const Stimuli& stimuli) {
    throw_if_any(complaints(spec, stimuli.number));
    return spec;
}

} // namespace

DelayedMatchToSample::DelayedMatchToSample(const ExperimentSpec& spec, Stimuli stimuli,
                                           std::uint64_t seed)
    : seed_(seed), spec_(checked_match_to_sample(spec, stimuli).task), stimuli_(std::move(stimuli)),
      memory_(spec, ItemCode(spec.area.d_model, 0, {}, stimuli_), seed) {
    for (std::size_t condition = 0; condition < spec_.load.size(); ++condition) {
        const auto match =
            right_answers(spec_.per_condition, spec_.match_fraction, seed, condition);
        match_.insert(match_.end(), match.begin(), match.end());
    }
}

Trial DelayedMatchToSample::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const int load = spec_.load[static_cast<std::size_t>(n / spec_.per_condition)];
    const bool match = match_[static_cast<std::size_t>(n)] != 0;

    Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, draws_of_trial);
    const std::vector<int> shown = choose_different(load, stimuli_.number, draws);
    const int target = match ? static_cast<int>(draws.below(shown.size())) : -1;
    const int probe = match ? shown[static_cast<std::size_t>(target)]
                            : choose_nonmatch(stimuli_, shown, spec_.nonmatch == "farthest", draws);

    std::vector<Item> items;
    for (const int stimulus : shown) items.push_back({stimulus});
    Question question;
    question.target = memory_.code().item({probe});
    question.yes = match;
    question.criterion = spec_.decision.criterion;
    Trial trial = memory_.make(n, items, question.target, question);
    trial.condition = "load " + std::to_string(load);
    trial.probe = probe;
    trial.target_column = target;
    return trial;
}

} // namespace lamina
