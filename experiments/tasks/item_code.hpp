/// What an item is to a column: a stimulus, behind the place where it was shown when the task asks
/// for items by their place.
#pragma once

#include <string>
#include <vector>

#include "experiments/spec.hpp"
#include "experiments/stimuli.hpp"

namespace lamina {

/// One item of a display.
struct Item {
    int stimulus = -1;
    int place = -1; ///< -1: the task knows no places
};

/// The vectors that stand for items:
///
///     without places   x = stimulus                      [d_model]
///     with places      x = (place code, stimulus)        [units], [d_model - units]
///     a cue            c = (place code, 0)
///
/// A cue meets keys in the units of the place alone, so that attention goes by place; the routed
/// content then has the stimulus in the others. Place p of P is the angle 2 pi p / P.
class ItemCode {
  public:
    /// @param stimuli  with d_model - n_place_units entries each
    ItemCode(int d_model, int n_place_units, const PlacesSpec&, Stimuli stimuli);

    const Stimuli& stimuli() const { return stimuli_; }
    std::size_t d_model() const { return d_model_; }
    bool has_places() const { return n_place_units_ > 0; }
    /// The units of an item in which its stimulus is.
    int first_unit() const { return n_place_units_; }
    int n_units() const { return static_cast<int>(d_model_) - n_place_units_; }

    std::vector<double> stimulus(int stimulus) const; ///< [n_units] without its place
    std::vector<double> item(const Item&) const;      ///< [d_model]
    std::vector<double> cue(int place) const;         ///< [d_model]
    /// [d_model] this content at the place of an item.
    std::vector<double> at_place(int place, const std::vector<double>& content) const;
    /// [n_stimuli][d_model] every stimulus, at the places in turn.
    std::vector<double> all_items() const;

  private:
    std::size_t d_model_;
    int n_place_units_;
    PlacesSpec places_;
    Stimuli stimuli_;
};

/// The code of a task that asks for items by their place: task.places, and the stimuli.
ItemCode coded_with_places(const ExperimentSpec&, Stimuli);

/// What stands in the way of such a task, one line each.
std::vector<std::string> place_complaints(const ExperimentSpec&);

} // namespace lamina
