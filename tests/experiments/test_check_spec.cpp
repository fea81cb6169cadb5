/// Rules between values, and a file changed word by word: nothing that is written is ignored.
#include <catch2/catch.hpp>

#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "experiments/check_spec.hpp"
#include "experiments/example_spec.hpp"
#include "experiments/laws/closed_forms.hpp"
#include "experiments/memory_need.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/resolved_spec.hpp"
#include "sim/errors.hpp"

using namespace lamina;
using lamina::test::example_spec;

namespace {

const std::string smallest_with_seed = "lamina: 1\nname: a\nseed: 1\ntask: {type: presentation}\n";

std::vector<Problem> problems_of(const std::string& text,
                                 const std::vector<std::string>& overrides = {}) {
    return check_spec(read_spec_text(text, "a.yaml", ".", overrides));
}

bool has_problem(const std::vector<Problem>& problems, const std::string& id) {
    for (const Problem& problem : problems)
        if (problem.id == id) return true;
    return false;
}

} // namespace

TEST_CASE("a right spec has no problem and no warning") {
    CHECK(problems_of(smallest_with_seed).empty());
    CHECK(format_problems(problems_of(example_spec)).empty());
}

TEST_CASE("a step longer than the loop of gates and PV is told, whatever the integrator") {
    const std::vector<std::string> none = {"record={rates: none, attention: none}"};
    const auto at = [&](const char* dt) {
        return problems_of(smallest_with_seed, {dt, "task.duration=100 ms", none[0]});
    };
    CHECK(at("simulation.dt=2 ms").empty());
    CHECK(has_problem(at("simulation.dt=4 ms"), "L0312")); // tau_PV is 2.7 ms
}

TEST_CASE("keys of the column that softmax_loop does not run are told") {
    const std::string loop = "lamina: 1\nname: a\nseed: 1\ntask: {type: softmax_loop}\n";
    CHECK(problems_of(loop, {"column.tau.PV=3 ms", "column.columns=12"}).empty());
    for (const char* idle : {"column.PV_delay=1 ms", "column.norm=pre", "record.rates.every=1 ms",
                             "simulation.integrator=rk4", "task.trials.per_condition=3"}) {
        INFO(idle);
        CHECK(has_problem(problems_of(loop, {idle}), "L0360"));
    }
    // what it measures is a loop that settles at softmax
    for (const char* other : {"oracle", "none", "pv_finite", "pv_divisive"}) {
        INFO(other);
        CHECK(has_problem(problems_of(loop, {std::string("column.inhibition=") + other}), "L0343"));
    }
    CHECK(problems_of(loop, {"column.inhibition=pv_linear"}).empty());
}

TEST_CASE("a study needs no matched weights: its d_head and d_model are free") {
    const auto study = [](const char* task) {
        return std::string("lamina: 1\nname: a\nseed: 1\ntask: {type: ") + task + "}\n";
    };
    CHECK(problems_of(study("hopfield"), {"column.d_head=5"}).empty());
    CHECK(problems_of(study("linear_attention"), {"column.d_model=20", "column.d_head=5"}).empty());
    CHECK(has_problem(
        problems_of(smallest_with_seed, {"column.weights.kind=matched", "column.d_head=5"}),
        "L0322"));
}

TEST_CASE("durations are multiples of dt, up to rounding") {
    // 0.1 ms has no exact double; 1e7 steps of it must still count as whole
    CHECK(problems_of(smallest_with_seed, {"task.duration=1000000 ms"}).empty());
    CHECK(
        problems_of(smallest_with_seed, {"task.duration=0.3 ms", "simulation.dt=0.1 ms"}).empty());
    CHECK(problems_of(smallest_with_seed, {"task.duration=2.1 s", "simulation.dt=0.7 ms",
                                           "record={rates: none, attention: none}"})
              .empty());
    CHECK(has_problem(problems_of(smallest_with_seed, {"task.duration=1000.05 ms"}), "L0310"));
    CHECK(
        has_problem(problems_of(smallest_with_seed, {"task.duration=1000000.00001 ms"}), "L0310"));
    CHECK(has_problem(problems_of(smallest_with_seed, {"record.rates=0.01 ms"}), "L0310"));
    // times of another task are not looked at
    CHECK(problems_of(smallest_with_seed, {"task.trials.per_condition=2"}).empty());
}

TEST_CASE(
    "the longest delay of the PV loop is the one at which its roots reach the imaginary axis") {
    for (const double tau_g : {2.0, 5.0, 20.0})
        for (const double tau_p : {1.0, 2.7, 15.0}) {
            const double d = laws::longest_stable_PV_delay_ms({tau_g, tau_p});
            // at lambda = i w the characteristic function vanishes; w from its modulus
            const double a = 1 / (tau_g * tau_g), b = 1 / (tau_g * tau_p);
            const double w = std::sqrt((std::sqrt(a * a + 4 * b * b) - a) / 2);
            CHECK(-w * w + b * std::cos(w * d) ==
                  Approx(0).margin(1e-12 * b)); // a few roundings of b
            CHECK(w / tau_g - b * std::sin(w * d) == Approx(0).margin(1e-12 * b));
        }
    CHECK(laws::longest_stable_PV_delay_ms({5, 2.7}) ==
          Approx(2.93).margin(0.005)); // two decimals, docs/model.md
}

TEST_CASE("a delay or a lag of PV is warned of from its margin on, and not before") {
    const std::string column = smallest_with_seed + "column: {tau: {gate: 5 ms, PV: 2.7 ms}}\n";
    CHECK_FALSE(has_problem(problems_of(column, {"column.PV_delay=2.9 ms"}), "L0313"));
    CHECK(has_problem(problems_of(column, {"column.PV_delay=3 ms"}), "L0313"));
    // tau_p <= tau_g tau_I / (tau_g + tau_I): 2.7 ms from tau_I = 5.87 ms on
    CHECK_FALSE(has_problem(problems_of(column, {"column.tau.PV_lag=5.8 ms"}), "L0313"));
    CHECK(has_problem(problems_of(column, {"column.tau.PV_lag=5.9 ms"}), "L0313"));
    for (const char* beside : {"column.noise.PV=0.1", "column.tau.PV_lag=1 ms"}) {
        INFO(beside);
        CHECK(has_problem(problems_of(column, {"column.inhibition=oracle", beside}), "L0332"));
    }
    CHECK_FALSE(has_problem(problems_of(column, {"column.inhibition=oracle"}), "L0332"));
}

TEST_CASE("what a column of neurons cannot do is told") {
    const std::string spiking = smallest_with_seed + "simulation: {mode: spiking}\n";
    CHECK(problems_of(spiking).empty());
    CHECK(problems_of(spiking, {"column.score=additive_exponential"}).empty());
    CHECK(problems_of(spiking, {"column.score=additive_exponential", "column.score.units=64",
                                "column.spiking.match_tau=33.33 ms"})
              .empty());
    CHECK(has_problem(problems_of(spiking, {"column.score=additive_exponential",
                                            "column.spiking.match_neurons=5"}),
                      "L0360"));
    CHECK(has_problem(problems_of(spiking, {"column.spiking.match_tau=50 ms"}), "L0360"));
    CHECK(problems_of(spiking, {"column.score=apical", "column.spiking.match_neurons=5"}).empty());
    CHECK(has_problem(problems_of(spiking, {"column.spiking.match_neurons=5"}), "L0360"));
    const std::string linear = "column.score=linear", fast = "column.spiking.fast_weights=true";
    CHECK(problems_of(spiking, {linear, fast, "column.spiking.fast_tau=33.33 ms"}).empty());
    CHECK(problems_of(spiking, {linear, fast, "column.attention=cross"}).empty());
    for (const char* one :
         {"column.attention=causal", "column.dale=true", "column.inhibition=pv_divisive"}) {
        INFO(one);
        CHECK(has_problem(problems_of(spiking, {linear, fast, one}), "L0335"));
        CHECK_FALSE(has_problem(problems_of(spiking, {linear, one}), "L0335"));
    }
    CHECK(has_problem(problems_of(spiking, {fast}), "L0360"));
    CHECK(has_problem(problems_of(spiking, {linear, "column.spiking.fast_tau=50 ms"}), "L0360"));
    for (const char* one : {"column.spiking.gate_rate=50 Hz", "column.spiking.PV_spread=0.1"})
        CHECK(has_problem(problems_of(spiking, {linear, fast, one}), "L0360"));
    CHECK(problems_of(spiking, {linear, fast, "column.tau.gate=6 ms"}).empty());
    CHECK(has_problem(
        problems_of(spiking, {linear, fast, "column.inhibition=oracle", "column.tau.gate=6 ms"}),
        "L0360"));
    const std::string coarse = "column.spiking.delay=1 ms";
    CHECK(has_problem(problems_of(spiking, {"column.score=apical", "simulation.dt=1 ms", coarse}),
                      "L0338"));
    CHECK_FALSE(has_problem(problems_of(spiking, {"simulation.dt=1 ms", coarse}), "L0338"));
    CHECK(has_problem(problems_of(spiking, {"column.score=apical", "simulation.dt=0.004 ms"}),
                      "L0338"));
    CHECK(
        problems_of(spiking, {"column.score=apical", "column.spiking.match_tau=33.33 ms"}).empty());
    const std::string embedded = "column.spiking.background=microcircuit";
    CHECK(problems_of(spiking, {embedded, "column.spiking.background_scale=0.375"}).empty());
    CHECK(problems_of(spiking, {embedded, "column.spiking.background_scale=1"}).empty());
    CHECK(has_problem(problems_of(spiking, {"column.spiking.background_scale=0.2"}), "L0360"));
    CHECK(has_problem(problems_of(spiking, {embedded, "column.spiking.cell_noise=2"}), "L0360"));
    CHECK(has_problem(problems_of(spiking, {embedded, "column.spiking.cell=lif_delta"}), "L0335"));
    for (const char* dt : {"simulation.dt=1 ms", "simulation.dt=0.5 ms"})
        CHECK(has_problem(problems_of(spiking, {embedded, dt, coarse}), "L0338"));
    // a factor that changes nothing in any variant
    const std::string varied = spiking + "vary: {column.spiking.match_neurons: [10, 50]}\n";
    CHECK(has_problem(problems_of(varied), "L0360"));
    CHECK(problems_of(varied, {"column.score=apical"}).empty());
    // cells that do not fit any machine
    CHECK(has_problem(problems_of(spiking, {"column.score=apical", "column.columns=100",
                                            "column.spiking.match_neurons=100000"}),
                      "L0350"));
    for (const char* one :
         {"simulation.integrator=rk4", "column.tau.PV_lag=1 ms", "task.type=softmax_loop"}) {
        INFO(one);
        CHECK(has_problem(problems_of(spiking, {one}), "L0335"));
        CHECK_FALSE(has_problem(problems_of(smallest_with_seed, {one}), "L0335"));
    }
    // tau_p <= tau_g tau_I / (tau_g + tau_I): 2.7 ms from tau_I = 5.87 ms on
    CHECK_FALSE(has_problem(problems_of(spiking, {"column.spiking.PV_tau=5.8 ms"}), "L0313"));
    CHECK(has_problem(problems_of(spiking, {"column.spiking.PV_tau=5.9 ms"}), "L0313"));
    for (const char* one : {"column.noise.L4E=0.1", "column.coding=opponent"}) {
        INFO(one);
        CHECK(has_problem(problems_of(spiking, {one}), "L0360"));
    }
    CHECK(has_problem(problems_of(smallest_with_seed, {"column.spiking.neurons=5"}), "L0360"));
    CHECK(has_problem(
        problems_of(spiking, {"column.inhibition=oracle", "column.spiking.PV_neurons=9"}),
        "L0360"));
    CHECK(has_problem(problems_of(spiking, {"column.spiking.delay=0.25 ms"}), "L0310"));
    CHECK(has_problem(problems_of(spiking, {"column.PV_delay=0.25 ms"}), "L0310"));
    CHECK(problems_of(spiking, {"column.spiking.PV_tau=2.05 ms"}).empty()); // no number of steps
    CHECK(has_problem(problems_of(spiking, {"simulation.precision=float64"}), "L0360"));
}

TEST_CASE("what only a value of vary breaks is found before the run") {
    const std::string text = smallest_with_seed +
                             "simulation: {integrator: exponential}\ncolumn: {PV_delay: 0.2 ms}\n"
                             "vary: {simulation.integrator: [exponential, rk4]}\n";
    const std::vector<Problem> problems = problems_of(text);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].id == "L0330");
    CHECK(format_problem(problems[0]).find("simulation.integrator = rk4") != std::string::npos);
}

TEST_CASE("a key is idle only when no value of vary uses it") {
    const std::string kappa =
        smallest_with_seed + "column: {inhibition: {type: pv_log, kappa: 3}}\n";
    CHECK(has_problem(problems_of(kappa), "L0360"));
    CHECK_FALSE(has_problem(problems_of(kappa + "vary: {column.inhibition: [pv_log, pv_finite]}\n"),
                            "L0360"));
    CHECK(has_problem(problems_of("lamina: 1\nname: a\ntask: {type: presentation}\n"), "L0361"));
}

TEST_CASE("a parameter of one score is idle under another") {
    for (const char* key : {"soma_current=50 pA", "dendrite_current=50 pA", "threshold=0.1"}) {
        const std::string set = std::string("column.score.") + key;
        const std::string owner = key[0] == 't' ? "quarter_square" : "apical";
        INFO(set);
        CHECK_FALSE(
            has_problem(problems_of(smallest_with_seed, {"column.score=" + owner, set}), "L0360"));
        const std::string told =
            format_problems(problems_of(smallest_with_seed, {"column.score=linear", set}));
        CHECK(told.find("L0360") != std::string::npos);
        CHECK(told.find("column.score is not " + owner) != std::string::npos);
    }
}

TEST_CASE("a column larger than the machine is refused before it is built") {
    CHECK(has_problem(problems_of(smallest_with_seed, {"column.columns=1000000"}), "L0350"));
    CHECK_FALSE(has_problem(problems_of(smallest_with_seed, {"column.columns=64"}), "L0350"));
    // the delay alone: 10^6 updates of 1000 columns would be built as data, 1 TB
    const std::string type = "task.type=delayed_match_to_sample", many = "column.columns=1000";
    CHECK_FALSE(has_problem(problems_of(smallest_with_seed, {type, many}), "L0350"));
    CHECK(has_problem(problems_of(smallest_with_seed, {type, many, "task.timing.delay=10000 s"}),
                      "L0350"));
    // the gates: 2 H N^2 doubles are most of it
    ExperimentSpec spec = read_spec_text(smallest_with_seed, "a.yaml", ".");
    spec.area.columns = 1000;
    CHECK(predicted_memory_bytes(spec, 1) > 2.0 * 4 * 1000 * 1000 * 8);
    CHECK(predicted_memory_bytes(spec, 4) > 3 * predicted_memory_bytes(spec, 1) / 2);
}

TEST_CASE("input files are looked for beside the experiment file") {
    const auto folder = std::filesystem::temp_directory_path() / "lamina_test_check_spec";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "vectors.csv") << "1,2\n";
    const std::string file = (folder / "a.yaml").string();
    const auto write = [&](const std::string& name) {
        std::ofstream(file) << smallest_with_seed.substr(0, smallest_with_seed.find("task"))
                            << "task: {type: presentation, stimuli: "
                            << "{kind: vectors, file: " << name << "}}\n";
        return file;
    };
    CHECK_NOTHROW(read_checked_spec(write("vectors.csv")));
    CHECK_THROWS_WITH(read_checked_spec(write("vector.csv")),
                      Catch::Contains("did you mean `vectors.csv`?"));
    std::filesystem::remove_all(folder);
}

TEST_CASE("every word of a file counts: changed, it gives an error or another spec") {
    const auto values = [](const std::string& text) {
        // origins name lines and stay as they are; the values are what is compared
        const ExperimentSpec spec = read_spec_text(text, "a.yaml", ".");
        return resolved_json(spec).dump();
    };
    const std::string right = values(example_spec);
    int n_changed = 0;
    std::vector<std::string> ignored;
    for (std::size_t begin = example_spec.find('\n') + 1; begin < example_spec.size();) {
        // a word, a mark, or a comment
        const auto in_word = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) ||
                   std::string("_.-+/<>").find(c) != std::string::npos;
        };
        std::size_t end = begin + 1;
        if (std::isspace(static_cast<unsigned char>(example_spec[begin]))) {
            begin = end;
            continue;
        }
        if (example_spec[begin] == '#') {
            begin = example_spec.find('\n', begin);
            continue;
        }
        if (in_word(example_spec[begin]))
            while (in_word(example_spec[end])) ++end;
        const std::string word = example_spec.substr(begin, end - begin);

        std::vector<std::string> changes = {""};
        if (in_word(word[0])) {
            changes.push_back(word + "x");
            changes.push_back(word + " " + word);
        }
        char* rest = nullptr;
        const double number = std::strtod(word.c_str(), &rest);
        if (*rest == '\0' && rest != word.c_str()) {
            changes.push_back("-" + word);
            changes.push_back(fmt::format("{}", number * 10));
        }
        for (const std::string& change : changes) {
            std::string text = example_spec;
            text.replace(begin, word.size(), change);
            ++n_changed;
            try {
                if (values(text) == right)
                    ignored.push_back(fmt::format("`{}` -> `{}` at byte {}", word, change, begin));
            } catch (const SpecError&) {
            } catch (const DeviceError&) {}
        }
        begin = end;
    }
    CHECK(n_changed > 1000);
    for (const std::string& one : ignored) UNSCOPED_INFO(one);
    CHECK(ignored.empty());
}
