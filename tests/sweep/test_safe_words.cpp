/// Words of users and of plans reach files and sbatch as they are, and nothing else.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <random>
#include <sstream>

#include <nlohmann/json.hpp>

#include "experiments/csv.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/sweep/slurm.hpp"
#include "experiments/sweep/sweep_plan.hpp"
#include "sim/errors.hpp"
#include "support/process.hpp"
#include "sweep/small_sweep.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Text that shells, paths and files stumble over.
std::string hostile_text(std::mt19937_64& bits) {
    static const std::vector<std::string> parts = {"$(touch owned)",
                                                   "`touch owned`",
                                                   ";touch owned;",
                                                   "|sh",
                                                   "&& touch owned",
                                                   "\n#SBATCH -o x\n",
                                                   "..",
                                                   "/",
                                                   "../../owned",
                                                   "~",
                                                   "'",
                                                   "\"",
                                                   "\\",
                                                   "\t",
                                                   " ",
                                                   "*",
                                                   "?",
                                                   "[a]",
                                                   "{a,b}",
                                                   "%A",
                                                   "%",
                                                   "=",
                                                   ",",
                                                   ":",
                                                   "-",
                                                   "--wrap=x",
                                                   "\xc3\xa4",
                                                   "\xe2\x80\xae",
                                                   "a",
                                                   "B",
                                                   "7",
                                                   "0.1",
                                                   "ms",
                                                   "\r",
                                                   "#",
                                                   "!",
                                                   "${HOME}",
                                                   "<",
                                                   ">",
                                                   "&",
                                                   "@"};
    std::string text;
    const int n = 1 + int(bits() % 6);
    for (int i = 0; i < n; ++i) text += parts[std::size_t(bits() % parts.size())];
    return text;
}

bool is_plain(const std::string& text, const std::string& more) {
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" +
                                  more) == std::string::npos;
}

} // namespace

TEST_CASE("of hostile words only plain ones reach sbatch", "[slow]") {
    std::mt19937_64 bits(5);
    int n_passed = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::string name = i % 2 == 0 ? "partition" : hostile_text(bits);
        const std::string value = hostile_text(bits);
        try {
            check_slurm_option(name, value);
        } catch (const SpecError&) { continue; }
        ++n_passed;
        INFO(name << "=" << value);
        REQUIRE(is_plain(name, "-"));
        REQUIRE(is_plain(value, "_.,:@=+%/&|[]!*-"));
        REQUIRE(name != "wrap");
        REQUIRE(name != "output");
    }
    CHECK(n_passed > 100);
}

TEST_CASE("hostile words as values of a plan are refused or kept as they are", "[slow]") {
    std::mt19937_64 bits(6);
    int n_kept = 0;
    for (int i = 0; i < 5'000; ++i) {
        const std::string value = hostile_text(bits);
        nlohmann::json quoted = value; // JSON's strings are YAML's
        const std::string text =
            small_sweep("  grid: {title: [\"before\", " + quoted.dump() + "]}\n");
        INFO(quoted.dump());
        try {
            const SweepPlan plan(read_spec_text(text, "small.yaml", "."));
            ++n_kept;
            const SweepPoint point = plan.point(1);
            // the id is a file name, whatever the value
            REQUIRE(is_plain(point.id, "-"));
            // the table has it back
            const CsvTable cells = parse_csv(plan.cells_csv(), "cells.csv");
            REQUIRE(cells.rows.size() == 3);
            REQUIRE(cells.rows[2][4] == point.labels[0]);
            const ExperimentSpec spec =
                read_spec_text(text, "small.yaml", ".", plan.overrides_of(point));
            REQUIRE(spec.title == value);
        } catch (const SpecError&) {}
    }
    CHECK(n_kept > 1000);
}

TEST_CASE("a job is submitted word by word, and nothing of it is run by a shell") {
    const TemporaryDirectory folder;
    const fs::path bin = folder.path() / "bin", seen = folder.path() / "seen";
    // sbatch that writes its arguments down, one to a line, and answers with a number
    write_program(bin / "sbatch",
                  "printf '%s\\n' \"$@\" >> \"$SEEN\"\necho END >> \"$SEEN\"\necho 42\n");
    write_program(bin / "scontrol", "echo 'MaxArraySize            = 11'\n");
    const std::string path = bin.string() + ":" + std::getenv("PATH");
    const fs::path file = folder.path() / "small.yaml";
    write_file(file,
               small_sweep("  grid: {title: [\"$(touch owned)\", \"`touch owned`\", "
                           "\";touch owned\"], column.tau.gate: {from: 1 ms, to: 9 ms, n: 9}}\n"));
    ProcessOptions options{folder.path(), "", {}, 60};
    options.environment["PATH"] = path;
    options.environment["SEEN"] = seen.string();
    const std::string out = (folder.path() / "with space; touch owned").string();
    const ProcessResult done =
        run_lamina({"sweep", "submit", file.string(), "-o", out, "--slurm", "partition=debug",
                    "--slurm", "time=0:10:00", "--throttle", "4", "--json"},
                   options);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    const auto json = nlohmann::json::parse(done.out);
    CHECK(json["points"] == 27);
    CHECK(json["tasks"] == 9); // at most 10 of an array that may have 11: three points each
    CHECK(json["array_job"] == "42");
    const std::string said = read_file(seen);
    CHECK_THAT(said, Catch::Contains("--array=0-8%4\n") &&
                         Catch::Contains("--chdir=" + out + "\n") &&
                         Catch::Contains("--partition=debug\n") &&
                         Catch::Contains("--dependency=afterany:42\n") &&
                         Catch::Contains("--signal=USR1@60\n"));
    for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
        CHECK(entry.path().filename() != "owned");
    // scripts hold nothing of the sweep
    const std::string script = read_file(fs::path(out) / "slurm/array.sh");
    CHECK(script.find("owned") == std::string::npos);
    CHECK(script.find(out) == std::string::npos);
    CHECK(run_process({"bash", "-n", (fs::path(out) / "slurm/array.sh").string()}).exit_code == 0);

    // a task does its points and no others
    const ProcessResult task = run_lamina(
        {"sweep", "run", out, "--tasks", "slurm/tasks-1.json", "--task", "2", "--no-collect"},
        options);
    INFO(task.err);
    CHECK(task.exit_code == 0);
    const auto status = nlohmann::json::parse(run_lamina({"sweep", "status", out, "--json"}).out);
    CHECK(status["done"] == 3);
    for (const auto& one : status["list"])
        CHECK((one["state"] == "done") == (one["number"] >= 6 && one["number"] < 9));
    CHECK(run_lamina({"sweep", "run", out, "--tasks", "slurm/tasks-1.json", "--task", "9"})
              .exit_code == 2);
    CHECK_THAT(run_lamina({"sweep", "run", out, "--tasks", "cells.csv", "--task", "0"}).err,
               Catch::Contains("L0417"));
    for (const char* bad : {"array=0-3", "partition=a b", "Partition=a", "wrap=x", "outp=x"})
        CHECK_THAT(run_lamina({"sweep", "submit", out, "--slurm", bad}, options).err,
                   Catch::Contains("L0416"));
    // what Slurm says against it is told
    write_program(bin / "sbatch", "echo 'sbatch: error: invalid partition' >&2\nexit 1\n");
    const ProcessResult refused = run_lamina({"sweep", "submit", out}, options);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Catch::Contains("L0415") && Catch::Contains("invalid partition"));
    options.environment["PATH"] = "/nonexistent";
    CHECK(run_lamina({"sweep", "submit", out}, options).exit_code == 4);
}
