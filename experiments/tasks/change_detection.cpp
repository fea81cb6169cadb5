#include "experiments/tasks/change_detection.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "experiments/tasks/choose.hpp"

namespace lamina {
namespace {

const ExperimentSpec& checked_change_detection(const ExperimentSpec& spec, const Stimuli& stimuli) {
    std::vector<std::string> wrong = MemoryTrials::complaints(spec);
    for (std::string& line : place_complaints(spec)) wrong.push_back(std::move(line));
    for (const int load : spec.task.load)
        if (load + 1 > stimuli.number)
            wrong.push_back(fmt::format("task.load = {} needs {} different stimuli (a change is to "
                                        "one that was not shown), but task.stimuli has {}",
                                        load, load + 1, stimuli.number));
    if (spec.task.change_probability.empty())
        wrong.push_back("task.change_probability is empty; write for example 0.5");
    for (const double p : spec.task.change_probability)
        if (!(p > 0 && p < 1))
            wrong.push_back(
                fmt::format("task.change_probability = {} must lie between 0 and 1", p));
    throw_if_any(wrong);
    return spec;
}

} // namespace

ChangeDetection::ChangeDetection(const ExperimentSpec& spec, Stimuli stimuli, std::uint64_t seed)
    : PlaceTask(checked_change_detection(spec, stimuli), std::move(stimuli), seed) {
    std::size_t condition = 0;
    for (std::size_t load = 0; load < spec_.load.size(); ++load)
        for (const double p : spec_.change_probability) {
            const auto change = right_answers(spec_.per_condition, p, seed, condition++);
            change_.insert(change_.end(), change.begin(), change.end());
        }
}

Trial ChangeDetection::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const ItemCode& code = memory_.code();
    const auto condition = static_cast<std::size_t>(n / spec_.per_condition);
    const std::size_t n_probabilities = spec_.change_probability.size();
    const int load = spec_.load[condition / n_probabilities];
    const double p = spec_.change_probability[condition % n_probabilities];
    const bool change = change_[static_cast<std::size_t>(n)] != 0;

    Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, draws_of_trial);
    const std::vector<int> colours = choose_different(load, code.stimuli().number, draws);
    const std::vector<int> places = choose_different(load, spec_.places.number, draws);
    const std::size_t probed = draws.below(colours.size());
    const std::vector<int> unseen = all_but(colours, code.stimuli().number);
    const int probe = change ? unseen[draws.below(unseen.size())] : colours[probed];

    std::vector<Item> items;
    for (std::size_t m = 0; m < colours.size(); ++m) items.push_back({colours[m], places[m]});
    Question question;
    question.target = code.item({probe, places[probed]});
    question.yes = change;
    question.unlike = true;
    question.criterion =
        spec_.decision.criterion + spec_.decision.criterion_shift * std::log(p / (1 - p));
    Trial trial = memory_.make(n, items, code.cue(places[probed]), question);
    trial.condition = fmt::format("load {}", load);
    if (n_probabilities > 1) trial.condition += fmt::format(", p(change) {:g}", p);
    trial.probe = probe;
    trial.target_column = static_cast<int>(probed);
    trial.change_probability = p;
    return trial;
}

} // namespace lamina
