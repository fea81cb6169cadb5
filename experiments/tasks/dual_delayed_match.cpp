#include "experiments/tasks/dual_delayed_match.hpp"

#include <utility>

#include "experiments/tasks/choose.hpp"

namespace lamina {
namespace {

const ExperimentSpec& checked_dual_match(const ExperimentSpec& spec, const Stimuli& stimuli) {
    std::vector<std::string> wrong = MemoryTrials::complaints(with_load(spec, 2));
    for (std::string& line : place_complaints(with_load(spec, 2))) wrong.push_back(std::move(line));
    if (stimuli.number < 3)
        wrong.push_back("two items and a test that is neither need 3 different stimuli, but "
                        "task.stimuli has " +
                        std::to_string(stimuli.number));
    throw_if_any(wrong);
    return spec;
}

} // namespace

DualDelayedMatch::DualDelayedMatch(const ExperimentSpec& spec, Stimuli stimuli, std::uint64_t seed)
    : PlaceTask(with_load(checked_dual_match(spec, stimuli), 2), std::move(stimuli), seed),
      cue_(steps_of(spec.task.timing.cue_ms, spec.area.dt_ms)) {
    for (std::size_t test = 0; test < 2; ++test)
        match_[test] = right_answers(spec_.per_condition, spec_.match_fraction, seed, test);
}

Trial DualDelayedMatch::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const ItemCode& code = memory_.code();
    const auto test = static_cast<std::size_t>(n / spec_.per_condition); // which one is asked
    const auto twin = static_cast<std::size_t>(n % spec_.per_condition); // the same for both

    // everything is drawn for the pair of trials, whichever of them this is
    Draws draws(seed_, static_cast<std::uint32_t>(twin), Stream::task, draws_of_trial);
    const std::vector<int> shown = choose_different(2, code.stimuli().number, draws);
    const std::vector<int> places = choose_different(2, spec_.places.number, draws);
    const std::size_t first = draws.below(2), second = draws.below(2);
    const std::size_t cued = test == 0 ? first : second;
    const int other = choose_nonmatch(code.stimuli(), shown, spec_.nonmatch == "farthest", draws);
    const bool match = match_[test][twin] != 0;
    const int probe = match ? shown[cued] : other;

    const std::vector<double> cue_1 = code.cue(places[first]), cue_2 = code.cue(places[second]);
    std::vector<Retention> retention = {{memory_.delay_steps()}, {cue_, cue_1}};
    if (test == 1) {
        retention.push_back({memory_.test_steps(), cue_1, "test 1"});
        retention.push_back({memory_.delay_steps()});
        retention.push_back({cue_, cue_2});
    }
    Question question;
    question.target = code.item({probe, places[cued]});
    question.yes = match;
    question.criterion = spec_.decision.criterion;
    Trial trial = memory_.make(n, {{shown[0], places[0]}, {shown[1], places[1]}}, retention,
                               test == 0 ? cue_1 : cue_2, question);
    trial.condition = test == 0 ? "test 1" : "test 2";
    trial.probe = probe;
    trial.target_column = static_cast<int>(cued);
    return trial;
}

} // namespace lamina
