#include "experiments/tasks/delayed_estimation.hpp"

#include <utility>

#include "experiments/tasks/choose.hpp"
#include "models/angle.hpp"

namespace lamina {
namespace {

const ExperimentSpec& checked_estimation(const ExperimentSpec& spec, const Stimuli& stimuli) {
    std::vector<std::string> wrong = MemoryTrials::complaints(spec);
    for (std::string& line : place_complaints(spec)) wrong.push_back(std::move(line));
    if (!stimuli.circular)
        wrong.push_back("task.stimuli.kind = " + spec.task.stimuli.kind +
                        ": an angle is reported, so the stimuli must be a ring");
    throw_if_any(wrong);
    return spec;
}

} // namespace

DelayedEstimation::DelayedEstimation(const ExperimentSpec& spec, Stimuli stimuli,
                                     std::uint64_t seed)
    : PlaceTask(checked_estimation(spec, stimuli), std::move(stimuli), seed) {}

std::int64_t DelayedEstimation::n_trials() const {
    return static_cast<std::int64_t>(spec_.load.size()) * spec_.per_condition;
}

Trial DelayedEstimation::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const ItemCode& code = memory_.code();
    const int load = spec_.load[static_cast<std::size_t>(n / spec_.per_condition)];

    Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, draws_of_trial);
    std::vector<Item> items;
    for (const int place : choose_different(load, spec_.places.number, draws)) {
        const auto colour = draws.below(static_cast<std::size_t>(code.stimuli().number));
        items.push_back({static_cast<int>(colour), place});
    }
    const std::size_t cued = draws.below(items.size());

    Question question;
    question.answer = Answer::angle;
    const auto colour = static_cast<std::size_t>(items[cued].stimulus);
    question.right_rad = code.stimuli().angle_deg[colour] * rad_per_deg;
    Trial trial = memory_.make(n, items, code.cue(items[cued].place), question);
    trial.condition = "load " + std::to_string(load);
    trial.probe = items[cued].stimulus;
    trial.target_column = static_cast<int>(cued);
    return trial;
}

} // namespace lamina
