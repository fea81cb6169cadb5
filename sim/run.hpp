/// The time loop: present, advance, sample, judge. One trial is one call; trials are independent
/// given the seed, so they run in parallel and the records are the same for any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sim/area.hpp"
#include "sim/device.hpp"
#include "sim/fidelity.hpp"
#include "sim/readout.hpp"
#include "sim/spike_counts.hpp"
#include "sim/step_profile.hpp"
#include "sim/trial.hpp"

namespace lamina {

/// What is kept of every trial. Intervals are whole steps; 0 keeps nothing.
struct Recording {
    std::int64_t rates_every = 50, attention_every = 50;
    std::int64_t trace_every = 1;  ///< of the traced trial
    std::int64_t trace_trial = -1; ///< -1: none
    std::int64_t example_every =
        0; ///< keep the attention matrices of trials 0, n, 2n, ...; 0: none
    /// [populations of Area::spikes()] so many units, the first ones, have their spikes kept one by
    /// one; empty: none of any.
    std::vector<std::uint32_t> spikes_of;
    std::vector<CountedUnits> counted; ///< [populations] whose spikes are counted; empty: of none
    std::int64_t count_every = 1;      ///< steps of a bin of these counts
};

/// Attention at one sampled moment: the read-out column's rows (a question) or all rows with a key
/// (none), averaged over heads.
struct AttentionSample {
    double target, other, reference_target, sum, entropy_bits, evidence, PV, log_normaliser;
};

struct PresentationRecord {
    std::string name;
    double time_ms = 0;
    Fidelity fidelity;
    /// log2 K - H(a), mean over the rows that count: K keys that a row can read, a its weights over
    /// their sum; NaN when no row has a key.
    double attended_bits = std::numeric_limits<double>::quiet_NaN();
};

/// Every population of one trial, sampled every `trace_every` steps, and the evidence.
struct Trace {
    std::vector<double> time_ms;
    std::vector<std::vector<float>> populations; ///< [population][time * units]
    std::vector<float> reference;        ///< [time][head][query][key] softmax of the same input
    std::vector<float> evidence;         ///< [time]
    std::vector<float> decision_rate_Hz; ///< [time][2]
};

/// Spikes of one population in one trial, by step and then by unit (StepSpikes).
struct KeptSpikes {
    std::vector<std::uint32_t> step, unit;
};

struct TrialRecord {
    Trial trial;      ///< without its segments
    int choice = 255; ///< 1 yes, 0 no, 255 no choice was asked for
    bool correct = false;
    double reaction_time_ms = 0;                ///< NaN when the threshold was not reached
    double evidence_mean = 0, evidence_end = 0; ///< test onset to decision; at the end of the test
    double response_rad = 0;                    ///< the reported angle, NaN when none was asked for
    std::vector<PresentationRecord> presentations;
    std::vector<double> rate_mean, rate_rms; ///< [time][population]
    /// [time][population] mean of min(r+, r-) - r_0 over units; NaN without pairs. Empty when no
    /// population has pairs.
    std::vector<double> coactivation;
    std::vector<AttentionSample> attention; ///< [time]
    std::vector<PopulationSpikes> spikes;   ///< of the whole trial; none of rates
    std::vector<KeptSpikes> kept_spikes;    ///< [populations] of Recording::spikes_of, or empty
    std::vector<SpikeCounts> spike_counts;  ///< [populations] of Recording::counted, or empty
    std::vector<double> weights, reference; ///< [heads][N][N] at the end of the last presentation
    std::vector<int> key_item;              ///< [N] item held by each key then
    int attended_column = -1; ///< key with the largest weight, mean over heads, at the
                              ///< read-out when the test ends; -1: none
};

/// One area, one task, one way to read it.
struct RunPlan {
    const AreaSpec* area = nullptr;
    const AttentionWeights* weights = nullptr;
    const Task* task = nullptr;
    ReadoutSpec readout;
    Recording recording;
    bool start_settled = false; ///< each trial starts with its inputs settled, a = 1/N, p = 0
    std::uint64_t seed = 1;
    Device device;                  ///< where areas run; what is seen of them is judged here
    std::int64_t most_areas = 0;    ///< of rates on a device at once; 0: as many as fit
    StepProfile* profile = nullptr; ///< if given, where the time went is added there
};

/// Runs trial `n` in `area`, which must have been made from the plan's spec and weights.
/// @throws NumericsError when a rate is not finite, naming trial, population and time
/// @param clock  if given, is told what the trial does
TrialRecord run_trial(const RunPlan&, Area& area, std::int64_t n, Trace* trace = nullptr,
                      StepClock* clock = nullptr);

/// Runs all trials on `threads` threads, or, in rates, many at once on the plan's device; records
/// in the order of their numbers.
/// @param progress  called from any thread after each trial
/// @param stop      set from outside to end early; the result then holds fewer trials
std::vector<TrialRecord> run_trials(const RunPlan&, int threads,
                                    const std::function<void()>& progress,
                                    const std::atomic<bool>& stop, Trace* trace = nullptr);

} // namespace lamina
