/// From a spec to its runs: the variants that `vary:` spans, and for each the stimuli, the weights,
/// the task and the records of its trials.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/spike_counts.hpp"
#include "experiments/rdm_file.hpp"
#include "experiments/spec.hpp"
#include "experiments/stimuli.hpp"
#include "sim/run.hpp"

namespace lamina {

/// One combination of the factors of `vary:`; a single one called "base" when nothing is varied.
struct Variant {
    std::string label;
    std::vector<std::string> values; ///< one per factor, as written
    ExperimentSpec spec;
};

/// Short names of the factors of `vary:`: the last word of each path, or as many as tell them apart
/// ("gamma_depth", "beta_depth"); `all` for *.
std::vector<std::string> factor_names(const ExperimentSpec&);

/// All combinations, the last factor fastest. Every variant goes through the same door as the file.
std::vector<Variant> variants_of(const ExperimentSpec&);

/// A variant made ready, and what came out of it.
struct VariantRun {
    Variant variant;
    Stimuli stimuli;
    RdmsToCompare rdms; ///< of compare_with
    AttentionWeights weights;
    std::unique_ptr<Task> task;
    std::vector<PopulationInfo> populations;
    std::vector<TrialRecord> records;
    Trace trace;
    /// [spiking populations] what decoders of their counts know, found once behind the trials;
    /// empty: not yet.
    std::vector<analysis::CrossDecoding> decodings;
};

/// Task, stimuli and data to compare with of one variant: what its trials are, without a column.
VariantRun describe_trials(const Variant&);

/// Stimuli, weights and task of one variant. Random numbers depend on the seed alone, so that all
/// variants see the same trials.
VariantRun prepare(const Variant&);

/// Runs all its trials.
/// @param trace_trial  number of the trial to trace, -1: none
/// @param profile      if given, where the time went is added there
void run_variant(VariantRun&, int threads, const Device&, std::int64_t trace_trial,
                 const std::function<void()>& progress, const std::atomic<bool>& stop,
                 StepProfile* profile = nullptr);

/// Whole steps in a recording interval; 0 stays 0.
std::int64_t steps_of(double interval_ms, double dt_ms);

} // namespace lamina
