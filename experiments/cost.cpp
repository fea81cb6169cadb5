#include "experiments/cost.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "experiments/circuits/network_cost.hpp"
#include "experiments/column_spikes.hpp"
#include "experiments/fit/fit_cost.hpp"
#include "experiments/probing.hpp"
#include "experiments/spike_measures.hpp"
#include "experiments/studies.hpp"
#include "sim/background.hpp"
#include "sim/column_cells.hpp"
#include "sim/device_cells.hpp"

namespace lamina {

namespace {

double seconds_per_step(Area& area, const Trial& trial) {
    // the last segment has the most to do: something is shown and something is held
    area.present(trial.segments.back());
    // 400 steps, or as many as fit in half a second
    const std::int64_t most = std::min<std::int64_t>(400, trial.n_steps);
    const auto start = std::chrono::steady_clock::now();
    double seconds = 0;
    std::int64_t n_steps = 0;
    while (n_steps < most && seconds < 0.5) {
        area.advance(n_steps++);
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return seconds / double(n_steps);
}

/// Numbers that the records of one trial hold.
double record_numbers(const VariantRun& run, const Trial& trial) {
    const ExperimentSpec& spec = run.variant.spec;
    const auto samples = [&](double every_ms) {
        const std::int64_t every = steps_of(every_ms, spec.area.dt_ms);
        return every > 0 ? double(trial.n_steps / every) : 0.0;
    };
    return samples(spec.record.rates_every_ms) * 2 * double(run.populations.size()) +
           samples(spec.record.attention_every_ms) * 8 + 20.0 * double(trial.presentations.size()) +
           count_bytes(spec, trial) / 8;
}

double size_of(const NetworkNeeds& needs, const ExperimentSpec& spec) {
    return (needs.synapses + needs.neurons) * (spec.task.duration_ms + spec.task.discard_ms);
}

} // namespace

Cost predict_cost(const ExperimentSpec& spec, int threads) {
    Cost cost;
    if (spec.task.type == "resting_state") {
        const std::vector<Variant> variants = variants_of(spec);
        cost.variants = cost.trials = std::int64_t(variants.size());
        // measured once, and taken to go with the size of the network and the time
        const NetworkNeeds first = network_needs(variants.front().spec, true);
        cost.neurons = first.neurons;
        cost.synapses = first.synapses;
        for (const Variant& variant : variants) {
            const ExperimentSpec& one = variant.spec;
            const NetworkNeeds needs = network_needs(one, false);
            cost.steps +=
                std::llround((one.task.duration_ms + one.task.discard_ms) / one.area.dt_ms);
            cost.core_seconds +=
                first.core_seconds * size_of(needs, one) / size_of(first, variants.front().spec);
            // a spike is kept three times over: as it came, by population, and in a file
            cost.memory_bytes = std::max(cost.memory_bytes, needs.memory_bytes + 40e6);
            cost.device_bytes = std::max(cost.device_bytes, needs.device_bytes);
            cost.disk_bytes += 20 * needs.neurons + needs.variable_bytes +
                               (spec.record.spikes == "all" ? 16 : 0) * needs.spikes +
                               64 * one.task.duration_ms;
        }
        return cost;
    }
    if (study_of(spec)) return cost; // measurements without trials
    if (spec.fit.given()) {
        const FitCost fit = predict_fit_cost(spec);
        cost.fits = fit.fits;
        cost.evaluations = fit.evaluations;
        cost.alone_seconds = fit.alone_seconds;
        cost.core_seconds = fit.alone_seconds + fit.shared_seconds;
        return cost;
    }
    double state_bytes = 0, spike_bytes = 0;
    for (const Variant& variant : variants_of(spec)) {
        const VariantRun run = prepare(variant);
        const Trial trial = run.task->trial(run.task->n_trials() - 1);
        const AreaSpec& area = variant.spec.area;
        const auto trials = run.task->n_trials();
        const double matrices = double(area.heads) * area.columns * area.columns * 2;
        const double conditions =
            std::max(1.0, double(trials) / std::max(1, variant.spec.task.per_condition));
        const double numbers = record_numbers(run, trial) * double(trials) + matrices * conditions;
        // representations are of the first variant
        const double probing = cost.variants == 0 ? double(probing_steps(run)) : 0;
        ++cost.variants;
        cost.trials += trials;
        cost.steps += trials * trial.n_steps;
        const auto start = std::chrono::steady_clock::now();
        const auto made = make_area(area, run.weights, spec.seed);
        const std::chrono::duration<double> making = std::chrono::steady_clock::now() - start;
        double steps = double(trials * trial.n_steps) + probing;
        if (area.spiking.embedded) {
            // curves are measured once, and once more for the report; trials begin in a circuit
            // that has found its way
            cost.core_seconds += 2 * making.count();
            cost.memory_bytes += RateCurve::measuring_bytes(area.dt_ms);
            steps += double(trials) * Background::settle_ms / area.dt_ms;
        }
        cost.core_seconds += seconds_per_step(*made, trial) * steps;
        cost.memory_bytes += numbers * 8;
        state_bytes = std::max(state_bytes, double(made->state_bytes()));
        cost.neurons = std::max(cost.neurons, double(made->n_neurons()));
        double synapses = 0;
        if (area.spiking.on) {
            for (const ColumnSynapses& one : column_synapses(area)) synapses += double(one.n);
            cost.device_bytes = std::max(cost.device_bytes, device_bytes(area) * threads);
        }
        cost.synapses = std::max(cost.synapses, synapses);
        cost.disk_bytes += decoding_bytes(variant.spec, trial);
        cost.disk_bytes += (record_numbers(run, trial) + matrices) * conditions * 8 +
                           double(trials) * (15.0 + 2.0 * area.columns) * 8;
        spike_bytes += kept_spike_bytes(variant.spec, trials, trial.n_steps);
    }
    // the image is built in memory, and copied once when it is closed
    cost.memory_bytes += state_bytes * threads + 2 * cost.disk_bytes + spike_bytes + 40e6;
    cost.disk_bytes += 0.3 * spike_bytes; // 24 of 80
    return cost;
}

nlohmann::ordered_json to_json(const Cost& cost) {
    if (cost.fits > 0)
        return {{"fits", cost.fits},
                {"evaluations", cost.evaluations},
                {"core_seconds", cost.core_seconds}};
    nlohmann::ordered_json json = {
        {"variants", cost.variants},     {"trials", cost.trials},
        {"steps", cost.steps},           {"memory_bytes", cost.memory_bytes},
        {"disk_bytes", cost.disk_bytes}, {"core_seconds", cost.core_seconds}};
    if (cost.neurons > 0) {
        json["neurons"] = cost.neurons;
        if (cost.synapses > 0) json["synapses"] = cost.synapses;
        json["device_memory_bytes"] = cost.device_bytes;
    }
    return json;
}

} // namespace lamina
