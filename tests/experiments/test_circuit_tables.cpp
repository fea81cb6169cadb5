/// circuit.populations and circuit.projections: from YAML to a network, by path, and back.
#include <catch2/catch.hpp>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "experiments/check_spec.hpp"
#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/circuits/circuit_lines.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/model_tables.hpp"
#include "experiments/circuits/network_cost.hpp"
#include "experiments/describe.hpp"
#include "experiments/explain.hpp"
#include "experiments/own_circuit.hpp"
#include "experiments/quantities.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/resolved_spec.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/run_directory.hpp"
#include "sim/spikes/rule_parameters.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

ExperimentSpec read_checked(const std::string& text,
                            const std::vector<std::string>& overrides = {}) {
    return read_checked_text(text, "a.yaml", ".", overrides, nullptr);
}

const NeuronPopulationSpec& population(const NetworkSpec& network, const std::string& name) {
    for (const NeuronPopulationSpec& p : network.populations)
        if (p.name == name) return p;
    throw SpecError("no population " + name);
}

/// The same file with one text in the place of another.
std::string changed(const std::string& from, const std::string& to) {
    std::string text = own_circuit;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string lines_of(const ExperimentSpec& spec) {
    std::string out;
    for (const CircuitLine& line : circuit_lines(spec.circuit))
        out += line.path + ": " + flow_yaml(line.value) + "\n";
    return out;
}

} // namespace

TEST_CASE("tables become exactly the network that they describe") {
    const NetworkSpec network = network_of(read_checked(own_circuit));
    CHECK(network.dt_ms == 0.1);
    REQUIRE(network.populations.size() == 3);
    const NeuronPopulationSpec &E = network.populations[0], &I = network.populations[1],
                               &cue = network.populations[2];
    CHECK(E.name == "E");
    CHECK(E.model == "lif_delta");
    CHECK(E.n == 80);
    // what equals the model's own is left out: tau_m = 15 ms and sigma = 1 mV do not, E_L = 0 does
    CHECK(E.parameters == std::map<std::string, double>{{"tau_m", 15}, {"mu", 23.1}, {"sigma", 1}});
    REQUIRE(E.start.size() == 1);
    CHECK(E.start.at("V").kind == LawKind::normal_clipped);
    CHECK(E.start.at("V").mean == 15);
    CHECK(E.start.at("V").sd == 2);
    CHECK(E.start.at("V").most == 19);
    CHECK(std::isinf(E.start.at("V").least));
    REQUIRE(E.drives.size() == 2);
    CHECK(E.drives[0].rate_Hz == 20000);
    CHECK(E.drives[0].weight == 0.1);
    CHECK(E.drives[0].channel == "potential");
    CHECK(E.drives[0].from_ms == 0);
    CHECK(E.drives[0].to_ms == 1000);
    CHECK(E.drives[1].rate_Hz == 100);
    CHECK(E.drives[1].channel.empty());
    CHECK(E.drives[1].to_ms == 1e300);
    REQUIRE(E.protocol.size() == 1);
    CHECK(E.protocol[0].from_ms == 50);
    CHECK(E.protocol[0].to_ms == 80);
    CHECK(E.protocol[0].parameters == std::map<std::string, double>{{"mu", 26.6}});

    CHECK(I.model == "adex");
    CHECK(I.drives.empty());
    CHECK(I.start.at("V").kind == LawKind::constant);
    CHECK(I.start.at("V").mean == -65);
    CHECK(cue.model == "poisson");
    CHECK(cue.parameters == std::map<std::string, double>{{"rate", 50}});

    // from: [E, cue] and to: E make two, in this order; the others one each
    REQUIRE(network.projections.size() == 4);
    const ProjectionSpec &EE = network.projections[0], &cueE = network.projections[1],
                         &EI = network.projections[2], &II = network.projections[3];
    CHECK(EE.from == "E");
    CHECK(EE.to == "E");
    CHECK(cueE.from == "cue");
    CHECK(cueE.to == "E");
    CHECK(EE.rule == "fixed_in_degree");
    CHECK(EE.parameters == std::map<std::string, double>{{"number", 10}});
    CHECK_FALSE(EE.autapses);
    CHECK(EE.multapses);
    CHECK(EE.weight.kind == LawKind::constant);
    CHECK(EE.weight.mean == 0.1);
    CHECK(EE.delay_ms.mean == 1.5);
    CHECK(EE.synapse.model == "tsodyks_markram");
    CHECK(EE.synapse.parameters == std::map<std::string, double>{{"U", 0.3}});
    CHECK(EI.rule == "pairwise_bernoulli");
    CHECK(EI.channel == "excitatory");
    CHECK(EI.weight.kind == LawKind::lognormal);
    CHECK(EI.weight.mean == 2);
    CHECK(EI.weight.sd == 0.5);
    CHECK(EI.delay_ms.kind == LawKind::normal_redrawn);
    CHECK(EI.delay_ms.least == 0.5);
    CHECK(EI.delay_ms.most == 3);
    CHECK(EI.synapse.model == "static");
    CHECK(EI.synapse.parameters.empty());
    CHECK(II.rule == "one_to_one");
    CHECK(II.channel == "inhibitory");
    CHECK(II.autapses);
    CHECK(II.weight.kind == LawKind::uniform);
    CHECK(II.weight.least == 1);
    CHECK(II.weight.most == 2);
}

TEST_CASE("any value of a table is overridden by its path") {
    const auto with = [](const std::vector<std::string>& overrides) {
        return network_of(read_checked(own_circuit, overrides));
    };
    CHECK(population(with({"circuit.populations.E.n=100"}), "E").n == 100);
    CHECK(population(with({"circuit.populations.E.parameters.mu=22.7 mV"}), "E")
              .parameters.at("mu") == 22.7);
    CHECK(population(with({"circuit.populations.E.drive.1.rate=1 kHz"}), "E").drives[1].rate_Hz ==
          1000);
    // the one map in a list's place, with its number and without
    for (const char* path : {"protocol.mu", "protocol.0.mu"})
        CHECK(population(with({std::string("circuit.populations.E.") + path + "=20 mV"}), "E")
                  .protocol[0]
                  .parameters.at("mu") == 20);
    // a word stands for a key of its map, and a map sets only its keys
    CHECK(with({"circuit.projections.to_E.weight.mean=0.2 mV"}).projections[0].weight.mean == 0.2);
    CHECK(with({"circuit.projections.to_I.weight=3 nS"}).projections[2].weight.mean == 3);
    CHECK(with({"circuit.projections.to_I.weight=3 nS"}).projections[2].weight.sd == 0.5);
    CHECK(with({"circuit.projections.to_E.rule=all_to_all"}).projections[0].rule == "all_to_all");
    CHECK(with({"circuit.projections.to_E.to=[E]"}).projections[1].from == "cue");
    const NetworkSpec four = with(
        {"circuit.populations.X={model: lif_delta, n: 3}", "circuit.projections.to_E.to=[X, E]"});
    REQUIRE(four.projections.size() == 6);
    const char* const names[] = {"to_E_E_X", "to_E_E_E", "to_E_cue_X", "to_E_cue_E"};
    for (std::size_t k = 0; k < 4; ++k) {
        const ProjectionSpec& p = four.projections[k];
        CHECK(p.name == names[k]);
        CHECK("to_E_" + p.from + "_" + p.to == names[k]);
    }
    // a population more
    CHECK(with({"circuit.populations.X={model: lif_exp, n: 3}"}).populations[3].n == 3);
}

TEST_CASE("* is every population or projection that has the key") {
    const auto with = [](const std::string& text) {
        return network_of(read_checked(own_circuit, {text}));
    };
    NetworkSpec network = with("circuit.populations.*.parameters.V_thresh=18 mV");
    CHECK(population(network, "E").parameters.at("V_thresh") == 18);
    CHECK(population(network, "cue").parameters.count("V_thresh") == 0); // has none
    network = with("circuit.populations.*.n=40");
    for (const NeuronPopulationSpec& p : network.populations) CHECK(p.n == 40);
    network = with("circuit.projections.*.rule.probability=0.3");
    CHECK(network.projections[2].parameters.at("probability") == 0.3);
    CHECK(network.projections[0].parameters.count("probability") == 0);
    // or every one whose name begins so
    network = with("circuit.projections.to_*.delay=3 ms");
    for (const ProjectionSpec& p : network.projections)
        CHECK((p.delay_ms.mean == 3) == (p.from != "I"));
    CHECK_THROWS_WITH(with("circuit.populations.Q*.n=3"), Catch::Contains("no population Q* has"));
    CHECK_THROWS_WITH(with("circuit.populations.*.parameters.nonesuch=1"),
                      Catch::Contains("no population has a parameter `nonesuch`"));
}

TEST_CASE("vary takes paths of tables, and tells of values that cannot be") {
    const std::string tail = "vary: {circuit.projections.to_E.weight: [0.1 mV, 0.2 mV], "
                             "circuit.populations.*.parameters.V_reset: [5 mV, 6 mV]}\n";
    const ExperimentSpec spec = read_spec_text(own_circuit + tail, "a.yaml", ".");
    REQUIRE(spec.vary.size() == 2);
    const ExperimentSpec variant = with_override(spec, spec.vary[0].path, spec.vary[0].values[1]);
    CHECK(network_of(variant).projections[1].weight.mean == 0.2);
    CHECK_THROWS_WITH(
        read_spec_text(own_circuit + "vary: {circuit.projections.to_E.weight: [1 mV, 2 pA]}\n",
                       "a.yaml", "."),
        Catch::Contains("2 pA is a current") && Catch::Contains("of vary"));
    CHECK_THROWS_WITH(
        read_spec_text(own_circuit + "vary: {circuit.populations.Q.n: [1, 2]}\n", "a.yaml", "."),
        Catch::Contains("there is no population `Q`") && Catch::Contains("L0221"));
}

TEST_CASE("spec.resolved.yaml has every default of the tables, and reads as the same circuit") {
    const ExperimentSpec spec = read_checked(
        own_circuit, {"circuit.populations.I.n=20", "circuit.populations.E.drive.1.rate=200 Hz"});
    const std::string resolved = resolved_spec(spec);
    INFO(resolved);
    const ExperimentSpec again = read_checked(resolved);
    CHECK(lines_of(again) == lines_of(spec));
    CHECK(resolved_spec(read_checked(resolved_spec(again))).find("circuit.model") ==
          std::string::npos);
    const auto has = [&](const std::string& line, const std::string& origin) {
        const std::size_t at = resolved.find(line);
        REQUIRE(at != std::string::npos);
        const std::string rest = resolved.substr(at, resolved.find('\n', at) - at);
        INFO(rest);
        CHECK(rest.find("# " + origin) != std::string::npos);
    };
    has("t_ref: 2 ms", "default");
    has("mu: 23.1 mV", "line 10");
    has("n: 20", "override circuit.populations.I.n=20");
    has("drive: [{", "override circuit.populations.E.drive.1.rate=200 Hz");
    has("tau_D: 200 ms", "default");
    has("multapses: true", "default");
    CHECK(resolved_json(spec)["circuit"]["populations"]["E"]["n"] == 80);
    CHECK(resolved_json(spec)["circuit"]["projections"]["to_E"]["weight"] == "0.1 mV");
    CHECK(resolved_json(spec)["circuit"].count("model") == 0);
}

TEST_CASE("every parameter of every rule and every unit of a model has its place in the tables") {
    for (const ConnectionRule& rule : circuit_rules())
        for (const char* name : rule.parameters) {
            INFO(rule.name << " " << name);
            CHECK(find_rule_parameter(name) != nullptr);
        }
    const auto known = [](const std::string& unit) { return unit.empty() || find_unit(unit); };
    for (const NeuronModelEntry& model : circuit_neurons()) {
        INFO(model.name);
        CHECK(model.channels.size() == model.channel_units.size());
        for (const NeuronParameter& p : model.parameters) CHECK(known(p.unit));
        for (const NeuronVariable& v : model.variables) CHECK(known(v.unit));
        for (const std::string& unit : model.channel_units) CHECK(known(unit));
    }
    for (const RuleParameter& p : rule_parameters()) CHECK(known(p.unit));
}

TEST_CASE("explain knows the keys of tables, with a name or *") {
    for (const Field& row : circuit_fields()) {
        INFO(row.path);
        CHECK_FALSE(row.meaning.empty());
        CHECK(explain(row.path).find(row.meaning) != std::string::npos);
        CHECK(
            (row.required || !row.standard.empty() || row.path.find(".mean") != std::string::npos));
    }
    CHECK(explain("circuit.populations.Any_name.drive.rate") ==
          explain("circuit.populations.*.drive.rate"));
    CHECK(explain("circuit.populations.E.drive.0.rate") ==
          explain("circuit.populations.*.drive.rate"));
    CHECK(explain("circuit.populations.E.parameters.tau_m").find("membrane time constant") !=
          std::string::npos);
    // and which models have a parameter, with its usual value
    const std::pair<const char*, const char*> shared[] = {
        {"populations.E.parameters.tau_m", "lif_delta                 membrane"},
        {"populations.E.protocol.tau_m", "; 20 ms when it is not written"},
        {"projections.a.synapse.U", "tsodyks_markram           "},
        {"projections.a.rule.probability", "of a synapse; where it falls with distance"}};
    for (const auto& [path, words] : shared) {
        INFO(path);
        CHECK_THAT(explain(std::string("circuit.") + path), Catch::Contains(words));
    }
    CHECK_THROWS_AS(explain("circuit.populations.E.nonesuch"), SpecError);
}

TEST_CASE("spikes and synapses come from files or from the spec") {
    const TemporaryDirectory folder;
    const auto read_here = [&](const std::string& text) {
        return read_checked_text(text, "a.yaml", folder.path(), {}, nullptr);
    };
    const std::string head = "lamina: 1\nname: a\nseed: 1\nsimulation: {mode: spiking}\n"
                             "task: {type: resting_state}\ncircuit:\n  populations:\n";
    const std::string given = "    S: {model: spike_times, n: 4, spikes: ";
    const auto spikes_of = [&](const std::string& value) {
        return network_of(read_here(head + given + value + "}\n")).populations[0].spikes;
    };
    write_file(folder.path() / "spikes.csv", "neuron,time_ms\n0,10\n3,12.5\n");
    for (const char* value : {"[[10 ms, 0], [12.5 ms, 3]]", "{file: spikes.csv}"}) {
        const std::vector<TimedSpike> spikes = spikes_of(value);
        REQUIRE(spikes.size() == 2);
        CHECK(spikes[1].time_ms == 12.5);
        CHECK(spikes[1].neuron == 3);
    }
    write_file(folder.path() / "beyond.csv", "time_ms,neuron\n1,0\n10,4\n");
    CHECK_THROWS_WITH(spikes_of("{file: beyond.csv}"),
                      Catch::Contains("beyond.csv:3") && Catch::Contains("no neuron 4"));
    CHECK_THROWS_WITH(spikes_of("{file: none.csv}"), Catch::Contains("L0342"));

    const auto table_of = [&](const std::string& file, const std::string& more) {
        return network_of(
            read_here(head +
                      "    E: {model: lif_exp, n: 3}\n  projections:\n    a: {from: E, to: "
                      "E, rule: {type: explicit_table, file: " +
                      file + "}" + more + "}\n"));
    };
    write_file(folder.path() / "full.csv",
               "source,target,weight,delay_ms\n0,1,80.5,1.5\n2,0,-300,0.8\n");
    const ProjectionSpec full = table_of("full.csv", "").projections.at(0);
    CHECK(full.table.has_weights);
    CHECK(full.table.has_delays);
    REQUIRE(full.table.synapses.size() == 2);
    CHECK(full.table.synapses[1].source == 2);
    CHECK(full.table.synapses[1].weight == -300);
    CHECK(full.table.synapses[1].delay_ms == 0.8);
    write_file(folder.path() / "pairs.csv", "source,target\n0,1\n");
    CHECK(table_of("pairs.csv", ", weight: 5 pA, delay: 1 ms").projections[0].weight.mean == 5);
    CHECK_THROWS_WITH(table_of("pairs.csv", ", delay: 1 ms"), Catch::Contains("no column weight"));
    // weights of a file that learn lie within their bounds, too
    CHECK_THROWS_WITH(table_of("full.csv", ", synapse: {model: stdp_pair, w_max: 90 pA}"),
                      Catch::Contains("between 0 and w_max = 90, and could begin between -300 and "
                                      "80.5") &&
                          Catch::Contains("--> a.yaml:10:"));
    // the run is bound to the bytes of its files
    const ExperimentSpec spec = read_here(head + given + "{file: spikes.csv}}\n");
    CHECK(resolved_spec(spec).find((folder.path() / "spikes.csv").string()) != std::string::npos);
}

TEST_CASE("what a table costs is told before it runs") {
    const NetworkNeeds needs = network_needs(read_checked(own_circuit), true);
    CHECK(needs.neurons == 120);
    // 80 targets of 10 synapses from E and 10 from cue, a tenth of 80 x 20, 20 pairs
    CHECK(needs.synapses == Approx(80 * 10 + 80 * 10 + 160 + 20));
    CHECK(needs.spikes == Approx(120 * 8 * 0.1)); // of 8 Hz: nobody has published a rate
    CHECK(needs.core_seconds > 0);
    // a synapse that learns keeps its weight in single precision, its source and its place
    const std::string learning =
        changed("{model: tsodyks_markram, U: 0.3}", "{model: stdp_pair, w_max: 1 mV}");
    CHECK(needs.memory_bytes > 4 * needs.synapses);
    CHECK(network_needs(read_checked(learning), false).memory_bytes >
          needs.memory_bytes + 1600 * 12);
    // of a large circuit a small one is timed, which can be built although its rules are strict
    const ExperimentSpec large = read_checked(
        own_circuit, {"circuit.populations.E.n=200000", "circuit.projections.to_E.from=E",
                      "circuit.projections.to_E.rule={number: 100, multapses: false}"});
    const NetworkNeeds large_needs = network_needs(large, true);
    CHECK(large_needs.synapses == Approx(200000 * 100 + 0.1 * 200000 * 20 + 20));
    CHECK(large_needs.core_seconds > needs.core_seconds);
    // 119 of 119 others become 1 of 1
    CHECK_NOTHROW(network_needs(
        read_checked(
            own_circuit,
            {"circuit.populations.cue.n=200000", "circuit.populations.E.n=120",
             "circuit.projections.to_E.from=E",
             "circuit.projections.to_E.rule={number: 119, autapses: false, multapses: false}"}),
        true));
}

TEST_CASE("a circuit of tables runs, reports and describes itself") {
    const TemporaryDirectory folder;
    const fs::path file = folder.path() / "own.yaml", out = folder.path() / "out";
    write_file(file, own_circuit);
    const auto ran =
        run_lamina({"run", file.string(), "-o", out.string(), "circuit.populations.E.n=60"});
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const auto summary = nlohmann::json::parse(read_file(out / "run.json"))["summary"];
    CHECK(summary["network"]["neurons"] == 100);
    CHECK(summary["populations"]["E"]["rate_Hz"]["mean"].get<double>() > 1);
    // nobody has published a rate of it
    CHECK(summary["populations"]["E"].count("reference_rate_Hz") == 0);
    CHECK(read_file(out / "report.html").find("circuit.populations.E.model") != std::string::npos);
    const auto again = run_lamina({"run", (out / "spec.resolved.yaml").string(), "-o",
                                   (folder.path() / "again").string(), "--no-report"});
    INFO(again.err);
    REQUIRE(again.exit_code == 0);
    CHECK(nlohmann::json::parse(read_file(folder.path() / "again/run.json"))["summary"] == summary);
    for (const char* format : {"md", "tex"}) {
        const auto described = run_lamina({"describe", file.string(), "--format", format});
        CHECK(described.exit_code == 0);
        CHECK(described.out.find("lognormal, mean 2, SD 0.5 nS") != std::string::npos);
        CHECK(described.out.find("U = 0.3") != std::string::npos);
        CHECK(described.out.find("50 to 80 ms") != std::string::npos);
    }
    for (const char* what : {"neurons", "rules", "synapses"}) {
        const auto listed = run_lamina({"list", what, "--json"});
        CHECK(nlohmann::json::parse(listed.out)[what].size() >= 2);
    }
    CHECK(run_lamina({"list", "neurons"}).out.find("tau_m        20 ms") != std::string::npos);
}

TEST_CASE("what is wrong with a table is told with its place") {
    struct Wrong {
        const char *from, *to, *says;
    };
    const Wrong all[] = {
        {"tau_m: 15 ms", "tau_n: 15 ms", "did you mean `tau_m`?"},
        {"n: 80", "m: 80", "unknown key `m`"},
        {"\n      n: 80", "", "`circuit.populations.E.n` is missing"},
        {"n: 80", "n: 0", "must be >= 1"},
        {"model: lif_delta", "model: lif_delt", "did you mean `lif_delta`?"},
        {"tau_m: 15 ms", "tau_m: 15", "no unit"},
        {"tau_m: 15 ms", "tau_m: 15 mV", "is a voltage; expected a time"},
        {"tau_m: 15 ms", "tau_m: -15 ms", "must be > 0 ms"},
        {"start: {V: {law", "start: {W: {law", "unknown key `W`"},
        {"mean: 15 mV, sd: 2 mV, most", "mean: 15 mV, sd: -2 mV, most", "must be >= 0"},
        {"mean: 15 mV, sd: 2 mV", "mean: 15 mV", "start.V.sd` is missing"},
        {"law: normal, mean: 15 mV", "mean: 15 mV", "start.V.law` is missing"},
        {"law: normal, mean: 15 mV", "law: norml, mean: 15 mV", "did you mean `normal`?"},
        {"least: 1 nS, most: 2 nS", "least: 3 nS, most: 2 nS", "lies above"},
        {"input: potential", "input: excitatory", "`excitatory` is not known"},
        {"rate: 20 kHz, ", "", "drive.0.rate` is missing"},
        {"weight: 0.1 mV, input", "weight: 0.1 nS, input", "is a conductance"},
        {"weight: 0.1 mV, input", "weigth: 0.1 mV, input", "did you mean `weight`?"},
        {"to: 1 s}", "to: 0 s}", "L0383"},
        {"to: 80 ms, mu: 26.6 mV", "to: 80 ms", "names no parameter"},
        {"to: 80 ms, mu", "to: 80.04 ms, mu", "not a multiple of dt"},
        {"[E, cue]", "[E, cues]", "did you mean `cue`?"},
        {"[E, cue]", "[]", "empty list"},
        {"[E, cue]", "[E, E]", "names E twice"},
        {"    to_E:", "    to-E:", "L0381"},
        {"type: fixed_in_degree, number: 10", "type: fixed_in_degree", "rule.number` is missing"},
        {"number: 10", "number: 10.5", "not a whole number"},
        {"number: 10", "nmber: 10", "did you mean `number`?"},
        {"type: fixed_in_degree", "type: fixed_indegree", "did you mean `fixed_in_degree`?"},
        {"probability: 0.1", "probability: 1.1", "must be >= 0 and <= 1"},
        {"      weight: 0.1 mV\n", "", "to_E.weight` is missing"},
        {"      weight: 0.1 mV\n", "      weight: 0.1 pA\n", "is a current"},
        {"delay: 1.5 ms", "delay: 0 ms", "a delay must be > 0"},
        {"U: 0.3", "u: 0.3", "tsodyks_markram knows"},
        {"model: tsodyks_markram", "model: tsodyks", "is not known"},
        {"{type: pairwise_bernoulli, probability: 0.1}", "one_to_one", "L0387"},
        {"autapses: false", "autapses: false, multapses: false, number_: 1", "unknown key"},
        {"delay: 1.5 ms", "delay: 10 s", "65535 steps of 0.1 ms are the longest"},
        {"U: 0.3", "U: 1.5", "U is a share"},
        {"number: 10, autapses: false", "number: 100, multapses: false", "partners"},
        {"parameters: {tau_m", "parameters: {V_reset: 30 mV, tau_m", "V_reset must lie below"},
        {"mode: spiking", "mode: rate", "L0335"},
        {"circuit:\n", "circuit:\n  model: potjans_diesmann_2014\n", "L0380"},
    };
    for (const Wrong& wrong : all) {
        INFO(wrong.from << " -> " << wrong.to);
        std::string said;
        try {
            read_checked(changed(wrong.from, wrong.to));
        } catch (const SpecError& error) { said = error.what(); }
        INFO(said);
        CHECK(said.find(wrong.says) != std::string::npos);
        CHECK(said.find("--> a.yaml:") != std::string::npos);
        // a place with a line and a column
        CHECK(said.find("   |\n") != std::string::npos);
    }
}

TEST_CASE("tables of odd shapes are refused with a place") {
    const std::string head = "lamina: 1\nname: a\nseed: 1\nsimulation: {mode: spiking}\n"
                             "task: {type: resting_state}\ncircuit:\n";
    const char* const odd[] = {
        "  populations: []",
        "  populations: E",
        "  populations: {E: lif_exp}",
        "  populations: {E: []}",
        "  populations: {E: {model: [lif_exp], n: 3}}",
        "  populations: {E: {model: lif_exp, n: {a: 1}}}",
        "  populations: {\"*\": {model: lif_exp, n: 3}}",
        "  populations: {\"a.b\": {model: lif_exp, n: 3}}",
        "  populations: {E: {model: lif_exp, n: 3, parameters: [1]}}",
        "  populations: {E: {model: lif_exp, n: 3, parameters: {tau_m: {a: 1}}}}",
        "  populations: {E: {model: lif_exp, n: 3, parameters: {\"a.b\": 1}}}",
        "  populations: {E: {model: lif_exp, n: 3, start: 3}}",
        "  populations: {E: {model: lif_exp, n: 3, start: {V: [1 mV]}}}",
        "  populations: {E: {model: lif_exp, n: 3, drive: 3}}",
        "  populations: {E: {model: lif_exp, n: 3, drive: []}}",
        "  populations: {E: {model: lif_exp, n: 3, drive: [[1, 2]]}}",
        "  populations: {E: {model: lif_exp, n: 3, drive: {rate: 1 Hz, weight: 1 pA, \"0\": {}}}}",
        "  populations: {E: {model: lif_exp, n: 3, drive: {\"0\": {rate: 1 Hz, weight: 1 pA}}}}",
        "  populations: {E: {model: lif_exp, n: 3, protocol: {\"0\": {I_bias: 1 pA}}}}",
        "  populations: {S: {model: spike_times, n: 3, spikes: 5}}",
        "  populations: {S: {model: spike_times, n: 3, spikes: [5]}}",
        "  populations: {S: {model: spike_times, n: 3, spikes: [[[5], 1]]}}",
        "  populations: {S: {model: spike_times, n: 3, spikes: [[5 ms, -1]]}}",
        "  populations: {S: {model: spike_times, n: 3, spikes: {flie: a.csv}}}",
        "  projections: {a: {from: E, to: E, rule: all_to_all, weight: 1 pA, delay: 1 ms}}",
        "  populations: {E: {model: lif_exp, n: 3}}\n  projections: {a: 3}",
        "  populations: {E: {model: lif_exp, n: 3}}\n  projections: {a: {}}",
        "  populations: {E: {model: lif_exp, n: 3}}\n  projections: {a: {from: {a: 1}, to: E, "
        "rule: all_to_all, weight: 1 pA, delay: 1 ms}}",
        "  populations: {E: {model: lif_exp, n: 3}}\n  projections: {a: {from: E, to: E, "
        "rule: [all_to_all], weight: 1 pA, delay: 1 ms}}",
        "  populations: {E: {model: lif_exp, n: 3}}\n  projections: {a: {from: E, to: E, "
        "rule: all_to_all, weight: [1 pA], delay: 1 ms}}",
    };
    for (const char* const tables : odd) {
        INFO(tables);
        std::string said;
        try {
            read_checked(head + tables + "\n");
        } catch (const SpecError& error) { said = error.what(); }
        INFO(said);
        CHECK(said.find("--> a.yaml:") != std::string::npos);
    }
    // overrides, too
    for (const char* const path :
         {"circuit.populations.E.drive.99999999999999999999.rate", "circuit.populations..n",
          "circuit.populations.E.drive.0.0.rate", "circuit.populations.E.model.x",
          "circuit.populations.*", "circuit.populations.E.n.0", "circuit..E.n"}) {
        INFO(path);
        CHECK_THROWS_AS(read_checked(own_circuit, {std::string(path) + "=1 Hz"}), SpecError);
    }
}
