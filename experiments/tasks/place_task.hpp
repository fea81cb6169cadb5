/// What the tasks that ask for an item by its place have in common.
#pragma once

#include <utility>

#include "experiments/tasks/memory_trials.hpp"

namespace lamina {

class PlaceTask : public Task {
  public:
    const std::vector<double>& stimuli() const override { return all_items_; }
    std::vector<std::string> stimulus_names() const override {
        return memory_.code().stimuli().names;
    }

  protected:
    /// @param spec     checked
    /// @param stimuli  with d_model - task.places.units entries each
    PlaceTask(const ExperimentSpec& spec, Stimuli&& stimuli, std::uint64_t seed)
        : seed_(seed), spec_(spec.task),
          memory_(spec, coded_with_places(spec, std::move(stimuli)), seed),
          all_items_(memory_.code().all_items()) {}

    std::uint64_t seed_;
    TaskSpec spec_;
    MemoryTrials memory_;

  private:
    std::vector<double> all_items_;
};

} // namespace lamina
