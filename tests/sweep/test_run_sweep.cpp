/// Sweeps from outside: every point once and with the bytes of a run alone, whoever runs it, in
/// whatever order, however often it was killed meanwhile.
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <chrono>
#include <map>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "experiments/read_spec.hpp"
#include "experiments/sweep/ranks.hpp"
#include "experiments/sweep/sweep_directory.hpp"
#include "support/skip.hpp"
#include "sweep/sweep_runs.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

const std::string eight_points =
    "  grid: {column.inhibition: [pv_log, pv_linear], column.tau.gate: [2 ms, 4 ms]}\n"
    "  replicates: 2\n";

/// A small disk, gone at the end.
struct SmallDisk {
    fs::path path;
    bool mounted;
    SmallDisk(fs::path where, const std::string& size) : path(std::move(where)) {
        fs::create_directories(path);
        mounted = ::mount("tmpfs", path.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    }
    ~SmallDisk() {
        if (mounted) ::umount2(path.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    void grow(const std::string& size) const {
        ::mount("tmpfs", path.c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str());
    }
};

/// Whether a launcher of MPI starts processes on this machine, whatever they are.
bool mpi_starts() {
    ProcessOptions options;
    options.timeout_s = 60;
    options.environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
    options.environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
    return !mpi_library().empty() &&
           run_process({"mpirun", "--oversubscribe", "-n", "2", "true"}, options).exit_code == 0;
}

} // namespace

TEST_CASE("a point of a sweep has the bytes of a run alone") {
    const Scratch scratch(eight_points);
    const ProcessResult done = scratch.run("out");
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    const auto results = results_of(scratch.path("out"));
    REQUIRE(results.size() == 8);
    const auto alone = run_lamina({"run", scratch.file.string(), "--ignore-sweep",
                                   "column.inhibition=pv_linear", "column.tau.gate=4 ms", "seed=4",
                                   "-o", scratch.path("alone").string(), "--no-report"});
    INFO(alone.err);
    REQUIRE(alone.exit_code == 0);
    CHECK(results.rbegin()->second == read_file(scratch.path("alone") / "results.h5"));
    CHECK(run_lamina({"verify", (scratch.path("out") / "points" / results.begin()->first).string()})
              .exit_code == 0);

    // again: nothing is run
    const auto before = times_done(scratch.path("out"));
    CHECK(scratch.run("out").exit_code == 0);
    CHECK(times_done(scratch.path("out")) == before);
    // a run that somebody has taken away is made again
    fs::remove_all(scratch.path("out") / "points" / results.begin()->first);
    CHECK(scratch.run("out").exit_code == 0);
    CHECK(results_of(scratch.path("out")) == results);
}

TEST_CASE("two hundred points in six schedules: the same bytes, each point once") {
    const Scratch scratch("  grid: {column.tau.gate: {from: 1 ms, to: 50 ms, n: 50}}\n"
                          "  replicates: 4\n");
    REQUIRE(scratch.run("one", {"--workers", "1"}).exit_code == 0);
    const auto results = results_of(scratch.path("one"));
    REQUIRE(results.size() == 200);
    const auto same = [&](const std::string& out) {
        CHECK(results_of(scratch.path(out)) == results);
        const auto times = times_done(scratch.path(out));
        CHECK(times.size() == 200);
        for (const auto& [point, n] : times) CHECK(n == 1);
    };
    same("one");
    CHECK(scratch.run("two", {"--workers", "2"}).exit_code == 0);
    same("two");

    // four workers of three processes that begin at once, in another order
    std::vector<std::int64_t> order(200);
    for (std::size_t n = 0; n < order.size(); ++n) order[n] = std::int64_t(n);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
    std::string first;
    for (const std::int64_t n : order) first += (first.empty() ? "" : ",") + std::to_string(n);
    std::vector<pid_t> started;
    for (const char* workers : {"1", "1", "2"})
        started.push_back(start_lamina({"sweep", "run", scratch.file.string(), "-o",
                                        scratch.path("many").string(), "--workers", workers,
                                        "--first", first, "--no-collect"}));
    for (const pid_t pid : started) CHECK(end_of(pid) == 0);
    CHECK(scratch.run("many").exit_code == 0); // none is left, all are safe
    same("many");

    if (!mpi_starts()) {
        std::printf("without MPI: this build has none, or mpirun does not start here\n");
        return;
    }
    for (const char* ranks : {"2", "4"}) {
        const std::string out = std::string("ranks") + ranks;
        ProcessOptions options{scratch.folder.path(), "", {}, 200};
        for (const char* variable : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                                     "OMPI_MCA_mpi_yield_when_idle"})
            options.environment[variable] = "1";
        const ProcessResult done =
            run_process({"mpirun", "--oversubscribe", "-n", ranks, LAMINA_BINARY, "sweep", "run",
                         scratch.file.string(), "-o", scratch.path(out).string(), "--no-collect"},
                        options);
        INFO(done.err);
        CHECK(done.exit_code == 0);
        same(out);
    }
}

TEST_CASE("under mpirun all ranks say one thing once, and end alike") {
    if (!mpi_starts()) {
        skip("this build has no MPI, or mpirun does not start here");
        return;
    }
    const Scratch scratch(eight_points);
    ProcessOptions options{scratch.folder.path(), "", {}, 100};
    options.environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
    options.environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
    const ProcessResult wrong =
        run_process({"mpirun", "--oversubscribe", "-n", "3", LAMINA_BINARY, "sweep", "run",
                     scratch.file.string(), "column.tau.gatte=1 ms"},
                    options);
    CHECK(wrong.exit_code == 2);
    const std::size_t first = wrong.err.find("L0204");
    REQUIRE(first != std::string::npos);
    CHECK(wrong.err.find("error[L0204]", first) == std::string::npos);
}

TEST_CASE("kill -9 at any moment: no point is lost, none has other bytes", "[slow]") {
    const Scratch scratch(eight_points);
    REQUIRE(scratch.run("whole").exit_code == 0);
    const auto whole = results_of(scratch.path("whole"));

    std::mt19937_64 bits(11);
    int n_kills = 0, n_sweeps = 0;
    for (int round = 0; n_kills < 200; ++round) {
        const fs::path out = scratch.path("killed" + std::to_string(round));
        ++n_sweeps;
        for (;;) {
            const auto before = results_of(out);
            const pid_t pid = start_lamina({"sweep", "run", scratch.file.string(), "-o",
                                            out.string(), "--workers", "2", "--no-collect"});
            std::this_thread::sleep_for(std::chrono::milliseconds(5 + int(bits() % 250)));
            const bool killed = ::waitpid(pid, nullptr, WNOHANG) == 0;
            if (killed) {
                ::kill(pid, SIGKILL);
                end_of(pid);
                ++n_kills;
            }
            // what was done is as it was
            const auto after = results_of(out);
            for (const auto& [id, bytes] : before) {
                REQUIRE(after.count(id) == 1);
                REQUIRE(after.at(id) == bytes);
            }
            for (const auto& [id, bytes] : after) REQUIRE(whole.at(id) == bytes);
            if (!killed || n_kills >= 200) break;
        }
        const ProcessResult last = scratch.run(out.filename().string());
        INFO(last.err);
        REQUIRE(last.exit_code == 0);
        REQUIRE(results_of(out) == whole);
        // nothing half done lies about
        for (const auto& entry : fs::directory_iterator(out / "points"))
            REQUIRE(whole.count(entry.path().filename().string()) == 1);
        fs::remove_all(out);
    }
    std::printf("200 kills in %d sweeps of 8 points\n", n_sweeps);
}

TEST_CASE("SIGTERM ends a sweep in order with 75; resume does the rest") {
    const Scratch scratch("  grid: {column.tau.gate: {from: 1 ms, to: 400 ms, n: 400}}\n");
    const fs::path out = scratch.path("out");
    for (const int signal : {SIGTERM, SIGUSR1, SIGINT}) {
        const pid_t pid = start_lamina(
            {"sweep", "run", scratch.file.string(), "-o", out.string(), "--no-collect"});
        // until some are done
        const std::size_t before = results_of(out).size();
        REQUIRE(comes_true([&] { return results_of(out).size() > before + 3; }));
        ::kill(pid, signal);
        CHECK(end_of(pid) == 75);
        const auto n = results_of(out).size();
        CHECK(n > before);
        CHECK(n < 400);
    }
    const ProcessResult status = run_lamina({"sweep", "status", out.string(), "--json"});
    CHECK(nlohmann::json::parse(status.out)["running"] == 0);
    const ProcessResult last = run_lamina({"resume", out.string(), "--no-collect"});
    INFO(last.err);
    CHECK(last.exit_code == 0);
    CHECK(results_of(out).size() == 400);
}

TEST_CASE("a full disk: one line, what is done is safe, and the rest is done when there is room") {
    const Scratch scratch(eight_points);
    REQUIRE(scratch.run("whole").exit_code == 0);
    const auto whole = results_of(scratch.path("whole"));
    int n_full = 0;
    for (int size_kB = 100; size_kB <= 2000; size_kB += 100) {
        INFO(size_kB << " kB");
        const SmallDisk small(scratch.path("disk"), std::to_string(size_kB) + "k");
        if (!small.mounted) {
            skip("mounting needs root");
            return;
        }
        const fs::path& disk = small.path;
        const ProcessResult full = run_lamina(
            {"sweep", "run", scratch.file.string(), "-o", (disk / "out").string(), "--no-collect"});
        INFO(full.err);
        bool fine = full.exit_code == 0;
        if (!fine) {
            ++n_full;
            CHECK(full.exit_code == 1);
            CHECK_THAT(full.err, Catch::Contains("o space left"));
            CHECK_THAT(full.err, Catch::Contains(disk.string()));
        }
        for (const auto& [id, bytes] : results_of(disk / "out")) CHECK(whole.at(id) == bytes);
        // room is made
        small.grow("20m");
        const ProcessResult rest = run_lamina(
            {"sweep", "run", scratch.file.string(), "-o", (disk / "out").string(), "--no-collect"});
        INFO(rest.err);
        CHECK(rest.exit_code == 0);
        CHECK(results_of(disk / "out") == whole);
    }
    CHECK(n_full >= 5);
}

TEST_CASE("a point that fails is told, and others go on; --failed tries it again") {
    // a time constant far below the step makes the explicit method explode
    const Scratch scratch("  grid: {simulation.integrator: [exponential, euler]}\n"
                          "  zip: {column.tau.gate: [5 ms, 0.04 ms]}\n");
    const ProcessResult done = scratch.run("out");
    INFO(done.err);
    // what cannot be run is found before anything runs
    CHECK(done.exit_code == 2);
    CHECK_THAT(done.err, Catch::Contains("L0410") && Catch::Contains("1 of 4 points"));
    CHECK_FALSE(fs::exists(scratch.path("out")));
    const ProcessResult rest = scratch.run("out", {"--skip-invalid"});
    CHECK(rest.exit_code == 0);
    CHECK(results_of(scratch.path("out")).size() == 3);
    CHECK_THAT(rest.out, Catch::Contains("1 invalid"));
}

TEST_CASE("a directory of another sweep, or of none, is left alone") {
    const Scratch scratch(eight_points);
    REQUIRE(scratch.run("out").exit_code == 0);
    const ProcessResult other = scratch.run("out", {"--seed", "4"});
    CHECK(other.exit_code == 2);
    CHECK_THAT(other.err, Catch::Contains("L0413"));
    write_file(scratch.path("mine") / "thesis.txt", "all of it");
    CHECK_THAT(scratch.run("mine").err, Catch::Contains("L0412"));
    CHECK(read_file(scratch.path("mine") / "thesis.txt") == "all of it");
    // a plan that was changed is found
    std::string plan = read_file(scratch.path("out") / "sweep.json");
    plan[plan.find("\"points\"") + 11] = '9';
    write_file(scratch.path("out") / "sweep.json", plan);
    CHECK(run_lamina({"sweep", "status", scratch.path("out").string()}).exit_code == 5);
}

TEST_CASE("files that points read may not change between them") {
    const Scratch scratch("  points: places.csv\n");
    write_file(scratch.path("places.csv"), "column.tau.gate\n1 ms\n2 ms\n");
    REQUIRE(scratch.run("out").exit_code == 0);
    write_file(scratch.path("places.csv"), "column.tau.gate\n1 ms\n3 ms\n");
    const ProcessResult status = run_lamina({"sweep", "status", scratch.path("out").string()});
    CHECK(status.exit_code == 2);
    CHECK_THAT(status.err, Catch::Contains("L0414"));
}
