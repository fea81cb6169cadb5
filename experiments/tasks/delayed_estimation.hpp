/// Task `delayed_estimation`: coloured items are shown at places, and after a delay the colour at
/// one of the places is reported (docs/model.md, "Working memory and decision").
///
/// Source of the task: Wilken & Ma (2004), doi:10.1167/4.12.11; the shipped experiment follows van
/// den Berg, Shin, Chou, George & Ma (2012), doi:10.1073/pnas.1117465109.
#pragma once

#include "experiments/tasks/place_task.hpp"

namespace lamina {

/// The cued place is the query: attention goes to the item held there, whose colour is routed and
/// reported by population vector when the test ends, with motor noise. A cued item of which nothing
/// was stored is no key; then attention goes to the neighbours, and the report is a swap.
///
/// Conditions are the loads, each with per_condition trials. Colours are drawn independently,
/// places without replacement, and each item is equally likely to be cued.
class DelayedEstimation final : public PlaceTask {
  public:
    /// @param stimuli  a ring, with d_model - task.places.units entries each
    /// @throws SpecError with every reason why the task cannot be run, one per line
    DelayedEstimation(const ExperimentSpec&, Stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override;
    Trial trial(std::int64_t n) const override;
};

} // namespace lamina
