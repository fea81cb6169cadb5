/// An experiment from its text to its records: variants, behaviour, expectations.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "experiments/experiment.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/summary.hpp"
#include "support/process.hpp"

using namespace lamina;

namespace {

const std::string shipped_dms = test::read_file(LAMINA_SOURCE_DIR "/experiments/dms.yaml");

std::vector<VariantRun> run_all(const ExperimentSpec& spec) {
    std::vector<VariantRun> runs;
    const std::atomic<bool> stop{false};
    for (const Variant& variant : variants_of(spec)) {
        runs.push_back(prepare(variant));
        run_variant(
            runs.back(), 2, Device{}, -1, [] {}, stop);
    }
    return runs;
}

/// dms.yaml at five times its step: the exponential integrator does not mind.
ExperimentSpec quick_dms(std::vector<std::string> overrides) {
    overrides.insert(overrides.begin(), {"simulation.dt=0.5 ms", "record.rates.every=none",
                                         "record.attention.every=none"});
    return read_spec_text(shipped_dms, "dms.yaml", ".", overrides);
}

} // namespace

TEST_CASE("vary crosses its factors, the last fastest, and names what tells them apart") {
    const ExperimentSpec spec =
        read_spec_text("lamina: 1\nname: a\nseed: 1\ntask: {type: presentation}\noscillation: "
                       "{gamma: {depth: 0.5}}\n"
                       "vary: {oscillation.gamma.depth: [0, 1], oscillation.beta.depth: [0, 0.5],\n"
                       "       oscillation.beta.phase: [0 deg]}\n",
                       "a.yaml", ".");
    CHECK(factor_names(spec) == std::vector<std::string>{"gamma_depth", "beta_depth", "phase"});
    const std::vector<Variant> variants = variants_of(spec);
    REQUIRE(variants.size() == 4);
    CHECK(variants[1].label == "gamma_depth=0, beta_depth=0.5, phase=0 deg");
    CHECK(variants[1].spec.area.oscillation.gamma.depth == 0);
    CHECK(variants[1].spec.area.oscillation.beta.depth == 0.5);
    CHECK(variants[2].spec.area.oscillation.gamma.depth == 1);
    CHECK(variants[2].spec.area.oscillation.beta.depth == 0);
}

TEST_CASE("a named level is one variant, whatever it sets") {
    const ExperimentSpec spec = read_spec_text(
        "lamina: 1\nname: a\nseed: 1\ntask: {type: presentation}\n"
        "vary: {rule: {soft: {column.inhibition: pv_log, column.norm: pre}, control: {}},\n"
        "       column.columns: [4, 8]}\n",
        "a.yaml", ".");
    CHECK(factor_names(spec) == std::vector<std::string>{"rule", "columns"});
    const std::vector<Variant> variants = variants_of(spec);
    REQUIRE(variants.size() == 4);
    CHECK(variants[1].label == "rule=soft, columns=8");
    CHECK(variants[1].spec.area.norm == Norm::pre);
    CHECK(variants[1].spec.area.columns == 8);
    CHECK(variants[2].label == "rule=control, columns=4");
    CHECK(variants[2].spec.area.norm == Norm::none);
}

TEST_CASE("factors of a circuit's tables have names that HDF5 takes") {
    ExperimentSpec spec;
    for (const char* path :
         {"circuit.populations.*.parameters.mu", "circuit.populations.E.parameters.mu",
          "circuit.populations.E.drive.0.weight", "circuit.populations.I.drive.0.weight", "regime"})
        spec.vary.push_back({path, {"1"}, {}});
    CHECK(factor_names(spec) == std::vector<std::string>{"all_parameters_mu", "E_parameters_mu",
                                                         "E_drive_0_weight", "I_drive_0_weight",
                                                         "regime"});
}

TEST_CASE("a variant is called by a word for its label") {
    CHECK(word_of_label("regime=SR") == "regime_SR");
    CHECK(word_of_label("g=4.5, V=-60 mV") == "g_4_5_V_m60_mV");
    const nlohmann::ordered_json summary = {
        {"variants", {{{"label", "g=4"}, {"x", 1.0}}, {{"label", "g=-4"}, {"x", 2.0}}}}};
    CHECK(judge_expectations({{"variants.g_m4.x", ">", 1.5}}, summary).at(0).met);
    CHECK_FALSE(judge_expectations({{"variants.g_5.x", ">", 0}}, summary).at(0).known);
}

TEST_CASE("all variants see the same trials and weights") {
    const ExperimentSpec spec =
        read_spec_text("lamina: 1\nname: a\nseed: 5\ntask: {type: presentation, duration: 20 ms, "
                       "presentations: 2}\n"
                       "column: {columns: 4, heads: 1, d_model: 8, d_head: 8, weights: random}\n"
                       "vary: {column.inhibition: [pv_log, pv_linear]}\n",
                       "a.yaml", ".");
    const std::vector<Variant> variants = variants_of(spec);
    const VariantRun a = prepare(variants[0]), b = prepare(variants[1]);
    CHECK(a.weights.W_Q == b.weights.W_Q);
    CHECK(a.task->trial(1).segments[0].x == b.task->trial(1).segments[0].x);
}

TEST_CASE("expectations find their number, and an unknown path is no success") {
    const nlohmann::ordered_json summary = {
        {"comparison", {{"error", {{"mean", 0.5}, {"ci_low", 0.4}, {"ci_high", 0.6}, {"n", 3}}}}},
        {"loop", {{"f", 40.0}, {"nothing", nullptr}}},
        {"variants", {{{"error", 1.0}}, {{"error", 2.0}}}}};
    const auto met = [&](const std::string& path, const std::string& relation, double bound) {
        return judge_expectations({{path, relation, bound}}, summary).at(0).met;
    };
    CHECK(met("comparison.error", "<", 0.6));
    CHECK_FALSE(met("comparison.error", "<", 0.5));
    CHECK(met("comparison.error", "<=", 0.5));
    CHECK(met("comparison.error.ci_high", ">", 0.5));
    CHECK(met("loop.f", ">=", 40));
    CHECK(met("variants.1.error", ">=", 2));
    CHECK_FALSE(met("variants.2.error", ">=", 0));
    CHECK_FALSE(met("loop.g", "<", 1e9));
    CHECK_FALSE(met("loop.nothing", "<", 1e9));
    // a path that leads nowhere is told apart from a bound that is not met
    const auto known = [&](const std::string& path) {
        return judge_expectations({{path, "<", 0}}, summary).at(0).known;
    };
    CHECK(known("loop.f"));
    CHECK_FALSE(known("loop.g"));
    CHECK_FALSE(met("loop", "<", 1e9));
}

TEST_CASE("delayed match to sample: nearly perfect at load 1, worse with every doubling",
          "[slow]") {
    const auto runs =
        run_all(quick_dms({"task.load=[1, 2, 4, 8]", "task.trials.per_condition=80"}));
    const auto rows = behaviour_of(runs, Conditions(runs));
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].accuracy.value >= 0.97);
    // falling within the 95 % band: no load is better than the lower one's upper limit
    for (std::size_t i = 1; i < 4; ++i) CHECK(rows[i].accuracy.value <= rows[i - 1].accuracy.high);
    CHECK(rows[3].accuracy.high < rows[0].accuracy.low);
    // the column is the block all the way
    for (const TrialRecord& record : runs[0].records)
        for (const PresentationRecord& shown : record.presentations)
            if (!std::isnan(shown.fidelity.output_relative_error))
                CHECK(shown.fidelity.output_relative_error < 1e-6);
}

TEST_CASE("delayed match to sample with random weights is at chance", "[slow]") {
    const auto runs = run_all(
        quick_dms({"task.load=[1, 4]", "task.trials.per_condition=60", "column.weights=random"}));
    // half of the trials match; 60 trials at chance lie in [0.37, 0.63] with 95 %
    for (const auto& row : behaviour_of(runs, Conditions(runs))) {
        CHECK(row.accuracy.low <= 0.5);
        CHECK(row.accuracy.high >= 0.5);
    }
}

TEST_CASE("a coarse step of the area does not coarsen the decision") {
    // Euler with 4 ms would be beyond the stability of tau_0 = 2 ms; the network substeps instead
    const auto runs =
        run_all(quick_dms({"task.load=1", "task.trials.per_condition=20", "simulation.dt=4 ms",
                           "memory.update=20 ms", "record.trace.every=step"}));
    const auto rows = behaviour_of(runs, Conditions(runs));
    CHECK(rows.at(0).accuracy.value >= 0.95);
    CHECK(rows.at(0).rt_median_ms.value > 300);
    CHECK(rows.at(0).rt_median_ms.value < 420);
}

TEST_CASE("rates are means over the columns that hold something, however many are empty") {
    std::vector<double> rms;
    for (const char* columns : {"column.columns=4", "column.columns=12"}) {
        const auto runs = run_all(quick_dms(
            {columns, "task.load=3", "task.trials.per_condition=2", "record.rates.every=50 ms"}));
        const auto& populations = runs[0].populations;
        const auto at = std::find_if(populations.begin(), populations.end(),
                                     [](const PopulationInfo& p) { return p.name == "L4E"; });
        // 700 ms after the beginning: the sample is on
        rms.push_back(runs[0].records[0].rate_rms.at(13 * populations.size() +
                                                     std::size_t(at - populations.begin())));
    }
    CHECK(rms[0] > 0.1);
    CHECK(rms[1] == Approx(rms[0]).epsilon(1e-12)); // the same columns, summed in the same order
}
