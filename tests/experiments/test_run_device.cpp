/// `lamina run --device`: the same bytes wherever a circuit is computed, and never silently
/// elsewhere.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "experiments/check_spec.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/network_cost.hpp"
#include "experiments/cost.hpp"
#include "experiments/small_dms.hpp"
#include "sim/device_cells.hpp"
#include "sim/spikes/network.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

/// Two models, short-term plasticity, external spikes, recorded variables.
const char* const circuit = R"(lamina: 1
name: device
seed: 3
simulation: {mode: spiking, dt: 0.1 ms}
circuit:
  populations:
    E: {model: lif_exp, n: 160, parameters: {I_bias: 300 pA}, start: {V: {law: uniform, least: -65 mV, most: -50 mV}}, drive: [{rate: 3000 Hz, weight: 87.8 pA}]}
    I: {model: adex, n: 40, drive: [{rate: 800 Hz, weight: 4 nS, input: excitatory}]}
  projections:
    ee: {from: E, to: E, rule: {type: fixed_in_degree, number: 20}, weight: 90 pA, delay: {law: uniform, least: 0.3 ms, most: 4 ms}, synapse: {model: tsodyks_markram, U: 0.3}}
    ei: {from: E, to: I, rule: {type: fixed_in_degree, number: 20}, weight: 1 nS, delay: 1 ms, input: excitatory}
    ie: {from: I, to: E, rule: {type: fixed_in_degree, number: 10}, weight: -300 pA, delay: 1 ms}
task: {type: resting_state, duration: 300 ms, discard: 50 ms}
record: {spikes: all, variables: [{population: E, variable: u, neurons: 5}, {population: I, variable: V, neurons: 3}]}
)";

ProcessResult run_on(const std::filesystem::path& folder, const std::string& device,
                     const char* yaml = circuit, const std::vector<std::string>& overrides = {}) {
    write_file(folder / "a.yaml", yaml);
    std::vector<std::string> words = {
        "run", (folder / "a.yaml").string(), "--device", device, "--no-report", "--force",
        "-o",  (folder / "run").string()};
    words.insert(words.end(), overrides.begin(), overrides.end());
    return run_lamina(words);
}

/// A tiny column of neurons, in almost every part that a device has.
const char* const column_of_neurons = R"(lamina: 1
name: device
seed: 3
simulation: {mode: spiking, dt: 0.5 ms}
column:
  columns: 2
  heads: 1
  d_model: 2
  d_head: 2
  weights: {kind: random}
  score: apical
  apical_suppression: 0.1
  spiking: {neurons: 4, in_degree: 2, PV_neurons: 5, match_neurons: 2}
task: {type: presentation, stimuli: {kind: random}, duration: 20 ms, trials: {per_condition: 2}}
record: {spikes: all}
)";

/// Runs an experiment on the processor and on devices, (word, how run.json begins to name it): the
/// files are the same, bit for bit.
void check_same_files(const std::vector<std::pair<std::string, std::string>>& devices,
                      const char* yaml) {
    const TemporaryDirectory scratch;
    const std::filesystem::path run = scratch.path() / "run";
    const ProcessResult here = run_on(scratch.path(), "cpu", yaml);
    INFO(here.err);
    REQUIRE(here.exit_code == 0);
    const std::string results = read_file(run / "results.h5"),
                      spikes = read_file(run / "spikes.h5");
    for (const auto& [device, name] : devices) {
        const ProcessResult done = run_on(scratch.path(), device, yaml);
        INFO(device << done.err);
        REQUIRE(done.exit_code == 0);
        CHECK((read_file(run / "results.h5") == results));
        CHECK((read_file(run / "spikes.h5") == spikes));
        const std::string told = nlohmann::json::parse(read_file(run / "run.json"))["device"];
        CHECK_THAT(told, Catch::StartsWith(name));
        CHECK_THAT(done.err, Catch::Contains(told + ","));
    }
}

} // namespace

TEST_CASE(
    "run --device: an emulated device gives the processor's files, and is named in run.json") {
    check_same_files({{"emulated:5", "emulated:5"}, {"emulated:6,plain", "emulated:6, plain"}},
                     circuit);
}

TEST_CASE("run --device: a column of neurons on an emulated device gives the processor's files") {
    check_same_files({{"emulated:7", "emulated:7"}}, column_of_neurons);
}

TEST_CASE("run --device: a rate column on an emulated device has the processor's numbers") {
    const TemporaryDirectory scratch;
    const auto summary_on = [&](const char* device) {
        const ProcessResult done =
            run_on(scratch.path(), device, small_dms,
                   {"column.d_model=8", "column.d_head=4", "simulation.dt=1 ms",
                    "task.trials.per_condition=2",
                    "task.timing={fixation: 20 ms, sample: 40 ms, delay: 40 ms, test: 60 ms, "
                    "response: 100 ms}"});
        INFO(device << done.err);
        REQUIRE(done.exit_code == 0);
        return nlohmann::json::parse(read_file(scratch.path() / "run" / "run.json"));
    };
    const nlohmann::json cpu = summary_on("cpu").flatten(),
                         one = summary_on("emulated:1").flatten(),
                         two = summary_on("emulated:2").flatten();
    int n_numbers = 0;
    for (const auto& [path, value] : cpu.items()) {
        if (path.rfind("/summary", 0) != 0) continue;
        INFO(path);
        CHECK(one.at(path) == two.at(path)); // whatever the order of threads
        if (!value.is_number()) {
            CHECK(one.at(path) == value);
            continue;
        }
        ++n_numbers;
        CHECK(one.at(path).get<double>() == Approx(value.get<double>()).epsilon(1e-9).margin(1e-9));
    }
    CHECK(n_numbers > 20);
    CHECK(one.at("/device") == "emulated:1");
}

TEST_CASE("run --device: what is not here, or cannot run this, is refused") {
    const TemporaryDirectory scratch;
    const ProcessResult unknown = run_on(scratch.path(), "gpu");
    CHECK(unknown.exit_code == 2);
    CHECK_THAT(unknown.err, Catch::Contains("there is no device `gpu`"));
    const char* const column = "lamina: 1\nname: a\nseed: 1\ntask: {type: softmax_loop}\n";
    const ProcessResult unable = run_on(scratch.path(), "emulated", column);
    CHECK(unable.exit_code == 4);
    CHECK_THAT(unable.err, Catch::Contains("error[L0501]: device `emulated` cannot run this: "));
    if (!why_no_device().empty()) {
        for (const char* device : {"cuda", "cuda:1"}) {
            const ProcessResult none = run_on(scratch.path(), device);
            CHECK(none.exit_code == 4);
            CHECK_THAT(none.err, Catch::Contains("error[L0501]") && Catch::Contains("= help:"));
        }
        const ProcessResult automatic = run_on(scratch.path(), "auto");
        CHECK(automatic.exit_code == 0);
        CHECK_THAT(automatic.err, Catch::Contains("device  auto: cpu; "));
    }
    CHECK_FALSE(std::filesystem::exists(scratch.path() / "runs"));
}

TEST_CASE("the memory of a device is foretold within a tenth") {
    const auto check = [](const std::string& file, const std::vector<std::string>& overrides) {
        const ExperimentSpec spec = read_checked_spec(file, overrides, nullptr);
        const double foretold = network_needs(spec, false).device_bytes;
        for (const bool plain : {false, true}) {
            NetworkOptions options;
            options.device = {Device::emulated, 1, plain};
            const double found =
                double(SpikingNetwork(network_of(spec), spec.seed, options).cost().device_bytes);
            INFO(file << (plain ? ", plain: " : ": ") << foretold << " and " << found);
            CHECK(foretold / found == Approx(1).epsilon(0.1));
        }
    };
    const std::string shipped = LAMINA_SOURCE_DIR "/experiments/";
    check(shipped + "microcircuit.yaml", {"circuit.scale=0.15"});
    check(shipped + "brunel.yaml", {});
    check(shipped + "facilitation_memory.yaml", {});
}

TEST_CASE("check foretells what the cells of a column take of a device, for each thread") {
    const TemporaryDirectory scratch;
    write_file(scratch.path() / "a.yaml", column_of_neurons);
    const ExperimentSpec spec =
        read_checked_spec((scratch.path() / "a.yaml").string(), {}, nullptr);
    const double of_area = device_bytes(spec.area);
    CHECK(of_area > 5e3);
    CHECK(predict_cost(spec, 1).device_bytes == of_area);
    CHECK(predict_cost(spec, 3).device_bytes == 3 * of_area);
    const ProcessResult done = run_lamina({"check", (scratch.path() / "a.yaml").string()});
    CHECK_THAT(done.out + done.err, Catch::Contains("on a device"));
}

TEST_CASE("run --device cuda: the same files as on the processor") {
    if (const std::string why = why_no_device(); !why.empty()) {
        skip(why);
        return;
    }
    check_same_files({{"cuda", "cuda:0, "}, {"cuda,plain", "cuda:0, "}}, circuit);
    check_same_files({{"cuda", "cuda:0, "}}, column_of_neurons);
}
