/// Task `simultaneous_match`: items and probe are shown together, and nothing is remembered. What
/// delayed_match_to_sample loses against it is the memory's doing.
#pragma once

#include <algorithm>
#include <numeric>

#include "experiments/spec.hpp"
#include "experiments/stimuli.hpp"
#include "experiments/tasks/choose.hpp"
#include "sim/trial.hpp"

namespace lamina {

/// One trial, for load L and read-out column R = columns - 1:
///
///     phase     input x              context c             keys
///     test      items in 0 .. L-1    x; the probe in R     0 .. L-1
///     response  as test
///
/// Conditions are the loads; each has per_condition trials, and each trial matches with probability
/// match_fraction. Items are drawn without replacement; the probe of a non-match was not shown.
class SimultaneousMatch final : public Task {
  public:
    /// @throws SpecError with every reason why the task cannot be run, one per line
    SimultaneousMatch(const ExperimentSpec& spec, Stimuli stimuli, std::uint64_t seed)
        : stimuli_(std::move(stimuli)), seed_(seed), loads_(spec.task.load),
          per_condition_(spec.task.per_condition), match_fraction_(spec.task.match_fraction),
          criterion_(spec.task.decision.criterion),
          columns_(static_cast<std::size_t>(spec.area.columns)),
          d_model_(static_cast<std::size_t>(spec.area.d_model)),
          test_(steps_of(spec.task.timing.test_ms, spec.area.dt_ms)),
          response_(steps_of(spec.task.timing.response_ms, spec.area.dt_ms)) {
        std::vector<std::string> wrong;
        for (const int load : loads_)
            if (load < 1 || load >= spec.area.columns || load >= stimuli_.number)
                wrong.push_back("task.load = " + std::to_string(load) +
                                " needs one column and one stimulus more than items");
        if (test_ < 1) wrong.push_back("task.timing.test must last at least one step");
        throw_if_any(wrong);
    }

    std::int64_t n_trials() const override {
        return static_cast<std::int64_t>(loads_.size()) * per_condition_;
    }
    const std::vector<double>& stimuli() const override { return stimuli_.vectors; }
    std::vector<std::string> stimulus_names() const override { return stimuli_.names; }

    Trial trial(std::int64_t n) const override {
        // everything is drawn under (seed, n): no trial depends on another
        const int load = loads_[static_cast<std::size_t>(n / per_condition_)];
        Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, 0);
        std::vector<int> order(static_cast<std::size_t>(stimuli_.number));
        std::iota(order.begin(), order.end(), 0);
        shuffle(order, draws, load + 1);
        const bool match = draws.uniform() < match_fraction_;

        Trial trial;
        trial.number = n;
        trial.load = load;
        trial.condition = "load " + std::to_string(load);
        trial.items.assign(columns_, -1);
        std::copy_n(order.begin(), load, trial.items.begin());
        trial.target_column =
            match ? static_cast<int>(draws.below(static_cast<std::size_t>(load))) : -1;
        trial.probe = order[static_cast<std::size_t>(match ? trial.target_column : load)];

        // one stretch of input: an item per column, the probe as context of the read-out, no key
        Segment segment;
        segment.x.assign(columns_ * d_model_, 0);
        segment.masked.assign(columns_, 1);
        for (std::size_t column = 0; column < static_cast<std::size_t>(load); ++column) {
            put(segment.x, column, trial.items[column]);
            segment.masked[column] = 0;
        }
        segment.c = segment.x;
        put(segment.c, columns_ - 1, trial.probe);
        trial.segments = {segment};
        trial.presentations = {{"test", 0, test_}};
        trial.n_steps = test_ + response_;

        trial.asks = true;
        const auto probe = stimuli_.vectors.begin() + static_cast<std::ptrdiff_t>(at(trial.probe));
        trial.question.column = static_cast<int>(columns_) - 1;
        trial.question.target = {probe, probe + static_cast<std::ptrdiff_t>(d_model_)};
        trial.question.to_step = trial.n_steps;
        trial.question.yes = match;
        trial.question.criterion = criterion_;
        return trial;
    }

  private:
    std::size_t at(int stimulus) const { return static_cast<std::size_t>(stimulus) * d_model_; }
    void put(std::vector<double>& x, std::size_t column, int stimulus) const {
        std::copy_n(stimuli_.vectors.begin() + static_cast<std::ptrdiff_t>(at(stimulus)), d_model_,
                    x.begin() + static_cast<std::ptrdiff_t>(column * d_model_));
    }

    Stimuli stimuli_;
    std::uint64_t seed_;
    std::vector<int> loads_;
    std::int64_t per_condition_;
    double match_fraction_, criterion_;
    std::size_t columns_, d_model_;
    std::int64_t test_, response_; ///< steps
};

} // namespace lamina
