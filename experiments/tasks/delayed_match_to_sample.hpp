/// Task `delayed_match_to_sample`: items are shown, held over a delay, and a probe is judged
/// against them (docs/model.md, "Working memory and decision").
///
/// Timings by default: Miller, Erickson & Desimone (1996), doi:10.1523/JNEUROSCI.16-16-05154.1996.
#pragma once

#include "experiments/spec.hpp"
#include "experiments/stimuli.hpp"
#include "models/draws.hpp"
#include "models/memory/maintenance.hpp"
#include "sim/trial.hpp"

namespace lamina {

/// One trial, for load L and read-out column R = columns - 1:
///
///     phase     input x              context c             keys
///     fixation  0                    x                     none
///     sample    items in 0 .. L-1    x                     0 .. L-1
///     delay     held items, drifting x                     the items that were stored
///     test      held items, constant x; the probe in R     the same; R is no key
///     response  as test: R holds the probe
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

    /// Gate of one item among `load` at the end of the sample; Lambda = memory.counts times it.
    double encoding_gate(int load) const;

  private:
    /// What the columns hold at each update of the delay and, last, at its end.
    struct Held {
        std::vector<int> counts;            ///< [columns]
        std::vector<std::vector<double>> x; ///< [times][columns * d_model]
    };

    std::vector<int> choose_items(int load, Draws&) const;
    double distance_to_nearest(int stimulus, const std::vector<int>& items) const;
    int choose_nonmatch(const std::vector<int>& items, Draws&) const;
    Held hold(std::int64_t n, const std::vector<int>& items, double expected_counts) const;
    void put(std::vector<double>& x, std::size_t column, const std::vector<double>& vector) const;
    std::vector<double> vector_of(int stimulus) const;

    Stimuli stimuli_;
    std::uint64_t seed_;
    std::size_t columns_, d_model_;
    std::vector<int> loads_;
    std::int64_t per_condition_;
    bool farthest_;

    double dt_ms_;
    std::int64_t fixation_, sample_, delay_, test_, response_, update_; ///< steps
    MemorySpec memory_;
    const Maintenance* maintenance_;

    std::vector<std::uint8_t> match_; ///< [trials] the right answer
    std::vector<double> gate_;        ///< [loads] encoding gate of one item
};

} // namespace lamina
