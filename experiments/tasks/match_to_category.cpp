#include "experiments/tasks/match_to_category.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "experiments/tasks/choose.hpp"

namespace lamina {
namespace {

/// Degrees from the boundary, 0 <= x < 360: below 180 is category 1.
double beyond_deg(double angle_deg, double boundary_deg) {
    const double turned = std::fmod(angle_deg - boundary_deg, 360);
    return turned < 0 ? turned + 360 : turned;
}

const Stimuli& checked_categories(const ExperimentSpec& spec, const Stimuli& stimuli) {
    std::vector<std::string> wrong = MemoryTrials::complaints(with_load(spec, 1));
    if (!stimuli.circular)
        wrong.push_back("task.stimuli.kind = " + spec.task.stimuli.kind +
                        ": categories are of directions, so the stimuli must be a ring");
    if (stimuli.number < 2) wrong.push_back("task.stimuli.number must be at least 2");
    for (const double angle_deg : stimuli.angle_deg)
        if (std::fabs(std::remainder(angle_deg - spec.task.boundary_deg, 180)) < 1e-9)
            wrong.push_back(fmt::format("task.boundary = {:g} deg: the direction {:g} deg lies on "
                                        "it, in no category",
                                        spec.task.boundary_deg, angle_deg));
    throw_if_any(wrong);
    return stimuli;
}

} // namespace

MatchToCategory::MatchToCategory(const ExperimentSpec& spec, Stimuli stimuli, std::uint64_t seed)
    : seed_(seed), per_condition_(spec.task.per_condition),
      memory_(with_load(spec, 1),
              ItemCode(spec.area.d_model, 0, {}, checked_categories(spec, stimuli)), seed) {
    // who belongs where, and how far from the boundary; 1e-6 deg is the same distance
    std::map<std::int64_t, std::vector<int>> by_distance;
    contrast_.assign(static_cast<std::size_t>(spec.area.d_model), 0);
    for (int s = 0; s < stimuli.number; ++s) {
        const double beyond =
            beyond_deg(stimuli.angle_deg[static_cast<std::size_t>(s)], spec.task.boundary_deg);
        members_[beyond < 180 ? 0 : 1].push_back(s);
        const double half = std::fmod(beyond, 180);
        by_distance[std::llround(1e6 * std::min(half, 180 - half))].push_back(s);
    }
    for (int category = 0; category < 2; ++category)
        for (const int s : members_[category]) {
            const std::vector<double> x = memory_.code().stimulus(s);
            const double share = (category == 0 ? 1.0 : -1.0) / double(members_[category].size());
            for (std::size_t u = 0; u < x.size(); ++u) contrast_[u] += share * x[u];
        }
    for (auto& [distance, samples] : by_distance) {
        distance_deg_.push_back(1e-6 * static_cast<double>(distance));
        at_.push_back(std::move(samples));
        const auto match = right_answers(per_condition_, 0.5, seed, at_.size() - 1);
        match_.insert(match_.end(), match.begin(), match.end());
    }
}

Trial MatchToCategory::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const auto condition = static_cast<std::size_t>(n / per_condition_);
    const bool match = match_[static_cast<std::size_t>(n)] != 0;

    Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, draws_of_trial);
    const int sample = at_[condition][draws.below(at_[condition].size())];
    const bool first = std::count(members_[0].begin(), members_[0].end(), sample) > 0;
    const int category = first == match ? 0 : 1; // of the test
    const int test = members_[category][draws.below(members_[category].size())];

    Question question;
    question.target = contrast_;
    if (category == 1)
        for (double& x : question.target) x = -x;
    question.yes = match;
    question.criterion = 0;
    Trial trial = memory_.make(n, {{sample}}, memory_.code().item({test}), question);
    trial.condition = fmt::format("{:g} deg from boundary", distance_deg_[condition]);
    trial.probe = test;
    trial.target_column = 0;
    return trial;
}

} // namespace lamina
