#include "experiments/tasks/tokens.hpp"

#include <numeric>

#include "experiments/tasks/choose.hpp"
#include "kernels/normal.hpp"
#include "sim/errors.hpp"

namespace lamina {

TokensTask::TokensTask(const ExperimentSpec& spec, Stimuli stimuli, std::uint64_t seed)
    : stimuli_(std::move(stimuli)), seed_(seed), n_trials_(spec.task.n_presentations),
      n_steps_(steps_of(spec.task.duration_ms, spec.area.dt_ms)),
      columns_(static_cast<std::size_t>(spec.area.columns)),
      d_model_(static_cast<std::size_t>(spec.area.d_model)),
      cross_(spec.area.attention == Attention::cross), settled_(spec.task.start == "settled") {
    std::vector<std::string> wrong;
    if (n_steps_ < 1) wrong.push_back("task.duration is shorter than one step (simulation.dt)");
    if (n_trials_ < 1) wrong.push_back("task.trials.per_condition must be at least 1");
    throw_if_any(wrong);
}

/// Fresh N(0, 1) tokens of trial n; `which` 0: the input, 1: the context.
std::vector<double> TokensTask::drawn(std::int64_t n, std::uint64_t which) const {
    std::vector<double> x(columns_ * d_model_);
    normal_row(seed_, static_cast<std::uint32_t>(n), Stream::tokens, which, x.data(), x.size());
    return x;
}

/// The vectors of these stimuli, one per column.
std::vector<double> TokensTask::shown(const std::vector<int>& items) const {
    std::vector<double> x;
    for (const int item : items) {
        const auto first = stimuli_.vectors.begin() + item * static_cast<std::ptrdiff_t>(d_model_);
        x.insert(x.end(), first, first + static_cast<std::ptrdiff_t>(d_model_));
    }
    return x;
}

Trial TokensTask::trial(std::int64_t n) const {
    Trial trial;
    trial.number = n;
    trial.condition = "tokens";
    trial.n_steps = n_steps_;
    trial.start_settled = settled_;
    trial.presentations = {{"tokens", 0, n_steps_}};

    Segment segment;
    segment.masked.assign(columns_, 0);
    if (stimuli_.number == 0) {
        segment.x = drawn(n, 0);
        if (cross_) segment.c = drawn(n, 1);
        trial.items.assign(columns_, -1);
    } else {
        // the given stimuli in order; a shuffled order for the context
        const auto number = static_cast<std::size_t>(stimuli_.number);
        std::vector<int> order(number), context;
        std::iota(order.begin(), order.end(), 0);
        Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, 0);
        shuffle(order, draws);
        for (std::size_t j = 0; j < columns_; ++j) {
            trial.items.push_back(
                static_cast<int>((static_cast<std::size_t>(n) * columns_ + j) % number));
            context.push_back(order[j % number]);
        }
        segment.x = shown(trial.items);
        if (cross_) segment.c = shown(context);
    }
    trial.segments = {std::move(segment)};
    return trial;
}

} // namespace lamina
