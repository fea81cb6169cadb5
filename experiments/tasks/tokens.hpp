/// Task `presentation`: tokens are shown and nothing is asked. The plain comparison of the column
/// with the reference block.
#pragma once

#include "experiments/spec.hpp"
#include "experiments/stimuli.hpp"
#include "sim/trial.hpp"

namespace lamina {

/// Each trial is one presentation, "tokens", of duration_ms with constant input.
///
/// Stimuli of kind `random`: every trial draws its own tokens, all entries N(0, 1). Other kinds:
/// column j of trial n shows stimulus n * columns + j, counted round. With cross-attention the
/// queries come from a context of their own: independent N(0, 1), or the stimuli in an order that
/// is shuffled for each trial.
class TokensTask final : public Task {
  public:
    /// @param stimuli  none for kind `random`
    /// @throws SpecError for durations below one step or counts below 1
    TokensTask(const ExperimentSpec&, Stimuli, std::uint64_t seed);

    std::int64_t n_trials() const override { return n_trials_; }
    Trial trial(std::int64_t n) const override;
    const std::vector<double>& stimuli() const override { return stimuli_.vectors; }
    std::vector<std::string> stimulus_names() const override { return stimuli_.names; }

  private:
    std::vector<double> drawn(std::int64_t n, std::uint64_t which) const;
    std::vector<double> shown(const std::vector<int>& items) const;

    Stimuli stimuli_; ///< empty when each trial draws its own
    std::uint64_t seed_;
    std::int64_t n_trials_, n_steps_;
    std::size_t columns_, d_model_;
    bool cross_, settled_;
};

} // namespace lamina
