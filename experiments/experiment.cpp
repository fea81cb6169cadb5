#include "experiments/experiment.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/column_spikes.hpp"
#include "experiments/given_weights.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/short_names.hpp"
#include "experiments/spike_measures.hpp"
#include "experiments/task_catalogue.hpp"
#include "sim/area_layout.hpp"

namespace lamina {

namespace {

/// Tokens and contexts on which the scores of random weights are scaled: the stimuli in turn when
/// the task has some, else what its first trials show.
void scaling_input(const VariantRun& run, std::vector<double>& tokens,
                   std::vector<double>& context) {
    const AreaSpec& area = run.variant.spec.area;
    const std::size_t row = std::size_t(area.d_model), set = row * std::size_t(area.columns);
    const std::vector<double>& stimuli = run.task->stimuli();
    if (!stimuli.empty()) {
        constexpr int n_sets = 4;
        for (std::size_t i = 0; i < n_sets * std::size_t(area.columns); ++i) {
            const std::size_t stimulus = i % (stimuli.size() / row);
            const auto first = stimuli.begin() + std::ptrdiff_t(stimulus * row);
            tokens.insert(tokens.end(), first, first + std::ptrdiff_t(row));
        }
        context = tokens;
        return;
    }
    for (std::int64_t n = 0; n < std::min<std::int64_t>(8, run.task->n_trials()); ++n) {
        const Trial trial = run.task->trial(n);
        for (const Segment& segment : trial.segments) {
            tokens.insert(tokens.end(), segment.x.begin(), segment.x.begin() + std::ptrdiff_t(set));
            const auto& c = segment.c.empty() ? segment.x : segment.c;
            context.insert(context.end(), c.begin(), c.begin() + std::ptrdiff_t(set));
        }
    }
}

} // namespace

std::int64_t steps_of(double interval_ms, double dt_ms) {
    return std::llround(interval_ms / dt_ms);
}

std::vector<std::string> factor_names(const ExperimentSpec& spec) {
    std::vector<std::string> paths;
    for (const VaryFactor& factor : spec.vary) paths.push_back(factor.path);
    return short_names(paths);
}

std::vector<Variant> variants_of(const ExperimentSpec& spec) {
    const std::vector<std::string> names = factor_names(spec);
    std::vector<Variant> variants = {{"base", {}, spec}};
    for (std::size_t i = 0; i < spec.vary.size(); ++i) {
        const VaryFactor& factor = spec.vary[i];
        std::vector<Variant> crossed;
        for (const Variant& variant : variants)
            for (std::size_t level = 0; level < factor.values.size(); ++level) {
                Variant next{"", variant.values, with_level(variant.spec, factor, level)};
                const std::string name = names[i] + "=" + factor.values[level];
                next.label = variant.label == "base" ? name : variant.label + ", " + name;
                next.values.push_back(factor.values[level]);
                crossed.push_back(std::move(next));
            }
        variants = std::move(crossed);
    }
    return variants;
}

VariantRun describe_trials(const Variant& variant) {
    VariantRun run;
    run.variant = variant;
    const ExperimentSpec& spec = run.variant.spec;
    run.task = make_task(spec, spec.seed);
    if (!run.task->stimuli().empty()) run.stimuli = task_stimuli(spec, spec.seed);
    run.rdms = read_rdms_to_compare(spec, run.stimuli.number);
    return run;
}

VariantRun prepare(const Variant& variant) {
    VariantRun run = describe_trials(variant);
    const ExperimentSpec& spec = run.variant.spec;
    if (gives_weights(spec)) {
        run.weights = given_weights(spec);
    } else if (spec.weights.kind == "matched") {
        run.weights = matched_weights(spec.area, spec.weights, run.task->stimuli(), spec.seed);
    } else {
        std::vector<double> tokens, context;
        scaling_input(run, tokens, context);
        run.weights = random_weights(spec.area, spec.weights, tokens, context, spec.seed);
    }
    run.populations = populations_of(spec.area);
    return run;
}

void run_variant(VariantRun& run, int threads, const Device& device, std::int64_t trace_trial,
                 const std::function<void()>& progress, const std::atomic<bool>& stop,
                 StepProfile* profile) {
    const ExperimentSpec& spec = run.variant.spec;
    const double dt_ms = spec.area.dt_ms;
    RunPlan plan;
    plan.area = &spec.area;
    plan.weights = &run.weights;
    plan.task = run.task.get();
    plan.readout.gain = spec.task.decision.gain;
    plan.readout.non_decision_ms = spec.task.decision.non_decision_ms;
    plan.readout.network = spec.task.decision.network;
    plan.readout.motor_noise_deg = spec.memory.motor_noise_deg;
    plan.recording.rates_every = steps_of(spec.record.rates_every_ms, dt_ms);
    plan.recording.attention_every = steps_of(spec.record.attention_every_ms, dt_ms);
    plan.recording.trace_every =
        std::max<std::int64_t>(1, steps_of(spec.record.trace_every_ms, dt_ms));
    plan.recording.trace_trial = trace_trial;
    plan.recording.spikes_of = units_to_keep(spec);
    plan.recording.counted = units_to_count(spec);
    plan.recording.count_every = std::max<std::int64_t>(1, steps_of(spike_bin_ms, dt_ms));
    plan.recording.example_every = spec.task.per_condition;
    plan.start_settled = spec.task.start == "settled";
    plan.seed = spec.seed;
    plan.profile = profile;
    plan.device = device;
    run.records =
        run_trials(plan, threads, progress, stop, trace_trial >= 0 ? &run.trace : nullptr);
    run.decodings = decodings_of(run, threads);
}

} // namespace lamina
