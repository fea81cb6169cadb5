/// `lamina run` from outside: same bytes, whole files, one clear line when something is wrong.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "experiments/small_dms.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

ProcessResult run_small_dms(const fs::path& folder, std::vector<std::string> more) {
    write_file(folder / "small.yaml", small_dms);
    std::vector<std::string> arguments = {"run", (folder / "small.yaml").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_lamina(arguments, {folder, "", {}, 120});
}

/// Every file below a folder, except temporaries of an atomic write that was killed.
std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    if (fs::exists(folder))
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file() && entry.path().filename().string()[0] != '.')
                files.push_back(entry.path());
    return files;
}

} // namespace

TEST_CASE("results.h5 has the same bytes for any number of threads, with or without a trace") {
    TemporaryDirectory scratch;
    std::vector<std::string> bytes;
    for (const char* threads : {"1", "2", "3", "4"}) {
        const std::string out = (scratch.path() / ("out" + std::string(threads))).string();
        std::vector<std::string> arguments = {"--threads", threads, "-o", out, "--no-report"};
        if (std::string(threads) == "3") arguments.insert(arguments.end(), {"--trace", "4"});
        const auto done = run_small_dms(scratch.path(), arguments);
        INFO(done.err);
        REQUIRE(done.exit_code == 0);
        bytes.push_back(read_file(fs::path(out) / "results.h5"));
    }
    CHECK(bytes[0].size() > 10000);
    CHECK(bytes[1] == bytes[0]);
    CHECK(bytes[2] == bytes[0]);
    CHECK(bytes[3] == bytes[0]);
    CHECK(fs::exists(scratch.path() / "out3" / "trace.h5"));

    // another seed is another experiment
    const std::string other = (scratch.path() / "other").string();
    REQUIRE(run_small_dms(scratch.path(), {"--seed", "4", "-o", other, "--no-report"}).exit_code ==
            0);
    CHECK(read_file(fs::path(other) / "results.h5") != bytes[0]);
}

TEST_CASE("a run directory is never overwritten, and says what came out") {
    TemporaryDirectory scratch;
    const std::string out = (scratch.path() / "out").string();
    const auto first = run_small_dms(scratch.path(), {"-o", out, "--json"});
    INFO(first.err);
    REQUIRE(first.exit_code == 0);

    // --json is one object on stdout with the numbers of run.json
    const auto told = nlohmann::json::parse(first.out);
    const auto kept = nlohmann::json::parse(read_file(fs::path(out) / "run.json"));
    CHECK(told["run_dir"] == out);
    CHECK(told["summary"] == kept["summary"]);
    CHECK(kept["state"] == "complete");
    CHECK(kept["files"].contains("report.html"));
    CHECK(fs::exists(fs::path(out) / "spec.yaml"));
    CHECK(fs::exists(fs::path(out) / "spec.resolved.yaml"));
    CHECK(run_lamina({"verify", out}).exit_code == 0);

    // a second run there is refused; --force replaces it, but never a folder that is not ours
    const auto second = run_small_dms(scratch.path(), {"-o", out});
    CHECK(second.exit_code == 2);
    CHECK(second.err.find("error[L0721]") != std::string::npos);
    CHECK(second.err.find("--force") != std::string::npos);
    CHECK(run_small_dms(scratch.path(), {"-o", out, "--force"}).exit_code == 0);
    CHECK(run_lamina({"verify", out}).exit_code == 0);
    write_file(scratch.path() / "mine" / "notes.txt", "mine");
    CHECK(run_small_dms(scratch.path(), {"-o", (scratch.path() / "mine").string(), "--force"})
              .exit_code == 2);
    CHECK(files_below(scratch.path() / "mine").size() == 1);

    // without -o two runs get two directories
    REQUIRE(run_small_dms(scratch.path(), {"--no-report"}).exit_code == 0);
    REQUIRE(run_small_dms(scratch.path(), {"--no-report"}).exit_code == 0);
    int n_runs = 0;
    for (const auto& entry : fs::directory_iterator(scratch.path() / "runs"))
        n_runs += entry.is_directory();
    CHECK(n_runs == 2);
}

TEST_CASE("a file that is wrong writes nothing and exits 2") {
    TemporaryDirectory scratch;
    for (const char* wrong :
         {"task.timing.dealy=1 s", "column.heads=3", "task.timing.delay=1", "seed=no",
          "column.inhibition=pv_lgo", "simulation.dt=0.3 ms", "task.load=[9]", "name=../away"}) {
        INFO(wrong);
        const auto refused = run_small_dms(scratch.path(), {wrong});
        CHECK(refused.exit_code == 2);
        CHECK(refused.err.find("error[L0") != std::string::npos);
        CHECK(refused.out.empty());
        CHECK_FALSE(fs::exists(scratch.path() / "runs"));
    }
    CHECK(run_lamina({"run", "no-such-file.yaml"}).exit_code == 2);
    CHECK(run_lamina({"run"}).exit_code == 2);
    CHECK(run_lamina({"rnu", "x"}).exit_code == 2);
    const auto says = [](const ProcessResult& done, int exit_code, const char* id) {
        INFO(done.err);
        CHECK(done.exit_code == exit_code);
        CHECK(done.err.find(std::string("error[") + id + "]") != std::string::npos);
        CHECK(done.err.find("= help:") != std::string::npos);
    };
    says(run_small_dms(scratch.path(), {"--device", "cuda"}), 4, "L0501");
    says(run_small_dms(scratch.path(), {"--trace", "12"}), 2, "L0402");
    says(run_small_dms(scratch.path(), {"sweep={grid: {column.norm: [none, post]}}"}), 2, "L0401");
    says(run_lamina({"list", "socres"}), 2, "L0403");
    says(run_lamina({"init", scratch.path().string(), "--template", "dmz"}), 2, "L0403");
    CHECK_FALSE(fs::exists(scratch.path() / "runs"));
}

TEST_CASE("an unmet expectation is reported; --strict makes it the exit code") {
    TemporaryDirectory scratch;
    const std::string expectation = "expect={comparison.output_relative_error: \"< 1e-300\"}";
    const auto told = run_small_dms(scratch.path(), {"--no-report", expectation});
    INFO(told.err);
    CHECK(told.exit_code == 0);
    CHECK(told.out.find("surprise") != std::string::npos);
    CHECK(run_small_dms(scratch.path(), {"--no-report", "--strict", expectation}).exit_code == 5);
}

TEST_CASE("a signal ends a run with its own exit code, and leaves no folder behind") {
    TemporaryDirectory scratch;
    const std::vector<std::pair<const char*, int>> signals = {
        {"INT", SIGINT}, {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"HUP", SIGHUP}};
    for (const auto& [name, number] : signals) {
        INFO(name);
        const std::string out = (scratch.path() / name).string();
        // in the foreground timeout sends one signal; else also one to its group, and a second one
        // ends the run at once
        const auto done =
            run_process({"timeout", "--foreground", "--preserve-status", "-s", name, "2",
                         LAMINA_BINARY, "run", LAMINA_SOURCE_DIR "/experiments/dms.yaml",
                         "task.trials.per_condition=20000", // much more than two seconds
                         "-o", out});
        CHECK(done.exit_code == 128 + number);
        CHECK(done.err.find("no results were written") != std::string::npos);
        CHECK_FALSE(fs::exists(out));
    }
}

TEST_CASE("a result that cannot be printed is no success") {
    const auto full = run_process({"sh", "-c", LAMINA_BINARY " schema > /dev/full"});
    CHECK(full.exit_code == 1);
    CHECK(full.err.find("stdout could not be written") != std::string::npos);
}

TEST_CASE("an empty folder may be given, a folder that is no run cannot be verified") {
    TemporaryDirectory scratch;
    fs::create_directory(scratch.path() / "empty");
    const std::string out = (scratch.path() / "empty").string();
    CHECK(run_small_dms(scratch.path(), {"-o", out, "--no-report"}).exit_code == 0);
    CHECK(run_lamina({"verify", out}).exit_code == 0);
    CHECK(run_lamina({"verify", (scratch.path() / "nowhere").string()}).exit_code == 2);
}

TEST_CASE("SIGKILL at 50 random moments leaves only whole files", "[slow]") {
    TemporaryDirectory scratch;
    const std::string whole = (scratch.path() / "whole").string();
    const auto started = std::chrono::steady_clock::now();
    REQUIRE(run_small_dms(scratch.path(), {"-o", whole}).exit_code == 0);
    const double run_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const std::string results = read_file(fs::path(whole) / "results.h5");

    std::mt19937_64 random(20);
    int n_with_results = 0, n_complete = 0;
    for (int kill_number = 0; kill_number < 50; ++kill_number) {
        const fs::path out = scratch.path() / ("killed" + std::to_string(kill_number));
        const double at_s = run_s * 1.1 * double(random() >> 11) * 0x1p-53;
        const pid_t child = fork();
        if (child == 0) {
            const int nowhere = open("/dev/null", O_WRONLY);
            dup2(nowhere, STDOUT_FILENO);
            dup2(nowhere, STDERR_FILENO);
            const std::string file = (scratch.path() / "small.yaml").string();
            execl(LAMINA_BINARY, LAMINA_BINARY, "run", file.c_str(), "-o", out.c_str(),
                  static_cast<char*>(nullptr));
            _exit(127);
        }
        std::this_thread::sleep_for(std::chrono::duration<double>(at_s));
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);

        // whatever has a name is whole
        INFO("killed after " << at_s << " s");
        for (const fs::path& file : files_below(out)) {
            if (file.filename() == "results.h5") {
                ++n_with_results;
                CHECK(read_file(file) == results);
            }
            if (file.filename() == "run.json") CHECK_NOTHROW(RunDirectory::open(out));
        }
        if (fs::exists(out / "run.json")) {
            ++n_complete;
            CHECK(lamina::verify(out).problems.empty());
        }
    }
    // the moments must have met runs before, while and after their files were written
    CHECK(n_with_results > 0);
    CHECK(n_complete < 50);
}

TEST_CASE("a full disk ends with exit 1 and one clear line") {
    if (geteuid() != 0) {
        skip("mounting a small file system needs root");
        return;
    }
    TemporaryDirectory scratch;
    const fs::path small_disk = scratch.path() / "disk";
    fs::create_directory(small_disk);
    if (mount("none", small_disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
        skip("tmpfs cannot be mounted here");
        return;
    }
    const auto full = run_small_dms(scratch.path(), {"-o", (small_disk / "out").string()});
    std::vector<fs::path> left = files_below(small_disk);
    umount(small_disk.c_str());
    INFO(full.err);
    CHECK(full.exit_code == 1);
    CHECK(full.err.find("no space left") != std::string::npos);
    CHECK(full.err.find("results.h5") != std::string::npos);
    for (const fs::path& file : left) CHECK(file.filename() != "run.json");
}
