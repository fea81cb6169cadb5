/// `lamina run --profile`: results do not depend on it, what it tells adds up, and every phase gets
/// the time of what it names.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/run_profile.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// A column with all of its parts and noise everywhere, a task with memory and a decision.
const char* const whole = R"(lamina: 1
name: whole
seed: 3
column: {columns: 5, heads: 2, d_model: 16, d_head: 8, d_ff: 8, norm: pre, noise: {L5E: 0.01}}
simulation: {dt: 0.5 ms}
task:
  type: delayed_match_to_sample
  stimuli: {kind: ring, number: 8}
  load: [1, 3]
  timing: {fixation: 50 ms, sample: 100 ms, delay: 100 ms, test: 200 ms, response: 300 ms}
  trials: {per_condition: 6}
)";

struct Profiled {
    json profile;
    std::string results;
};

Profiled profiled(const fs::path& folder, const std::string& name,
                  std::vector<std::string> arguments) {
    write_file(folder / "whole.yaml", whole);
    const std::string out = (folder / name).string();
    arguments.insert(arguments.begin(), {"run", (folder / "whole.yaml").string(), "-o", out});
    const ProcessResult done = run_lamina(arguments);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    CHECK(run_lamina({"verify", out}).exit_code == 0);
    const fs::path file = fs::path(out) / "profile.json";
    const bool asked_for = fs::exists(file);
    return {asked_for ? json::parse(read_file(file)) : json(),
            read_file(fs::path(out) / "results.h5")};
}

std::map<std::string, double> phase_seconds(const json& phases) {
    std::map<std::string, double> seconds;
    for (const json& phase : phases) {
        CHECK(phase["calls"] > 0);
        seconds[phase["name"]] = phase["seconds"];
    }
    return seconds;
}

double sum_of(const json& phases) {
    double sum = 0;
    for (const auto& [name, seconds] : phase_seconds(phases)) sum += seconds;
    return sum;
}

} // namespace

TEST_CASE("--profile changes no byte of results.h5, and what it tells adds up") {
    TemporaryDirectory scratch;
    const Profiled without = profiled(scratch.path(), "without", {"--threads", "2"});
    CHECK(without.profile.is_null());
    for (const char* threads : {"1", "3"}) {
        const Profiled with =
            profiled(scratch.path(), threads, {"--threads", threads, "--profile"});
        CHECK(with.results == without.results);

        // phases of the run are all of it; those of the threads, with idle ones, all of integrating
        CHECK(sum_of(with.profile["phases"]) == Approx(with.profile["seconds"].get<double>()));
        const json& step = with.profile["step"];
        const double threads_s = step["thread_seconds"];
        CHECK(threads_s ==
              Approx(step["wall_seconds"].get<double>() * with.profile["threads"].get<int>()));
        CHECK(sum_of(step["phases"]) + step["idle_seconds"].get<double>() ==
              Approx(threads_s).epsilon(0.02));
        CHECK(phase_seconds(with.profile["phases"]).at("integrating") ==
              Approx(step["wall_seconds"].get<double>()).epsilon(0.1).margin(0.01));
        CHECK(step["steps"] == 12 * 1500);
        for (const json& phase : step["phases"])
            CHECK(phase["us_per_step"].get<double>() ==
                  Approx(phase["seconds"].get<double>() * 1e6 / step["steps"].get<double>()));
    }
}

TEST_CASE("--profile goes into --json, and is printed before the folder's name") {
    TemporaryDirectory scratch;
    write_file(scratch.path() / "whole.yaml", whole);
    const std::vector<std::string> run = {"run", "whole.yaml", "--no-report", "--profile"};
    const ProcessOptions here{scratch.path(), "", {}, 120};
    auto with_json = run;
    with_json.emplace_back("--json");
    const json told = json::parse(run_lamina(with_json, here).out);
    CHECK(told["profile"]["phases"].size() >= 5);
    CHECK(told["profile"] ==
          json::parse(
              read_file(scratch.path() / told["run_dir"].get<std::string>() / "profile.json")));
    const std::string out = run_lamina(run, here).out;
    CHECK(out.find("us/step") < out.rfind("runs/whole"));
    CHECK(out.find("feed_forward") < out.rfind("runs/whole"));
}

TEST_CASE("no phase is without its measurement") {
    TemporaryDirectory scratch;
    std::set<std::string> run_seen,
        step_seen = {"device"}; // test_sim "the time of a run on a device is told"
    const auto look = [&](const json& profile) {
        for (const auto& [name, seconds] : phase_seconds(profile["phases"]))
            if (seconds > 0) run_seen.insert(name);
        if (profile.contains("step"))
            for (const auto& [name, seconds] : phase_seconds(profile["step"]["phases"]))
                if (seconds > 0) step_seen.insert(name);
    };
    look(profiled(scratch.path(), "stepper", {"--profile", "analysis.predict=true"}).profile);
    look(profiled(scratch.path(), "judge",
                  {"--profile", "--no-report", "simulation.integrator=rk4", "column.noise.L5E=0"})
             .profile);
    const fs::path cells = scratch.path() / "cells.yaml";
    write_file(cells, "lamina: 1\nname: cells\nseed: 3\nsimulation: {mode: spiking, dt: 0.1 ms}\n"
                      "column: {columns: 2, heads: 1, d_model: 4, d_head: 4, "
                      "spiking: {neurons: 2, PV_neurons: 2}}\n"
                      "task: {type: presentation, duration: 10 ms, trials: {per_condition: 1}}\n");
    const std::string of_cells = (scratch.path() / "of_cells").string();
    REQUIRE(
        run_lamina({"run", cells.string(), "--no-report", "--profile", "-o", of_cells}).exit_code ==
        0);
    look(json::parse(read_file(fs::path(of_cells) / "profile.json")));
    const std::string fit = (scratch.path() / "fit").string();
    REQUIRE(run_lamina({"run", std::string(LAMINA_SOURCE_DIR) + "/experiments/set_size.yaml",
                        "task.set_size.recoveries=1", "--no-report", "--profile", "-o", fit})
                .exit_code == 0);
    look(json::parse(read_file(fs::path(fit) / "profile.json")));
    for (const PhaseName& phase : run_phases) {
        INFO(phase.name);
        CHECK(run_seen.count(phase.name) == 1);
    }
    for (const PhaseName& phase : step_phases) {
        INFO(phase.name);
        CHECK(step_seen.count(phase.name) == 1);
    }
}

TEST_CASE("the time of a part goes to its phase") {
    TemporaryDirectory scratch;
    // shares and not times: other programs take from all phases of a run alike
    const auto shares = [&](const std::string& name, std::vector<std::string> more) {
        more.insert(more.begin(), {"--profile", "--no-report", "--threads", "1", "task.load=1",
                                   "task.trials.per_condition=1"});
        const json profile = profiled(scratch.path(), name, more).profile;
        std::map<std::string, double> share;
        double total = 0;
        for (const json& phase : profile["step"]["phases"])
            total += share[phase["name"]] = phase["us_per_step"];
        for (auto& [phase, us] : share) us /= total;
        return share;
    };
    const auto plain = shares("plain", {});
    const auto largest = [](const std::map<std::string, double>& share) {
        return std::max_element(share.begin(), share.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; })
            ->first;
    };

    // each part made some hundred times as much work becomes the largest
    CHECK(largest(shares("feed_forward", {"column.d_ff=2048"})) == "feed_forward");
    CHECK(largest(shares("score", {"column.score=additive_exponential",
                                   "column.score.units=4096"})) == "score");
    const auto many = shares("gate", {"column.columns=100", "column.noise.gate=0.01"});
    const auto squares = [](const std::map<std::string, double>& share) {
        return share.at("gate") + share.at("noise") + share.at("score") + share.at("routing");
    };
    CHECK(squares(many) > 0.8);
    CHECK(squares(many) > squares(plain));
    const auto large = shares("residual", {"column.d_model=256", "column.d_head=128"});
    CHECK(large.at("residual") > plain.at("residual"));
    const auto looked_at =
        shares("measuring", {"record.rates.every=0.5 ms", "record.attention.every=0.5 ms"});
    CHECK(looked_at.at("measuring") > plain.at("measuring"));
}
