/// An experiment file becomes the spec that it says.
#include <catch2/catch.hpp>

#include "experiments/example_spec.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/smallest_spec.hpp"
#include "sim/errors.hpp"

using namespace lamina;
using lamina::test::example_spec;
using lamina::test::smallest_spec;
using lamina::test::spec_of_text;

TEST_CASE("the smallest file has three keys, and every other value is the struct's default") {
    const ExperimentSpec spec = spec_of_text(smallest_spec), defaults;
    CHECK(spec.name == "a");
    CHECK(spec.task.type == "presentation");
    CHECK(spec.area.dt_ms == defaults.area.dt_ms);
    CHECK(spec.area.tau.PV_ms == 2.7);
    CHECK(spec.memory.diffusion_deg2_per_s == 20);
    CHECK(spec.area.oscillation.imposed == false);
    CHECK(spec.text == smallest_spec);
}

TEST_CASE("every key of the example reaches its member, in the member's unit") {
    const ExperimentSpec s = spec_of_text(example_spec);
    CHECK(s.seed == 7);
    CHECK(s.title == "Attention and set size");
    CHECK(s.area.columns == 16);
    CHECK(s.area.d_ff == 32);
    CHECK(s.area.attention == Attention::cross);
    CHECK(s.area.norm == Norm::pre);
    CHECK(s.area.norm_epsilon == 1e-6);
    CHECK(s.area.activation == Activation::relu);
    CHECK(s.area.coding == Coding::opponent);
    CHECK(s.area.baseline == 2.5);
    CHECK(s.area.score == "additive_exponential");
    CHECK(s.area.score_gain == 1.5);
    CHECK(s.area.score_units == 512);
    CHECK(s.area.score_orthogonal);
    CHECK(s.area.inhibition == "pv_finite");
    CHECK(s.area.kappa == 8);
    CHECK(s.area.PV_delay_ms == 0.5);
    CHECK(s.area.tau.L4E_ms == 11);
    CHECK(s.area.tau.L23E_ms == 10);
    CHECK(s.area.tau.PV_lag_ms == 0.3);
    CHECK(s.area.noise.PV == 0.02);
    CHECK(s.weights.kind == "random");
    CHECK(s.weights.biases);
    CHECK(s.area.oscillation.imposed);
    CHECK(s.area.oscillation.gamma.window);
    CHECK(s.area.oscillation.gamma.frequency_Hz == 45);
    CHECK(s.area.oscillation.gamma.phase_rad == Approx(1.5707963267948966).epsilon(1e-15));
    CHECK(s.area.oscillation.beta.depth == 0); // not written
    CHECK(s.memory.encoding_n == 1.6);
    CHECK(s.memory.diffusion_deg2_per_s == 21);
    CHECK(s.memory.update_ms == 5);
    CHECK(s.task.load == std::vector<int>{1, 2, 3, 4});
    CHECK(s.task.timing.sample_ms == 500);
    CHECK(s.task.decision.network.sigma_nA == 0.021);
    CHECK(s.task.decision.network.threshold_Hz == 16);
    CHECK(s.record.trace_every_ms == 2);
    CHECK(s.analysis.ci == 0.9);
    REQUIRE(s.compare_with.size() == 1);
    CHECK(s.compare_with[0].name == "rouder_2008_change_detection");
    REQUIRE(s.expect.size() == 1);
    CHECK(s.expect[0].relation == "<");
    CHECK(s.expect[0].bound == 1e-3);
    REQUIRE(s.vary.size() == 2);
    CHECK(s.vary[0].path == "column.tau.PV");
    CHECK(s.vary[0].values == std::vector<std::string>{"2 ms", "3 ms"});
    CHECK(s.sweep.given);
}

TEST_CASE("weights from a file or from values need no kind, and an override counts more") {
    const auto kind = [&](const std::string& weights,
                          const std::vector<std::string>& overrides = {}) {
        return spec_of_text(smallest_spec + "column: {weights: " + weights + "}\n", overrides)
            .weights.kind;
    };
    CHECK(kind("{file: w.npz}") == "file");
    CHECK(kind("{values: {W_Q: [[1]]}}") == "values");
    CHECK(kind("matched", {"column.weights.file=w.npz"}) == "file");
    CHECK(kind("random", {"column.weights={file: w.npz}"}) == "file");
    CHECK(kind("{file: w.npz}", {"column.weights=random"}) == "random");
    CHECK(kind("{file: w.npz}", {"column.weights.values={W_Q: [[1]]}"}) == "values");
    CHECK(kind("{kind: random, file: w.npz}") == "random");
    CHECK(kind("{kind: values, file: w.npz, values: {W_Q: [[1]]}}") == "values");
    CHECK_THROWS_AS(kind("{file: w.npz, values: {W_Q: [[1]]}}"), SpecError);

    const NamedArrays arrays =
        spec_of_text(smallest_spec + "column: {weights: {values: {W_Q: [[1, 2, 3], [4, 5, "
                                     "6e-5]], b: [0.1]}}}\n")
            .weights_values;
    REQUIRE(arrays.size() == 2);
    CHECK(arrays[0].shape == std::vector<std::size_t>{2, 3});
    CHECK(arrays[0].values == std::vector<double>{1, 2, 3, 4, 5, 6e-5});
    CHECK(arrays[1].shape == std::vector<std::size_t>{1});
}

TEST_CASE("a score, inhibition, weights or recording may be one word") {
    const ExperimentSpec s = spec_of_text(
        smallest_spec + "column: {score: additive_exponential, inhibition: oracle, weights: "
                        "random}\nrecord: {rates: none, trace: step}\noscillation: none\n");
    CHECK(s.area.score == "additive_exponential");
    CHECK(s.area.inhibition == "oracle");
    CHECK(s.weights.kind == "random");
    CHECK(s.record.rates_every_ms == 0);
    CHECK(s.record.trace_every_ms == 0);
    CHECK(s.area.oscillation.imposed == false);
}

TEST_CASE("currents and threshold of a score are read with their units") {
    const ExperimentSpec s =
        spec_of_text(smallest_spec + "column: {score: {type: apical, soma_current: 0.05 nA, "
                                     "dendrite_current: 70 pA, threshold: 0.2}}\n");
    CHECK(s.area.score == "apical");
    CHECK(s.area.score_soma_pA == Approx(50));
    CHECK(s.area.score_dendrite_pA == 70);
    CHECK(s.area.score_threshold == 0.2);
}

TEST_CASE("an override sets what it names and leaves the rest") {
    const ExperimentSpec s =
        spec_of_text(example_spec, {"simulation.dt=0.05 ms", "column.inhibition=pv_log",
                                    "task.load=[2, 5]", "column.tau={gate: 7 ms}",
                                    "oscillation.beta.depth=0.2", "seed=1", "seed=99"});
    CHECK(s.area.dt_ms == 0.05);
    CHECK(s.area.inhibition == "pv_log");
    CHECK(s.area.kappa == 8);
    CHECK(s.task.load == std::vector<int>{2, 5});
    CHECK(s.area.tau.gate_ms == 7);
    CHECK(s.area.tau.L4E_ms == 11);
    CHECK(s.area.oscillation.beta.depth == 0.2);
    CHECK(s.area.oscillation.gamma.depth == 0.6);
    CHECK(s.seed == 99); // the later one wins

    const ExperimentSpec variant = with_override(s, "column.tau.PV", "3 ms");
    CHECK(variant.area.tau.PV_ms == 3);
    CHECK(variant.area.dt_ms == 0.05);
    CHECK(variant.overrides.size() == s.overrides.size() + 1);
}

TEST_CASE("a word can be overridden below, as if it had been a map") {
    const ExperimentSpec s = spec_of_text(smallest_spec + "column: {inhibition: pv_finite}\n",
                                          {"column.inhibition.kappa=5"});
    CHECK(s.area.inhibition == "pv_finite");
    CHECK(s.area.kappa == 5);
}

TEST_CASE("named levels set several paths at once, and tell what is wrong at its place") {
    const std::string head = "lamina: 1\nname: a\nseed: 1\ntask: {type: presentation}\n";
    const auto spec_of_text = [&](const std::string& text) {
        return read_spec_text(head + text, "a.yaml", ".");
    };
    const ExperimentSpec spec = spec_of_text(
        "vary:\n  rule: {soft: {column.inhibition: pv_log, column.norm: pre}, control: {}}\n"
        "  column.columns: [4, 8]\n");
    REQUIRE(spec.vary.size() == 2);
    CHECK(spec.vary[0].path == "rule");
    CHECK(spec.vary[0].values == std::vector<std::string>{"soft", "control"});
    REQUIRE(spec.vary[0].settings(0).size() == 2);
    CHECK(spec.vary[0].settings(0)[1].path == "column.norm");
    CHECK(spec.vary[0].settings(0)[1].value == "pre");
    CHECK(spec.vary[0].settings(1).empty());
    CHECK(spec.vary[1].settings(1)[0].value == "8");
    const ExperimentSpec soft = with_level(spec, spec.vary[0], 0);
    CHECK(soft.area.inhibition == "pv_log");
    CHECK(soft.area.norm == Norm::pre);

    const std::pair<const char*, const char*> wrong[] = {
        {"vary: {rule: {soft: {column.nom: pre}}}\n", "unknown key `nom` in `column`"},
        {"vary: {rule: {soft: {column.norm: pree}}}\n", "a.yaml:5:35"},
        {"vary: {rule: {soft: {column.norm: pree}}}\n", "a value of the factor `rule` of vary"},
        {"vary: {rule: {soft: pre}}\n", "`vary.rule.soft` is one value"},
        {"vary: {rule: {}}\n", "`vary.rule` needs a map of levels"},
        {"vary: {rule: {a-b: {}}}\n", "`a-b` cannot name a level"},
        {"vary: {label: {a: {}, b: {}}}\n", "cannot name a factor"},
        {"vary: {rule: [pre, post]}\n", "unknown key `rule`"},
        {"vary: {column.norm: {a: {column.norm: pre}}}\n", "`vary.column.norm` needs a list"},
        {"vary: {rule: {a: {column.norm: pre}}, column.norm: [pre, post]}\n",
         "two factors set `column.norm`"},
        {"circuit: {populations: {E: {model: lif_exp, n: 4}, I: {model: lif_exp, n: 4}}}\n"
         "vary: {circuit.populations.E.n: [1, 2], circuit.populations.*.n: [3, 4]}\n",
         "one of them by `circuit.populations.E.n`"},
        {"vary: {rule: {a: {name: b}}}\n", "`name` cannot be varied"}};
    for (const auto& [text, words] : wrong) {
        INFO(text);
        CHECK_THROWS_WITH(spec_of_text(text), Catch::Contains(words));
    }
}

TEST_CASE("windows, recorded spikes and variables are read with their places") {
    const std::string head = "lamina: 1\nname: a\nseed: 1\nsimulation: {mode: spiking}\n"
                             "circuit: {model: potjans_diesmann_2014}\n";
    const auto spec_of_text = [&](const std::string& task, const std::string& record) {
        return read_spec_text(head + "task: {type: resting_state" + task + "}\nrecord: {" + record +
                                  "}\n",
                              "a.yaml", ".");
    };
    const ExperimentSpec spec = spec_of_text(
        ", windows: {cue: [2 s, 2.35 s]}",
        "spikes: [L4E, L5E], spike_sample: 7, variables: [{population: L4E, variable: V}, "
        "{population: L5E, variable: I_syn, neurons: 3, every: 0.5 ms}]");
    REQUIRE(spec.task.windows.size() == 1);
    CHECK(spec.task.windows[0].to_ms == 2350);
    CHECK(spec.record.spikes == "some");
    CHECK(spec.record.spike_populations == std::vector<std::string>{"L4E", "L5E"});
    REQUIRE(spec.record.variables.size() == 2);
    CHECK(spec.record.variables[0].neurons == 10);
    CHECK(spec.record.variables[1].every_ms == 0.5);
    CHECK(spec_of_text("", "spikes: all").record.spikes == "all");

    const struct {
        const char *task, *record, *words;
    } wrong[] = {{", windows: {cue: [2 s]}", "", "[from, to] is due"},
                 {", windows: {cue: [2, 3 s]}", "", "error[L0207]"},
                 {", windows: {a.b: [2 s, 3 s]}", "", "cannot name a window"},
                 {"", "spikes: some", "`record.spikes`"},
                 {"", "spikes: [L4E, L4E]", "names L4E twice"},
                 {"", "variables: [{population: L4E}]", "`variable` is missing"},
                 {"", "variables: [{population: L4E, variable: V, evry: 1 ms}]", "`every`?"},
                 {"", "variables: [{population: L4E, variable: V, neurons: 0}]", ">= 1"},
                 {"", "variables: [{population: L4E, variable: V, every: 0 ms}]", "> 0"},
                 {"", "variables: {population: L4E}", "a list of {population"},
                 {"",
                  "variables: [{population: L4E, variable: V}, {population: L4E, variable: V, "
                  "neurons: 3}]",
                  "names V of L4E twice"}};
    for (const auto& c : wrong) {
        INFO(c.task << c.record);
        CHECK_THROWS_WITH(spec_of_text(c.task, c.record), Catch::Contains(c.words));
    }
}

TEST_CASE("vectors diffuse at a rate, rings in angle") {
    const std::string dms =
        "lamina: 1\nname: a\ntask: {type: delayed_match_to_sample, stimuli: {kind: random}}\n";
    const ExperimentSpec s = spec_of_text(dms + "memory: {diffusion: 0.1 1/s}\n");
    CHECK(s.memory.diffusion_per_s == 0.1);
    CHECK(s.memory.diffusion_deg2_per_s == 20);
    CHECK_THROWS_AS(spec_of_text(dms + "memory: {diffusion: 20 deg2/s}\n"), SpecError);
}
