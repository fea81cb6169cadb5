#include "experiments/tasks/delayed_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "experiments/tasks/choose.hpp"
#include "models/angle.hpp"

namespace lamina {
namespace {

std::vector<int> frequencies_of(const ComparisonTaskSpec& spec) {
    std::set<int> all;
    for (const int low : spec.low_Hz)
        for (const int difference : spec.difference_Hz) {
            all.insert(low);
            all.insert(low + difference);
        }
    return {all.begin(), all.end()};
}

const ExperimentSpec& checked_comparison(const ExperimentSpec& spec) {
    std::vector<std::string> wrong = MemoryTrials::complaints(with_load(spec, 1));
    const std::vector<int> all = frequencies_of(spec.task.comparison);
    if (all.empty()) {
        wrong.push_back("task.comparison: low and difference must name at least one frequency");
    } else if (const double span_deg =
                   (all.back() - all.front()) * spec.task.comparison.degrees_per_Hz;
               span_deg > 180) {
        wrong.push_back(fmt::format("task.comparison: {} to {} Hz would take {:g} degrees of the "
                                    "ring; more than 180 come round to the other end",
                                    all.front(), all.back(), span_deg));
    }
    throw_if_any(wrong);
    return spec;
}

} // namespace

Stimuli frequency_stimuli(const ExperimentSpec& spec) {
    const std::vector<int> all = frequencies_of(spec.task.comparison);
    Stimuli s;
    s.circular = true;
    s.kappa = spec.task.stimuli.kappa;
    s.d_model = spec.area.d_model;
    s.number = static_cast<int>(all.size());
    for (int unit = 0; unit < s.d_model; ++unit)
        s.preferred_rad.push_back(2 * pi * unit / s.d_model);
    for (const int frequency_Hz : all) {
        const double from_middle_Hz = frequency_Hz - 0.5 * (all.front() + all.back());
        const double angle_deg = spec.task.comparison.degrees_per_Hz * from_middle_Hz;
        s.angle_deg.push_back(angle_deg < 0 ? angle_deg + 360 : angle_deg);
        const std::vector<double> x = s.code_of_angle(angle_deg * rad_per_deg);
        s.vectors.insert(s.vectors.end(), x.begin(), x.end());
        s.names.push_back(fmt::format("{} Hz", frequency_Hz));
    }
    return s;
}

DelayedComparison::DelayedComparison(const ExperimentSpec& spec, Stimuli stimuli,
                                     std::uint64_t seed)
    : seed_(seed), spec_(checked_comparison(spec).task),
      frequency_Hz_(frequencies_of(spec_.comparison)),
      memory_(with_load(spec, 1), ItemCode(spec.area.d_model, 0, {}, std::move(stimuli)), seed) {
    const std::size_t n_conditions =
        spec_.comparison.low_Hz.size() * spec_.comparison.difference_Hz.size();
    for (std::size_t condition = 0; condition < n_conditions; ++condition) {
        const auto rises = right_answers(spec_.per_condition, 0.5, seed, condition);
        rises_.insert(rises_.end(), rises.begin(), rises.end());
    }
}

Trial DelayedComparison::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const auto condition = static_cast<std::size_t>(n / spec_.per_condition);
    const auto& lows = spec_.comparison.low_Hz;
    const int low_Hz = lows[condition % lows.size()];
    const int high_Hz = low_Hz + spec_.comparison.difference_Hz[condition / lows.size()];
    const bool rises = rises_[static_cast<std::size_t>(n)] != 0;
    const auto stimulus = [&](int frequency_Hz) {
        const auto at = std::lower_bound(frequency_Hz_.begin(), frequency_Hz_.end(), frequency_Hz);
        return static_cast<int>(at - frequency_Hz_.begin());
    };
    const int first = stimulus(rises ? low_Hz : high_Hz);
    const int second = stimulus(rises ? high_Hz : low_Hz);

    // -dx/df at f2, but for a factor: units below f2 on the ring count for "f2 > f1"
    const Stimuli& stimuli = memory_.code().stimuli();
    const double angle_rad = stimuli.angle_deg[static_cast<std::size_t>(second)] * rad_per_deg;
    Question question;
    question.target = memory_.code().stimulus(second);
    for (std::size_t u = 0; u < question.target.size(); ++u)
        question.target[u] *= std::sin(angle_rad - stimuli.preferred_rad[u]);
    question.yes = rises;
    question.criterion = 0;
    Trial trial = memory_.make(n, {{first}}, memory_.code().stimulus(second), question);
    trial.condition = fmt::format("{} and {} Hz", low_Hz, high_Hz);
    trial.probe = second;
    trial.target_column = 0;
    return trial;
}

} // namespace lamina
