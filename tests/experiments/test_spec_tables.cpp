/// The field table speaks with one voice: reader, schema, explanations, reference pages and
/// spec.resolved.yaml agree.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "experiments/check_spec.hpp"
#include "experiments/example_spec.hpp"
#include "experiments/explain.hpp"
#include "experiments/fields.hpp"
#include "experiments/own_circuit.hpp"
#include "experiments/quantities.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/scalars.hpp"
#include "experiments/schema.hpp"
#include "experiments/smallest_spec.hpp"
#include "sim/errors.hpp"
#include "support/skip.hpp"

using namespace lamina;
using lamina::test::example_spec;
using lamina::test::smallest_spec;
using lamina::test::spec_of_text;

namespace {

std::string file_text(const std::string& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

/// Every value of two specs, for comparison.
std::string all_values(const ExperimentSpec& spec) {
    std::string out;
    for (const Field& field : fields())
        out += field.path + ": " + (field.kind == FieldKind::sweep ? "" : yaml_text(field, spec)) +
               "\n";
    return out;
}

/// The tree as JSON, with types as a reader of YAML 1.2 gives them.
nlohmann::ordered_json json_of(const YamlNode& node) {
    if (node.is_map()) {
        nlohmann::ordered_json out = nlohmann::ordered_json::object();
        for (const YamlEntry& entry : node.entries) out[entry.key] = json_of(*entry.value);
        return out;
    }
    if (node.is_list()) {
        nlohmann::ordered_json out = nlohmann::ordered_json::array();
        for (const YamlEntry& entry : node.entries) out.push_back(json_of(*entry.value));
        return out;
    }
    if (node.plain && (node.text == "true" || node.text == "false")) return node.text == "true";
    if (node.plain && (node.text.empty() || node.text == "null")) return nullptr;
    const Read<std::uint64_t> natural = read_natural(node, "");
    if (const auto* value = std::get_if<std::uint64_t>(&natural)) return *value;
    const Read<double> number = read_number(node, "");
    if (const auto* value = std::get_if<double>(&number)) return *value;
    return node.text;
}

bool reads(const std::string& text) {
    try {
        spec_of_text(text);
        return true;
    } catch (const SpecError&) { return false; } catch (const DeviceError&) {
        return false;
    }
}

} // namespace

TEST_CASE("every key has a meaning, a default inside its range, and an example that reads") {
    for (const Field& field : fields()) {
        INFO(field.path);
        CHECK_FALSE(field.meaning.empty());
        if (field.kind == FieldKind::quantity) CHECK(find_unit(field.unit) != nullptr);
        if (!field.get) continue;
        const FieldValue standard = field.get(default_spec());
        if (const auto* value = std::get_if<double>(&standard)) CHECK(field.range.holds(*value));
        if (const auto* value = std::get_if<std::int64_t>(&standard))
            CHECK(field.range.holds(static_cast<double>(*value)));
        if (!field.example.empty())
            CHECK_NOTHROW(spec_of_text(smallest_spec, {field.path + "=" + field.example}));
        // the parent is a section
        const std::size_t point = field.path.rfind('.');
        CHECK(find_section(point == std::string::npos ? "" : field.path.substr(0, point)) !=
              nullptr);
    }
}

TEST_CASE("each key reaches a member of its own: every example changes one value") {
    const std::string before = all_values(spec_of_text(smallest_spec));
    for (const Field& field : fields()) {
        INFO(field.path);
        const bool constant = field.get && !field.choices.empty() && field.words().size() == 1;
        if (!field.get || constant || field.path == "lamina") continue;
        // a value that is not the default
        std::string value = field.example;
        for (const std::string& word : field.words())
            if (word != yaml_text(field, default_spec()) && word != "default") value = word;
        if (field.kind == FieldKind::boolean) value = "true";
        if (field.kind == FieldKind::natural || field.kind == FieldKind::integer) value = "3";
        if (field.kind == FieldKind::number) value = "0.375";
        if (field.kind == FieldKind::quantity) value = "0.375 " + field.unit;
        if (field.path == "column.tau.PV") value = "3 ms";
        const ExperimentSpec changed = spec_of_text(smallest_spec, {field.path + "=" + value});
        int n_different = 0;
        for (const Field& other : fields())
            if (other.kind != FieldKind::sweep &&
                yaml_text(other, changed) != yaml_text(other, spec_of_text(smallest_spec)))
                ++n_different;
        // trials.per_condition is the number of presentations, too; a flat rhythm follows from the
        // other; a file of weights says where they come from
        const bool two = field.path == "task.trials.per_condition" ||
                         field.path.rfind("oscillation.", 0) == 0 ||
                         field.path == "task.stimuli.kind" || field.path == "column.weights.file";
        CHECK(n_different >= 1);
        CHECK(n_different <= (two ? 3 : 1));
    }
}

TEST_CASE("spec.resolved.yaml reads as the same spec and says where each value comes from") {
    for (const std::string& text : {smallest_spec, example_spec}) {
        const ExperimentSpec spec = spec_of_text(text, {"simulation.dt=0.05 ms"});
        const std::string resolved = resolved_spec(spec);
        INFO(resolved);
        const ExperimentSpec again = read_spec_text(resolved, "spec.resolved.yaml", ".");
        CHECK(all_values(again) == all_values(spec));
        CHECK(again.sweep.given == spec.sweep.given);
        CHECK(resolved.find("# override simulation.dt=0.05 ms") != std::string::npos);
        CHECK(resolved.find("# default") != std::string::npos);
        CHECK(resolved.find("# line 2") != std::string::npos);
        // what is resolved stays as it is
        CHECK(all_values(spec_of_text(resolved_spec(again))) == all_values(spec));
        CHECK(resolved_json(spec)["simulation"]["dt"] == "0.05 ms");
        CHECK(resolved_json(spec)["column"]["heads"] == 4);
    }
}

TEST_CASE("a quantity means the same in every unit, to the last bit") {
    const auto dt = [](const std::string& text) {
        return spec_of_text(smallest_spec, {"task.duration=" + text}).task.duration_ms;
    };
    CHECK(dt("300 ms") == 300.0);
    CHECK(dt("0.3 s") == 300.0);
    CHECK(dt("300000 us") == 300.0);
    CHECK(dt("3e-1 s") == 300.0);
    CHECK(dt("0.0027 s") == 2.7);
    CHECK(dt("2700 us") == 2.7);
    CHECK(dt("0.005 min") == 300.0);
    CHECK(spec_of_text(smallest_spec, {"oscillation.gamma.phase=180 deg"})
              .area.oscillation.gamma.phase_rad ==
          Approx(3.14159265358979323846).epsilon(1e-15)); // pi and the factor are each rounded once
}

TEST_CASE("explain knows every key, section and problem, and suggests near ones") {
    for (const Field& field : fields())
        CHECK(explain(field.path).find(field.meaning) != std::string::npos);
    for (const Section& section : sections())
        CHECK(explain(section.path).find(section.meaning) != std::string::npos);
    for (const ProblemKind& kind : problem_kinds())
        CHECK(explain(kind.id).find(kind.remedy) != std::string::npos);
    CHECK(explain("column.tau.gate").find("tau_g") != std::string::npos);
    CHECK(explain("PV_delay") == explain("column.PV_delay"));
    CHECK_THROWS_WITH(explain("column.tau.gatte"), Catch::Contains("column.tau.gate"));
    CHECK_THROWS_WITH(explain("gate"), Catch::Contains("column.noise.gate"));
}

TEST_CASE("the reference pages are up to date with the tables") {
    const std::pair<std::string, std::string> pages[] = {
        {LAMINA_SOURCE_DIR "/docs/reference/fields.md", fields_page()},
        {LAMINA_SOURCE_DIR "/docs/reference/errors.md", errors_page()}};
    for (const auto& [file, page] : pages) {
        INFO(
            file << " is made by: LAMINA_WRITE_EXPECTED=1 test_experiments 'the reference pages*'");
        if (std::getenv("LAMINA_WRITE_EXPECTED")) std::ofstream(file) << page;
        CHECK(file_text(file) == page);
    }
}

TEST_CASE("the schema and the reader agree, file by file") {
    const char* python = "/usr/bin/python3";
    if (std::system((std::string(python) + " -c 'import jsonschema' 2> /dev/null").c_str()) != 0) {
        test::skip("no python3-jsonschema");
        return;
    }
    // the example and mutants that one value makes wrong
    std::vector<std::string> texts = {smallest_spec, example_spec, test::own_circuit};
    const std::pair<const char*, const char*> circuit_changes[] = {
        {"model: lif_delta", "model: lif_delt"},
        {"n: 80", "n: 0"},
        {"n: 80", "m: 80"},
        {"mu: 23.1 mV", "mu: [1]"},
        {"rate: 20 kHz", "rate: 20 mV"},
        {"rate: 20 kHz", "rate: 20"},
        {"rate: 20 kHz, ", ""},
        {"to: 1 s", "to: end"},
        {"protocol: {from: 50 ms, to: 80 ms, mu: 26.6 mV}", "protocol: []"},
        {"from: [E, cue]", "from: E"},
        {"from: [E, cue]", "from: []"},
        {"rule: one_to_one", "rule: all_to_all"},
        {"rule: one_to_one", "rule: some"},
        {"autapses: false", "autapses: no"},
        {"law: uniform", "law: even"},
        {"to_E:", "to-E:"},
        {"delay: 1 ms", "delay: 1 mV"},
        {"delay: 1 ms", "dealy: 1 ms"}};
    for (const auto& [from, to] : circuit_changes) {
        std::string text = test::own_circuit;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        texts.push_back(text.replace(at, std::string(from).size(), to));
    }
    const std::pair<const char*, const char*> changes[] = {
        {"lamina: 1", "lamina: 2"},
        {"name: dms", "name: ../dms"},
        {"name: dms", "name: 12"},
        {"seed: 7", "seed: -7"},
        {"seed: 7", "seed: 18446744073709551615"},
        {"seed: 7", "seed: 7.5"},
        {"heads: 4", "heads: 0"},
        {"heads: 4", "haeds: 4"},
        {"heads: 4", "heads: \"4\""},
        {"dt: 0.1 ms", "dt: 0.1"},
        {"dt: 0.1 ms", "dt: 0.1ms"},
        {"dt: 0.1 ms", "dt: 0.1 mV"},
        {"dt: 0.1 ms", "dt: 1e-4 s"},
        {"dt: 0.1 ms", "dt: -0.1 ms"},
        {"norm: pre", "norm: before"},
        {"norm: pre", "norm: none"},
        {"mode: rate", "mode: spiking"},
        {"orthogonal: true", "orthogonal: 1"},
        {"type: pv_finite, kappa: 8", "type: pv_finite, kappa: 0"},
        {"inhibition: {type: pv_finite, kappa: 8}", "inhibition: pv_log"},
        {"inhibition: {type: pv_finite, kappa: 8}", "inhibition: [pv_log]"},
        {"load: [1, 2, 3, 4]", "load: 3"},
        {"load: [1, 2, 3, 4]", "load: [1, 1]"},
        {"load: [1, 2, 3, 4]", "load: []"},
        {"load: [1, 2, 3, 4]", "load: [1, two]"},
        {"diffusion: 21 deg2/s", "diffusion: 21 deg"},
        {"rates: {every: 4 ms}", "rates: none"},
        {"rates: {every: 4 ms}", "rates: 3 ms"},
        {"spikes: none", "spikes: all"},
        {"interventions: []", "interventions: [x]"},
        {"ci: 0.9", "ci: 1"},
        {"compare_with: [rouder_2008_change_detection]",
         "compare_with: rouder_2008_change_detection"},
        {"compare_with: [rouder_2008_change_detection]", "compare_with: [nobody]"},
        {"compare_with: [rouder_2008_change_detection]",
         "compare_with: [{file: a.csv, columns: {load: size}}]"},
        {"compare_with: [rouder_2008_change_detection]", "compare_with: [{file: a.csv}]"},
        {"\"< 1e-3\"", "\"= 1\""},
        {"\"< 1e-3\"", "1"},
        {"column.norm: [pre, post]", "column.nrom: [pre, post]"},
        {"column.norm: [pre, post]", "column.norm: []"},
        {"oscillation:\n  gamma: {shape: window, frequency: 0.045 kHz, depth: 0.6, phase: 90 deg, "
         "duty: 0.4, jitter: 10 deg}",
         "oscillation: none"},
        {"replicates: 5", "replicates: 0"},
        {"replicates: 5", "replicants: 5"},
        {"replicates: 5", "seeds: independent"},
        {"replicates: 5", "seeds: many"},
        {"[1 s, 4 s]", "{from: 1 s, to: 4 s, n: 4}"},
        {"[1 s, 4 s]", "{from: 1 s, n: 4}"},
        {"[1 s, 4 s]", "{from: 1 s, to: 4 s, n: 4, scale: cubic}"},
        {"[1 s, 4 s]", "[]"},
        {"replicates: 5", "lhs: {n: 4, over: {column.tau.PV: {from: 1 ms, to: 9 ms}}}"},
        {"replicates: 5", "random: {over: {column.tau.PV: {from: 1 ms, to: 9 ms}}}"},
        {"type: delayed_match_to_sample\n", "type: nap\n"},
        {"task:\n  type: delayed_match_to_sample\n", "task:\n"}};
    for (const auto& [from, to] : changes) {
        std::string text = example_spec;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        texts.push_back(text.replace(at, std::string(from).size(), to));
    }

    // one process judges them all
    const auto folder = std::filesystem::temp_directory_path() / "lamina_test_schema";
    std::filesystem::create_directories(folder);
    nlohmann::ordered_json documents = nlohmann::ordered_json::array();
    for (const std::string& text : texts) {
        ProblemList problems;
        const Yaml tree = parse_yaml(std::make_shared<Source>(Source{"a.yaml", text, 0}), problems);
        REQUIRE(tree);
        documents.push_back(json_of(*tree));
    }
    std::ofstream(folder / "schema.json") << schema().dump(1);
    std::ofstream(folder / "documents.json") << documents.dump();
    std::ofstream(folder / "judge.py")
        << "import json, jsonschema\n"
           "schema = json.load(open('schema.json'))\n"
           "jsonschema.Draft7Validator.check_schema(schema)\n"
           "judge = jsonschema.Draft7Validator(schema)\n"
           "for document in json.load(open('documents.json')):\n"
           "    print(1 if judge.is_valid(document) else 0, file=open('verdicts', 'a'))\n";
    std::filesystem::remove(folder / "verdicts");
    REQUIRE(std::system(("cd '" + folder.string() + "' && " + python + " judge.py").c_str()) == 0);
    std::ifstream verdicts(folder / "verdicts");
    int n_valid = 0;
    for (const std::string& text : texts) {
        int verdict = -1;
        verdicts >> verdict;
        INFO(text);
        CHECK(verdict == static_cast<int>(reads(text)));
        n_valid += verdict;
    }
    CHECK(n_valid >= 9); // both verdicts occur
    std::filesystem::remove_all(folder);
}
