/// Task `match_to_category`: is the direction of the test in the same category as that of the
/// sample?
///
/// Source of the task: Freedman & Assad (2006), doi:10.1038/nature05078: 12 directions, 30 degrees
/// apart, in two categories on either side of a boundary.
#pragma once

#include "experiments/tasks/memory_trials.hpp"

namespace lamina {

/// One direction is held. The routed content is compared with what the category of the test has in
/// common and the other has not: the difference of the two categories' mean codes,
///
///     evidence for a match = kappa_e cos(content, +- (mean of category 1 - mean of category 2))
///
/// with the sign of the test's category; the two answers are each other's mirror image, so the
/// criterion is 0. Category 1 are the directions from the boundary up to 180 degrees beyond it.
///
/// Conditions are the distances of the sample from the boundary, nearest first; each has
/// per_condition trials, half of them matches, in shuffled order. Samples at that distance, and
/// tests of the category that is due, are equally likely.
class MatchToCategory final : public Task {
  public:
    /// @param stimuli  a ring
    /// @throws SpecError with every reason why the task cannot be run, one per line
    MatchToCategory(const ExperimentSpec&, Stimuli stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override { return static_cast<std::int64_t>(match_.size()); }
    Trial trial(std::int64_t n) const override;
    const std::vector<double>& stimuli() const override { return memory_.code().stimuli().vectors; }
    std::vector<std::string> stimulus_names() const override {
        return memory_.code().stimuli().names;
    }

  private:
    std::uint64_t seed_;
    std::int64_t per_condition_;
    MemoryTrials memory_;
    std::vector<int> members_[2];      ///< stimuli of category 1 and 2
    std::vector<double> contrast_;     ///< [d_model] mean of category 1 minus that of 2
    std::vector<double> distance_deg_; ///< [conditions] rising
    std::vector<std::vector<int>> at_; ///< [conditions] stimuli at this distance
    std::vector<std::uint8_t> match_;  ///< [trials] the right answer
};

} // namespace lamina
