/// Task `delayed_match_to_sample`: items are shown, held over a delay, and a probe is judged
/// against them (docs/model.md, "Working memory and decision").
///
/// Timings by default: Miller, Erickson & Desimone (1996), doi:10.1523/JNEUROSCI.16-16-05154.1996.
#pragma once

#include "experiments/tasks/memory_trials.hpp"

namespace lamina {

/// The probe itself is the query: attention goes to the held items that are like it, and the
/// evidence for a match is how much the routed content is like the probe.
///
/// Conditions are the loads, in the order of the spec; each has per_condition trials, of which
/// round(match_fraction per_condition) match, in an order shuffled by the seed. Items are drawn
/// without replacement. The probe of a match is one of them; else it is a stimulus that was not
/// shown: the one farthest from all shown (`farthest`, ties at random), or `any`.
class DelayedMatchToSample final : public Task {
  public:
    /// @throws SpecError with every reason why the task cannot be run, one per line
    DelayedMatchToSample(const ExperimentSpec&, Stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override { return static_cast<std::int64_t>(match_.size()); }
    Trial trial(std::int64_t n) const override;
    const std::vector<double>& stimuli() const override { return stimuli_.vectors; }
    std::vector<std::string> stimulus_names() const override { return stimuli_.names; }

  private:
    std::uint64_t seed_;
    TaskSpec spec_;
    Stimuli stimuli_;
    MemoryTrials memory_;
    std::vector<std::uint8_t> match_; ///< [trials] the right answer
};

} // namespace lamina
