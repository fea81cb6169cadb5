/// Who fired in a step of a column of neurons, and what is kept of it.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "sim/column_cells.hpp"
#include "sim/run.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec column_of_neurons() {
    AreaSpec spec;
    spec.columns = 3, spec.heads = 2, spec.d_model = 4, spec.d_head = 2, spec.dt_ms = 0.2;
    spec.spiking.on = true;
    spec.spiking.n_neurons = 4, spec.spiking.PV_neurons = 7;
    spec.score = "apical", spec.spiking.match_neurons = 3;
    return spec;
}

/// The same tokens in each of three trials.
struct ShowsTokens final : Task {
    explicit ShowsTokens(const AreaSpec& spec) {
        shown.n_steps = 300;
        shown.segments = {tokens(spec, 2)};
        shown.presentations = {{"tokens", 0, 300}};
    }
    std::int64_t n_trials() const override { return 3; }
    Trial trial(std::int64_t n) const override {
        Trial trial = shown;
        trial.number = n;
        return trial;
    }
    const std::vector<double>& stimuli() const override { return none; }
    std::vector<std::string> stimulus_names() const override { return {}; }
    Trial shown;
    std::vector<double> none;
};

std::size_t place_of(const AreaSpec& spec, const char* name) {
    const auto all = spiking_populations(spec);
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return std::size_t(at - all.begin());
}

std::vector<double> raw(const Area& area, const char* name, std::size_t n) {
    std::vector<double> out(n);
    area.read_raw(area.index_of(name), out.data());
    return out;
}

} // namespace

TEST_CASE("who fired in a step is what rates are filtered from, number by number") {
    const AreaSpec spec = column_of_neurons();
    const auto area = make_area(spec, small_weights(spec, 1), 1);
    area->reset(3, 1);
    area->present(tokens(spec, 2));
    const std::size_t at = place_of(spec, "L4E"), gate = place_of(spec, "L5gate");
    std::vector<double> r = raw(*area, "L4E", 24), a = raw(*area, "L5gate", 18);
    const auto leak = [&](double tau_ms) { return -std::expm1(-spec.dt_ms / tau_ms); };
    std::vector<std::int64_t> fired(spiking_populations(spec).size());
    for (int step = 0; step < 400; ++step) {
        area->advance(step);
        for (std::size_t i = 0; i < fired.size(); ++i) {
            const StepSpikes now = area->step_spikes(i);
            for (std::size_t unit = 0; unit < now.n_units; ++unit) fired[i] += now.of(unit);
        }
        // neuron c of number g is unit g n + c
        const StepSpikes cells = area->step_spikes(at), gates = area->step_spikes(gate);
        REQUIRE(cells.n_units == 24 * 4);
        REQUIRE(gates.n_units == 18);
        for (std::size_t g = 0; g < r.size(); ++g) {
            double n = 0;
            for (std::size_t c = 0; c < 4; ++c) n += cells.of(4 * g + c);
            r[g] += leak(spec.tau.L4E_ms) * (n / (4 * 40e-3 * spec.dt_ms) - r[g]);
        }
        for (std::size_t g = 0; g < a.size(); ++g)
            a[g] += leak(spec.tau.gate_ms) * (gates.of(g) / (4 * 0.1 * spec.dt_ms) - a[g]);
    }
    CHECK(largest_difference(r, raw(*area, "L4E", 24)) < 1e-12);
    CHECK(largest_difference(a, raw(*area, "L5gate", 18)) < 1e-12);
    const auto counted = area->spikes();
    for (std::size_t i = 0; i < counted.size(); ++i) {
        INFO(counted[i].name);
        CHECK(fired[i] == counted[i].n_spikes);
        CHECK(fired[i] > 0);
    }
}

TEST_CASE("kept spikes: those that were counted, the same from any number of threads; the rest of "
          "a record does not see them") {
    const AreaSpec spec = column_of_neurons();
    const auto weights = small_weights(spec, 1);
    const ShowsTokens task(spec);
    const auto run = [&](int threads, const std::vector<std::uint32_t>& spikes_of) {
        RunPlan plan;
        plan.area = &spec, plan.weights = &weights, plan.task = &task, plan.seed = 3;
        plan.recording.spikes_of = spikes_of;
        const std::atomic<bool> stop{false};
        return run_trials(
            plan, threads, [] {}, stop);
    };
    const std::size_t n = spiking_populations(spec).size();
    const std::vector<std::uint32_t> everyone(n, 1000000);
    std::vector<std::uint32_t> few(n, 5);
    few[0] = 0;
    const auto none = run(1, {}), all = run(1, everyone), on_three = run(3, everyone),
               some = run(2, few);
    REQUIRE(all.size() == 3);
    for (std::size_t t = 0; t < 3; ++t) {
        CHECK(none[t].kept_spikes.empty());
        CHECK(none[t].rate_rms == all[t].rate_rms);
        CHECK(none[t].presentations[0].fidelity.output_relative_error ==
              all[t].presentations[0].fidelity.output_relative_error);
        REQUIRE(all[t].kept_spikes.size() == n);
        for (std::size_t i = 0; i < n; ++i) {
            const KeptSpikes& kept = all[t].kept_spikes[i];
            CHECK(std::int64_t(kept.step.size()) == all[t].spikes[i].n_spikes);
            CHECK(none[t].spikes[i].n_spikes == all[t].spikes[i].n_spikes);
            CHECK(kept.step == on_three[t].kept_spikes[i].step);
            CHECK(kept.unit == on_three[t].kept_spikes[i].unit);
            CHECK(std::is_sorted(kept.step.begin(), kept.step.end()));
            // of the first five the same, of the first population nothing
            KeptSpikes first;
            for (std::size_t k = 0; k < kept.step.size(); ++k)
                if (kept.unit[k] < few[i])
                    first.step.push_back(kept.step[k]), first.unit.push_back(kept.unit[k]);
            CHECK(some[t].kept_spikes[i].step == first.step);
            CHECK(some[t].kept_spikes[i].unit == first.unit);
        }
    }
    // trials have noise of their own
    CHECK(all[0].kept_spikes[0].step != all[1].kept_spikes[0].step);
}

TEST_CASE("counts in bins, and intervals, are those of the kept spikes") {
    const AreaSpec spec = column_of_neurons();
    const auto weights = small_weights(spec, 1);
    const ShowsTokens task(spec);
    const std::size_t n = spiking_populations(spec).size(), at = place_of(spec, "L4E");
    RunPlan plan;
    plan.area = &spec, plan.weights = &weights, plan.task = &task, plan.seed = 3;
    plan.recording.spikes_of.assign(n, 1000000);
    plan.recording.counted.resize(n);
    plan.recording.counted[at] = {{0, 5, 70}, {4, 40}, 4};
    plan.recording.count_every = 70; // four bins of 300 steps, and what is left out
    const auto area = make_area(spec, weights, 3);
    const TrialRecord record = run_trial(plan, *area, 1);
    REQUIRE(record.spike_counts.size() == n);
    CHECK(record.spike_counts[at + 1].of_neurons.empty());
    const SpikeCounts& counts = record.spike_counts[at];
    std::vector<std::uint16_t> of_neurons(4 * 3), of_numbers(4 * 2);
    std::vector<double> intervals(3), sum(3), squares(3), last(3, -1);
    const KeptSpikes& kept = record.kept_spikes[at];
    for (std::size_t k = 0; k < kept.step.size(); ++k) {
        const std::uint32_t unit = kept.unit[k], bin = kept.step[k] / 70;
        const std::size_t who = unit == 0 ? 0 : unit == 5 ? 1 : unit == 70 ? 2 : 3;
        if (bin < 4 && who < 3) ++of_neurons[bin * 3 + who];
        if (bin < 4 && unit / 4 == 1) ++of_numbers[bin * 2];
        if (bin < 4 && unit / 4 == 10) ++of_numbers[bin * 2 + 1];
        if (who == 3) continue;
        if (last[who] >= 0) {
            const double interval = kept.step[k] - last[who];
            intervals[who] += 1, sum[who] += interval, squares[who] += interval * interval;
        }
        last[who] = kept.step[k];
    }
    CHECK(counts.of_neurons == of_neurons);
    CHECK(counts.of_numbers == of_numbers);
    CHECK(counts.intervals == intervals);
    CHECK(counts.interval_sum == sum);
    CHECK(counts.interval_squares == squares);
    CHECK(intervals[0] > 0);
}
