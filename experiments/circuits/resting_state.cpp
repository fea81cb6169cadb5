#include "experiments/circuits/resting_state.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "experiments/circuits/activity.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/recorded_variables.hpp"
#include "experiments/circuits/resting_results.hpp"
#include "experiments/circuits/resting_summary.hpp"
#include "experiments/experiment.hpp"
#include "sim/spikes/sonata.hpp"

namespace lamina {
namespace {

constexpr double progress_ms = 100;
constexpr double raster_dots = 60000; ///< of all variants: some 3 MB of report

NetworkSpec network_for(const ExperimentSpec& spec) {
    NetworkSpec network = network_of(spec);
    if (spec.precision == "float64") network.precision = SpikePrecision::float64;
    return network;
}

/// Steps between two reports of progress.
std::int64_t piece_of(double dt_ms) {
    return std::max<std::int64_t>(1, std::llround(progress_ms / dt_ms));
}

/// When what is recorded, of a network that has not run.
RecordedSpikes recording_of(const NetworkSpec& network, const ExperimentSpec& spec) {
    RecordedSpikes recording;
    recording.first = {0};
    for (const NeuronPopulationSpec& p : network.populations) {
        recording.populations.push_back(p.name);
        recording.first.push_back(recording.first.back() + p.n);
    }
    recording.dt_ms = spec.area.dt_ms;
    recording.discarded = std::llround(spec.task.discard_ms / recording.dt_ms);
    recording.n_steps = std::llround(spec.task.duration_ms / recording.dt_ms);
    return recording;
}

/// One variant: its network, and what is kept of it.
struct RunningCircuit {
    const Variant& variant;
    NetworkSpec tables;
    RecordedSpikes recording;
    VariableRecorder variables;
    SpikingNetwork network;

    RunningCircuit(const Variant& v, int threads, const Device& device)
        : variant(v), tables(network_for(v.spec)), recording(recording_of(tables, v.spec)),
          variables(v.spec, tables),
          network(tables, v.spec.seed, options_of(variables, threads, device)) {}

    static NetworkOptions options_of(const VariableRecorder& variables, int threads,
                                     const Device& device) {
        NetworkOptions options;
        options.n_threads = threads;
        options.device = device;
        options.probes = variables.probes();
        return options;
    }
    std::int64_t n_steps() const { return recording.discarded + recording.n_steps; }
    void take() {
        for (const Spike& spike : network.take_spikes())
            if (spike.step >= recording.discarded) recording.spikes.push_back(spike);
        if (!variables.probes().empty()) variables.take(network.take_samples());
    }
    CircuitActivity describe(double dots) {
        CircuitActivity activity = describe_activity(recording, variant.spec, dots);
        activity.label = variant.label;
        activity.cost = network.cost();
        activity.variables = variables.samples();
        activity.learnt = learnt_weights(tables, network);
        activity.kept = kept_spikes(recording, variant.spec.record);
        return activity;
    }
};

/// Neighbouring variants that a device may run at once: small ones of equal length.
std::vector<std::vector<const Variant*>> groups_of(const std::vector<Variant>& variants,
                                                   const Device& device) {
    constexpr std::uint64_t small_neurons = 1024;
    constexpr std::size_t most = 512;
    std::vector<std::vector<const Variant*>> groups;
    const ExperimentSpec* before = nullptr; // of the last group, if more may join it
    for (const Variant& variant : variants) {
        const ExperimentSpec& spec = variant.spec;
        std::uint64_t n = 0;
        for (const NeuronPopulationSpec& p : network_for(spec).populations) n += p.n;
        const bool small = device.kind != Device::cpu && n <= small_neurons;
        const bool joins = small && before && groups.back().size() < most &&
                           before->area.dt_ms == spec.area.dt_ms &&
                           before->task.discard_ms == spec.task.discard_ms &&
                           before->task.duration_ms == spec.task.duration_ms;
        if (!joins) groups.emplace_back();
        groups.back().push_back(&variant);
        before = small ? &spec : nullptr;
    }
    return groups;
}

/// Variants from their tables to their descriptions, in step; their spikes end with them.
std::vector<CircuitActivity> run_circuits(const std::vector<const Variant*>& variants, int threads,
                                          const Device& device, double dots,
                                          const std::function<void()>& progress,
                                          const std::atomic<bool>& stop) {
    std::vector<std::unique_ptr<RunningCircuit>> circuits;
    std::vector<SpikingNetwork*> networks;
    for (const Variant* variant : variants) {
        circuits.push_back(std::make_unique<RunningCircuit>(*variant, threads, device));
        networks.push_back(&circuits.back()->network);
    }
    const std::int64_t n_steps = circuits.front()->n_steps(),
                       piece = piece_of(circuits.front()->recording.dt_ms);
    for (std::int64_t ended = 0; ended < n_steps; ended += piece) {
        if (stop) return {};
        SpikingNetwork::advance_all(networks, std::min(piece, n_steps - ended));
        for (auto& circuit : circuits) {
            circuit->take();
            progress();
        }
    }
    std::vector<CircuitActivity> found;
    for (auto& circuit : circuits) {
        found.push_back(circuit->describe(dots));
        circuit.reset();
    }
    return found;
}

void add_spikes(Image& image, const CircuitActivity& activity, const RecordSpec& record) {
    std::vector<std::string> names;
    for (const PopulationActivity& p : activity.populations) names.push_back(p.name);
    add_sonata_spikes(image, names, activity.first, activity.kept, activity.dt_ms,
                      record.spikes == "some" ? record.spike_populations : names);
}

} // namespace

std::int64_t resting_state_items(const ExperimentSpec& spec) {
    std::int64_t n = 0;
    for (const Variant& variant : variants_of(spec)) {
        const ExperimentSpec& one = variant.spec;
        const std::int64_t piece = piece_of(one.area.dt_ms),
                           n_steps = std::llround(one.task.discard_ms / one.area.dt_ms) +
                                     std::llround(one.task.duration_ms / one.area.dt_ms);
        n += (n_steps + piece - 1) / piece;
    }
    return n;
}

nlohmann::ordered_json resting_state_summary_without_run(const ExperimentSpec& spec) {
    std::vector<CircuitActivity> variants;
    for (Variant& variant : variants_of(spec)) {
        // nothing is measured: the names alone count
        variant.spec.analysis.bootstrap = 1;
        const NetworkSpec network = network_for(variant.spec);
        RecordedSpikes recording = recording_of(network, variant.spec);
        recording.n_steps = 0;
        variants.push_back(describe_activity(recording, variant.spec, 0));
        variants.back().learnt = learning_projections(network);
        variants.back().label = variant.label;
    }
    return resting_summary(variants, spec.task.windows);
}

std::string resting_state_words(const ExperimentSpec& spec) {
    const std::vector<Variant> variants = variants_of(spec);
    const NetworkSpec network = network_for(variants.front().spec);
    std::uint64_t n = 0;
    for (const NeuronPopulationSpec& p : network.populations) n += p.n;
    std::string text = fmt::format("circuit {}, {} neurons in {} populations; dt {:g} ms\n"
                                   "task    resting_state, {:g} s after {:g} s",
                                   circuit_name(spec), n, network.populations.size(), network.dt_ms,
                                   spec.task.duration_ms * 1e-3, spec.task.discard_ms * 1e-3);
    if (!spec.vary.empty())
        text += fmt::format("; {} variants, the first of which is {}", variants.size(),
                            variants.front().label);
    return text;
}

RestingStateRun run_resting_state(const ExperimentSpec& spec, int threads, const Device& device,
                                  const std::function<void()>& progress,
                                  const std::atomic<bool>& stop) {
    const std::vector<Variant> variants = variants_of(spec);
    const auto found = std::make_shared<std::vector<CircuitActivity>>();
    RestingStateRun run;
    for (const auto& group : groups_of(variants, device)) {
        for (CircuitActivity& activity : run_circuits(
                 group, threads, device, raster_dots / double(variants.size()), progress, stop))
            found->push_back(std::move(activity));
        if (stop) return run;
    }
    run.summary = resting_summary(*found, spec.task.windows);
    run.text = resting_text(*found);
    run.add_groups = [found, variants](Image& image) { add_activity(image, *found, variants); };
    if (spec.record.spikes == "none") return run;
    for (std::size_t v = 0; v < variants.size(); ++v)
        run.spike_files.emplace_back(spec.vary.empty() ? "spikes.h5"
                                                       : fmt::format("spikes_{}.h5", v),
                                     [found, v, record = spec.record](Image& image) {
                                         add_spikes(image, found->at(v), record);
                                     });
    return run;
}

} // namespace lamina
