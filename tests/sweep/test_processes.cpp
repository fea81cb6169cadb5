/// Processes of a sweep that are signalled, killed, started by others, or cannot begin.
#include <catch2/catch.hpp>

#include <signal.h>

#include "experiments/sweep/worker_pool.hpp"
#include "sim/device.hpp"
#include "sweep/sweep_runs.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

const std::string many_points = "  grid: {column.tau.gate: {from: 1 ms, to: 150 ms, n: 150}}\n";

pid_t start_sweep(const Scratch& scratch, const fs::path& out) {
    return start_lamina({"sweep", "run", scratch.file.string(), "-o", out.string(), "--workers",
                         "1", "--no-collect"});
}

nlohmann::json status_of(const fs::path& out) {
    return nlohmann::json::parse(run_lamina({"sweep", "status", out.string(), "--json"}).out);
}

} // namespace

TEST_CASE("a worker that dies takes one point with it, and one that is signalled none") {
    const Scratch scratch(many_points);
    const fs::path out = scratch.path("out");
    const pid_t pid = start_sweep(scratch, out);
    REQUIRE(comes_true([&] { return results_of(out).size() > 3; }));
    const pid_t worker = child_of(pid);
    REQUIRE(worker > 0);
    // as a scheduler that signals all processes of a job does
    for (const int signal : {SIGTERM, SIGUSR1, SIGHUP, SIGINT})
        REQUIRE(::kill(worker, signal) == 0);
    const std::size_t before = results_of(out).size();
    REQUIRE(comes_true([&] { return results_of(out).size() > before + 3; }));
    CHECK(child_of(pid) == worker);

    REQUIRE(::kill(worker, SIGKILL) == 0);
    const int exit_code = end_of(pid);
    const auto status = status_of(out);
    // at work or between two points: one is lost, or none
    const int n_failed = status["failed"];
    CHECK(n_failed <= 1);
    CHECK(exit_code == (n_failed == 1 ? 3 : 0));
    CHECK(status["done"] == 150 - n_failed);
    for (const auto& one : status["list"])
        if (one["state"] == "failed")
            CHECK_THAT(one["reason"].get<std::string>(), Catch::Contains("signal 9"));
    // the next call tries it again
    CHECK(run_lamina({"resume", out.string(), "--no-collect"}).exit_code == 0);
    CHECK(results_of(out).size() == 150);
}

TEST_CASE("workers end with the process that gives them points") {
    const Scratch scratch(many_points);
    const fs::path out = scratch.path("out");
    const pid_t pid = start_sweep(scratch, out);
    REQUIRE(comes_true([&] { return results_of(out).size() > 3; }));
    const pid_t worker = child_of(pid);
    REQUIRE(worker > 0);
    ::kill(pid, SIGKILL);
    end_of(pid);
    CHECK(comes_true([&] { return ::kill(worker, 0) != 0; }, 5));
}

TEST_CASE("under nohup a hangup ends nothing; without it, it ends the sweep in order") {
    const Scratch scratch(many_points);
    for (const bool ignored : {true, false}) {
        const fs::path out = scratch.path(ignored ? "nohup" : "plain");
        const auto before = ::signal(SIGHUP, ignored ? SIG_IGN : SIG_DFL);
        const pid_t pid = start_sweep(scratch, out);
        ::signal(SIGHUP, before);
        REQUIRE(comes_true([&] { return results_of(out).size() > 3; }));
        ::kill(pid, SIGHUP);
        CHECK(end_of(pid) == (ignored ? 0 : 75));
        CHECK((results_of(out).size() == 150) == ignored);
    }
}

TEST_CASE("a second call waits for the points that the first one has, and does what it leaves") {
    const Scratch scratch(many_points);
    const fs::path out = scratch.path("out");
    const pid_t first = start_sweep(scratch, out);
    REQUIRE(comes_true([&] { return results_of(out).size() > 3; }));
    // stopped in the middle of a point: alive, and silent
    ::kill(child_of(first), SIGSTOP);
    ::kill(first, SIGSTOP);
    const pid_t second = start_sweep(scratch, out);
    REQUIRE(comes_true([&] { return results_of(out).size() >= 149; }, 60));
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    int status = 0;
    const bool still_there = ::waitpid(second, &status, WNOHANG) == 0;
    // it has one point at most, and then the second call must not have ended
    CHECK(still_there == (results_of(out).size() == 149));
    ::kill(first, SIGKILL);
    end_of(first);
    if (still_there) CHECK(end_of(second) == 0);
    CHECK(results_of(out).size() == 150);
}

TEST_CASE("a worker that cannot begin is no point's fault") {
    // this program is no `lamina`: it knows no such worker
    WorkerOptions nowhere;
    nowhere.directory = "/nonexistent";
    const auto pool = make_local_workers(nowhere, 1);
    pool->give({0, 1});
    CHECK_THROWS_WITH(
        [&] {
            for (int i = 0; i < 100; ++i) pool->wait(100);
        }(),
        Catch::Contains("cannot begin"));
}

TEST_CASE("what is not here is said before a point is begun") {
    const Scratch scratch("  grid: {column.tau.gate: [1 ms, 2 ms]}\n");
    if (!why_no_device().empty()) {
        const ProcessResult done = scratch.run("out", {"--device", "cuda"});
        CHECK(done.exit_code == 4);
        CHECK_THAT(done.err, Catch::Contains("L0501"));
        CHECK(results_of(scratch.path("out")).empty());
    }
    // one process cannot be several ranks
    ProcessOptions ranks;
    ranks.environment["OMPI_COMM_WORLD_SIZE"] = "2";
    const ProcessResult run = run_lamina(
        {"run", scratch.file.string(), "--ignore-sweep", "-o", scratch.path("ranks").string()},
        ranks);
    CHECK(run.exit_code == 4);
    CHECK_THAT(run.err, Catch::Contains("L0502"));
    CHECK_FALSE(fs::exists(scratch.path("ranks")));
}

TEST_CASE("folders that a workflow tool has made before, or a link to one, become a sweep's") {
    const Scratch scratch("  grid: {column.tau.gate: [1 ms, 2 ms]}\n");
    fs::create_directories(scratch.path("made") / "points" / "000000-1a2b3c4d");
    fs::remove(scratch.path("made") / "points" / "000000-1a2b3c4d");
    CHECK(scratch.run("made").exit_code == 0);
    CHECK(results_of(scratch.path("made")).size() == 2);
    fs::create_directories(scratch.path("elsewhere"));
    fs::create_directory_symlink(scratch.path("elsewhere"), scratch.path("link"));
    CHECK(scratch.run("link").exit_code == 0);
    CHECK(results_of(scratch.path("elsewhere")).size() == 2);
}
