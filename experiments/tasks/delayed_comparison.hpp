/// Task `delayed_comparison`: is the second of two vibrations faster than the first?
///
/// Source of the task: Romo, Brody, Hernandez & Lemus (1999), doi:10.1038/20939; the pairs by
/// default are (10, 18), (14, 22), (18, 26), (22, 30) and (26, 34) Hz, in both orders.
#pragma once

#include "experiments/tasks/memory_trials.hpp"

namespace lamina {

/// A frequency is an angle on part of a ring, task.comparison.degrees_per_Hz times its distance
/// from the middle of all; it is held as any angle is. The routed content of the first is compared
/// with the direction in which the code changes when the frequency falls below the second's,
///
///     evidence for "f2 > f1" = kappa_e cos(content, -dx/df(f2))
///
/// the best linear way to tell frequencies just below f2 from those just above. The answers are
/// each other's mirror image, so the criterion is 0.
///
/// Conditions are the pairs (low, low + difference), differences slowest; each has per_condition
/// trials, in half of which f2 is the higher one, in shuffled order.
class DelayedComparison final : public Task {
  public:
    /// @param stimuli  frequency_stimuli of the spec
    /// @throws SpecError with every reason why the task cannot be run, one per line
    DelayedComparison(const ExperimentSpec&, Stimuli stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override { return static_cast<std::int64_t>(rises_.size()); }
    Trial trial(std::int64_t n) const override;
    std::pair<std::string, std::string> answers() const override { return {"higher", "lower"}; }
    const std::vector<double>& stimuli() const override { return memory_.code().stimuli().vectors; }
    std::vector<std::string> stimulus_names() const override {
        return memory_.code().stimuli().names;
    }

  private:
    std::uint64_t seed_;
    TaskSpec spec_;
    std::vector<int> frequency_Hz_; ///< [stimuli] rising
    MemoryTrials memory_;
    std::vector<std::uint8_t> rises_; ///< [trials] the right answer: f2 > f1
};

/// One stimulus for each frequency of the spec, in rising order.
Stimuli frequency_stimuli(const ExperimentSpec&);

} // namespace lamina
