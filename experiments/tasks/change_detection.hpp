/// Task `change_detection`: coloured items are shown at places, and after a delay one of them is
/// shown again, in its colour or another (docs/model.md, "Working memory and decision").
///
/// Source of the task: Luck & Vogel (1997), doi:10.1038/36846; with a single probe and announced
/// probabilities of a change as in Rouder, Morey, Cowan, Zwilling, Morey & Pratte (2008),
/// doi:10.1073/pnas.0711295105.
#pragma once

#include "experiments/tasks/place_task.hpp"

namespace lamina {

/// The probe's place is the query; the routed content is compared with the probe's colour, and
/// "change" is the answer yes: evidence for it is kappa_e (c - cos(content, probe)), with the
/// criterion
///
///     c = c_0 + s log(p / (1 - p))
///
/// for an observer who knows the probability p of a change (task.decision.criterion_shift). An
/// observer who knows the likelihoods of both answers would add log(p / (1 - p)) to their log
/// ratio; s is what that is in units of cosine.
///
/// Conditions are the pairs of a load and a probability, loads slowest; each has per_condition
/// trials, of which round(p per_condition) have a change, in an order shuffled by the seed. Colours
/// and places are drawn without replacement, a new colour from those that were not shown: people
/// saw few, clearly different colours.
class ChangeDetection final : public PlaceTask {
  public:
    /// @param stimuli  with d_model - task.places.units entries each
    /// @throws SpecError with every reason why the task cannot be run, one per line
    ChangeDetection(const ExperimentSpec&, Stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override { return static_cast<std::int64_t>(change_.size()); }
    Trial trial(std::int64_t n) const override;
    std::pair<std::string, std::string> answers() const override { return {"change", "same"}; }

  private:
    std::vector<std::uint8_t> change_; ///< [trials] the right answer
};

} // namespace lamina
