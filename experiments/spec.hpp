/// One experiment, as read from YAML: plain data with every default filled in. The field table
/// (experiments/fields.cpp) names each member's key, unit, range, meaning and source; it drives
/// reading, checking, `lamina explain`, `lamina schema` and the docs page.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "experiments/named_array.hpp"
#include "experiments/sweep/sweep_spec.hpp"
#include "models/decision/wong_wang_parameters.hpp"
#include "sim/area_spec.hpp"
#include "sim/spikes/network_spec.hpp"
#include "sim/weights.hpp"

namespace lamina {

struct StimuliSpec {
    std::string kind = "ring"; ///< ring | vectors | rdm | random
    int number = 16;           ///< ring, random: how many
    double kappa = 4;          ///< ring: concentration of the von Mises population code
    std::string file;  ///< vectors: .npy or .csv [n][d]; rdm: .npy [n_pairs] or [n_rdm][n_pairs]
    std::string names; ///< optional CSV with a column of names
};

/// task.places.*: where items are shown, when the task asks for one by its place.
///
/// Places lie on a circle, as the displays of such tasks do, in a von Mises population code that
/// fills the first `units` of d_model; the stimulus itself has the rest.
struct PlacesSpec {
    int number = 8, units = 32;
    double kappa = 4; ///< neighbours of 8 places have codes with a cosine of 0.57
};

struct TimingSpec {
    double fixation_ms = 300, sample_ms = 500, delay_ms = 1000, test_ms = 500, response_ms = 900;
    double cue_ms = 500; ///< dual_delayed_match
};

/// memory.* (docs/model.md, "Working memory and decision")
struct MemorySpec {
    std::string encoding_inhibition = "pv_divisive";
    double encoding_n = 1.5, encoding_sigma_n = 2, counts = 18;
    std::string maintenance = "persistent"; ///< persistent
    double diffusion_deg2_per_s = 20;       ///< ring stimuli
    double diffusion_per_s = 0.05;          ///< vectors: noise variance D t |x|^2 / d_model
    double motor_noise_deg = 12;
    double update_ms = 10; ///< the held items drift in steps of this length
};

/// task.decision.*
///
/// Not fitted to anything: a probe that matches perfectly gives cos = 1, an unrelated one cos = 0
/// (two opposite ring stimuli 1 / I_0(2 kappa) = 0.002 at kappa = 4). The criterion lies half-way,
/// and the gain 1 / (1 - criterion) makes these two ends coherence +1 and -1: the network's whole
/// input range is used and nothing between them is clipped.
struct DecisionSpec {
    double gain = 2;        ///< kappa_e
    double criterion = 0.5; ///< c_0
    /// Added to c_0 for each unit of log(p / (1 - p)), p the probability of a change. An observer
    /// who knew the likelihoods would add that to their log ratio; at set size 5 the ratio falls by
    /// 3.6 for each unit of cosine (docs/tasks.md), so a unit of it is worth 0.28.
    double criterion_shift = 0.265; ///< see criterion_per_log_odds, five items
    /// The probe's way to the area and the motor act; the routing itself, some 60-90 ms, is
    /// simulated. A round figure of our own: it shifts all reaction times alike and changes no
    /// choice.
    double non_decision_ms = 200;
    WongWangParameters network;
};

/// task.loop.*: how much of each measurement of the PV loop alone (experiments/laws/).
struct LoopTaskSpec {
    int draws = 50; ///< random score matrices per score SD
    std::vector<int> score_sd = {1, 3, 10, 30};
    std::vector<int> kappa = {1, 2, 5, 10, 30, 100};       ///< loop gains of pv_finite
    std::vector<int> units = {64, 256, 1024, 4096, 16384}; ///< M of the additive reading
    int recordings = 8;                               ///< noisy recordings behind each spectrum
    std::string gates = "rates";                      ///< rates | spikes
    std::vector<int> neurons = {5, 20, 50, 100, 500}; ///< of a gate that spikes
    std::vector<int> rhythm_neurons = {20, 200};      ///< the same, where spectra are measured
    double rate_Hz = 100;                             ///< R: of a neuron when its gate is 1
    double refractory_ms = 2; ///< where its effect is measured; elsewhere neurons do not rest
    double uneven_sd = 0.3;   ///< of what each gate alone is inhibited by, where that is measured
};

/// task.hopfield.*: retrieval by repeated attention (experiments/mechanisms/hopfield.cpp).
struct HopfieldTaskSpec {
    std::vector<double> gain = {0.3, 1, 3, 10}; ///< beta sqrt(d_head); 1: that of a transformer
    double noise = 0.5;                         ///< SD of what the cue adds to its pattern
    int steps = 8;
    int draws = 50; ///< of patterns and cue
};

/// task.match.*: spike trains of queries and keys (experiments/mechanisms/match_and_control.cpp).
struct MatchTaskSpec {
    int keys = 10; ///< axons, one of which has the query's train
    double rate_Hz = 6;
    double recovery_ms = 50; ///< no spike so soon after a spike
    double jitter_ms = 1;    ///< SD of the key's spikes around the query's
    int draws = 2000;        ///< of all trains, at each window
};

/// task.linear.*: linear attention by a memory matrix
/// (experiments/mechanisms/linear_attention.cpp).
struct LinearTaskSpec {
    std::vector<double> score_sd = {0.01, 0.03, 0.1, 0.3, 1, 3, 10}; ///< beside softmax
    int entries = 100; ///< of each weight matrix, whose derivatives are compared
    int draws = 20;    ///< of weights and tokens
};

/// task.normalization.*: the model of Reynolds and Heeger
/// (experiments/mechanisms/normalization.cpp). Widths are standard deviations, in steps of the grid
/// of space.
struct NormalizationTaskSpec {
    double gamma = 2; ///< peak of the attention field; 1 where nothing is attended
    double sigma = 1e-6;
    double field = 5, pool = 20; ///< of the receptive field; of the suppressive pool
    double small_stimulus = 5, large_attention = 30;
    double large_stimulus = 20, small_attention = 5;
};

/// task.exponential.*: additive_exponential by cells that spike
/// (experiments/mechanisms/exponential_spikes.cpp).
struct ExponentialTaskSpec {
    std::vector<double> score_sd = {0.03, 0.1, 0.3, 1};
    std::vector<int> units = {16, 64, 256}; ///< M
    std::vector<int> windows_ms = {10, 100};
    double rate_Hz = 100; ///< R: of a cell whose exponent is 0
    int draws = 4000;     ///< of cells and spikes
};

/// task.comparison.*: the vibrations of delayed_comparison.
///
/// How much of the ring a hertz takes is not known. At 2.5 degrees the published difference of 8 Hz
/// is one and a half standard deviations of how one item is remembered: a task that is neither
/// trivial nor guesswork, as it was for the monkeys. A round figure of our own.
struct ComparisonTaskSpec {
    std::vector<int> low_Hz = {10, 14, 18, 22, 26};
    std::vector<int> difference_Hz = {8};
    double degrees_per_Hz = 2.5;
};

/// task.windows: a stretch of a resting state whose rates are told apart, from the start of the
/// simulation.
struct TimeWindow {
    std::string name;
    double from_ms = 0, to_ms = 0;
};

struct TaskSpec {
    std::string type; ///< a name of task_kinds() or of studies(), set_size or resting_state
    StimuliSpec stimuli;
    PlacesSpec places;
    TimingSpec timing;
    std::vector<int> load = {1};
    int per_condition = 50; ///< trials.per_condition
    double match_fraction = 0.5;
    std::vector<double> change_probability = {0.5};
    std::string nonmatch = "farthest"; ///< farthest | any: which stimulus probes a non-match trial
    double boundary_deg = 15;          ///< match_to_category: half-way between two of 12 directions
    ComparisonTaskSpec comparison;
    DecisionSpec decision;
    // presentation
    double duration_ms = 1000; ///< resting_state, too
    double discard_ms = 500;   ///< resting_state: before what is recorded
    std::vector<TimeWindow> windows;
    double burst_interval_ms =
        16;                  ///< resting_state: silence before an event, time to its second spike
    int n_presentations = 8; ///< trials.per_condition of `presentation` alike
    std::string start = "rest"; ///< rest | settled (v, k, q at their targets, a = 1/N, p = 0)
    LoopTaskSpec loop;
    HopfieldTaskSpec hopfield;
    MatchTaskSpec match;
    LinearTaskSpec linear;
    NormalizationTaskSpec normalization;
    ExponentialTaskSpec exponential;
    int recoveries = 100; ///< set_size: simulated experiments of each account
};

/// One entry of record.variables.
struct RecordedVariable {
    std::string population, variable;
    int neurons = 10;    ///< the first of the population
    double every_ms = 1; ///< time between samples
};

struct RecordSpec {
    double rates_every_ms = 5;                  ///< 0: none
    double attention_every_ms = 5;              ///< 0: none
    double trace_every_ms = 0;                  ///< 0: every step; used with --trace
    std::string spikes = "none";                ///< none | all | some
    std::vector<std::string> spike_populations; ///< of `some`
    int spike_sample = 0; ///< at most so many neurons of each population in spikes.h5; 0: all
    std::vector<RecordedVariable> variables;
};

struct AnalysisSpec {
    int bootstrap = 1000;
    double ci = 0.95;
    bool predict = false; ///< simulate the predictions too; they go into results.h5 and the report
};

/// compare_with: a published data set by name, a CSV of the user's own, RDMs of people, or RDMs of
/// other models.
struct ComparisonDataSpec {
    std::string name; ///< e.g. rouder_2008_change_detection; with rdm: what the summary calls them
    std::string file;
    std::vector<std::pair<std::string, std::string>> columns; ///< ours -> theirs
    std::string rdm{};    ///< .npy of people's dissimilarities, [n_rdm][n_pairs]
    int per_subject = 1;  ///< rdm: RDMs of one subject, which follow each other
    std::string models{}; ///< .npy of models' dissimilarities
    std::string names{};  ///< models: CSV with a column "name"
};

/// expect: a path into the summary and a bound; "< 1e-3" is relation "<" and bound 1e-3.
struct Expectation {
    std::string path;
    std::string relation; ///< "<", "<=", ">" or ">="
    double bound = 0;
};

/// vary: factors crossed within one run; trials of all variants share their random numbers.
struct VaryFactor {
    std::string path;                ///< of a key; with named levels a word of the user's own
    std::vector<std::string> values; ///< as written in YAML, or the names of the levels
    std::vector<std::vector<Setting>> levels; ///< [values] what a named level sets; else empty

    /// What the value at this place sets.
    std::vector<Setting> settings(std::size_t value) const {
        return levels.empty() ? std::vector<Setting>{{path, values.at(value)}} : levels.at(value);
    }
};

/// fit.bounds: the range in which a free value is sought, in its field's unit.
struct FitBounds {
    std::string path;
    double low = 0, high = 0;
};

/// fit.*: which data, which values are free, under which account of capacity.
struct FitSpec {
    ComparisonDataSpec to;         ///< neither name nor file: there is no `fit:`
    std::vector<int> conditions;   ///< set sizes that are fitted; empty: all; the rest is held out
    std::vector<std::string> free; ///< paths
    std::vector<FitBounds> bounds;
    std::string account = "divisive"; ///< divisive | null_key | slots
    double slots = 3, slot_noise_deg = 25;
    int starts = 8, bootstrap = 200;

    bool given() const { return !to.name.empty() || !to.file.empty(); }
};

/// circuit.thalamus.*: Poisson neurons that spike for a while.
struct ThalamusSpec {
    double rate_Hz = 0; ///< 0: no thalamus
    double start_ms = 700, duration_ms = 10;
};

/// circuit.populations.NAME
struct PopulationTable {
    NeuronPopulationSpec neurons;
    std::string spikes_file; ///< CSV of time_ms, neuron; "": what neurons.spikes has
};

/// circuit.projections.NAME: one projection for every pair of `from` and `to`.
struct ProjectionTable {
    std::string name;
    std::vector<std::string> from, to;
    ProjectionSpec each;                        ///< but for its populations
    bool has_weight = false, has_delay = false; ///< written here, not in the file
    std::string synapses_file; ///< of explicit_table: CSV of source, target, weight, delay_ms
};

/// circuit.*
struct CircuitSpec {
    std::string model = "attention_column"; ///< or a name of circuit_kinds()
    double scale = 1;                       ///< of neurons, and of in-degrees where they follow
    std::string drive = "dc";               ///< dc | poisson
    ThalamusSpec thalamus;
    double g = 5, eta = 2;                    ///< brunel_2000: inhibition, external rate
    std::vector<PopulationTable> populations; ///< instead of a model
    std::vector<ProjectionTable> projections;

    bool tabled() const { return !populations.empty(); }
};

struct ExperimentSpec {
    std::string name, title, question, source;
    std::uint64_t seed = 1;
    std::string device = "cpu";
    std::string precision = "default"; ///< default | float32 | float64; area.precision follows it
    CircuitSpec circuit;
    AreaSpec area;              ///< simulation.* and column.*
    WeightsSpec weights;        ///< column.weights
    std::string weights_file;   ///< column.weights.file: .npz or .safetensors
    NamedArrays weights_values; ///< column.weights.values
    MemorySpec memory;
    TaskSpec task;
    RecordSpec record;
    AnalysisSpec analysis;
    std::vector<ComparisonDataSpec> compare_with;
    std::vector<Expectation> expect;
    std::vector<VaryFactor> vary;
    FitSpec fit;
    SweepSpec sweep;

    // where it came from
    std::string file;   ///< as given on the command line
    std::string text;   ///< verbatim
    std::string folder; ///< relative input files are found from here
    std::vector<std::string> overrides;
};

} // namespace lamina
