/// Task `dual_delayed_match`: two items are held; twice, a cue tells which of them the next test is
/// about.
///
/// Source of the task: Rose, LaRocque, Riggall, Gosseries, Starrett, Meyering & Postle (2016),
/// doi:10.1126/science.aah7011.
#pragma once

#include "experiments/tasks/place_task.hpp"

namespace lamina {

/// Two different items at two places, then
///
///     delay, cue 1, test 1, delay, cue 2, test 2
///
/// A cue is the place of an item as the query; it stays on through its test, where the routed
/// content is compared with the test's stimulus. Whether the second cue names the other item is
/// chosen at random.
///
/// Conditions are the tests: a trial is asked about its first test and ends there, or about its
/// second, at the end. The two conditions are made of the same trials, drawn with the same random
/// numbers, so they differ in what has happened in between; each has per_condition trials, of which
/// round(match_fraction per_condition) match, in shuffled order. A test that does not match is
/// neither of the items (task.nonmatch).
class DualDelayedMatch final : public PlaceTask {
  public:
    /// @param stimuli  with d_model - task.places.units entries each
    /// @throws SpecError with every reason why the task cannot be run, one per line
    DualDelayedMatch(const ExperimentSpec&, Stimuli stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override { return 2 * spec_.per_condition; }
    Trial trial(std::int64_t n) const override;

  private:
    std::int64_t cue_;                   ///< steps
    std::vector<std::uint8_t> match_[2]; ///< [tests][trials] the right answers
};

} // namespace lamina
