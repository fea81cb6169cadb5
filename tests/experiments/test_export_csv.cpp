/// `lamina export --to csv`: tables that say what results.h5 and run.json say.
#include <catch2/catch.hpp>

#include <cstdio>

#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina::test;

namespace {

/// A run of change detection or delayed estimation that takes a second, with two factors.
std::string exported_run(const TemporaryDirectory& folder, const std::string& task) {
    const std::string run = (folder.path() / task).string();
    const ProcessResult made = run_lamina(
        {"run", LAMINA_SOURCE_DIR "/experiments/" + task + ".yaml", "-o", run, "--no-report",
         "task.trials.per_condition=2", "task.load=[1, 2]", "task.timing.delay=50 ms",
         "vary={memory.diffusion: [0 deg2/s, 20 deg2/s], column.inhibition: [pv_log, none]}",
         "analysis.predict=false", "compare_with=[]", "expect={}"});
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    return run;
}

} // namespace

TEST_CASE("export: Python reads from the tables what results.h5 and run.json have, bit by bit") {
    const std::string python = "/usr/bin/python3";
    if (run_process({python, "-c", "import xarray, h5netcdf"}).exit_code != 0) {
        skip("/usr/bin/python3 has no xarray with h5netcdf");
        return;
    }
    const TemporaryDirectory folder;
    for (const std::string task : {"change_detection", "delayed_estimation"}) {
        const std::string run = exported_run(folder, task);
        const ProcessResult exported = run_lamina({"export", run, "--to", "csv"});
        INFO(exported.err);
        REQUIRE(exported.exit_code == 0);
        CHECK(exported.out.find(run + "/csv/trials.csv\n") == 0);
        CHECK(run_lamina({"verify", run}).exit_code == 0);
        const ProcessResult judged =
            run_process({python, LAMINA_SOURCE_DIR "/tests/tools/check_csv.py", run});
        INFO(judged.out << judged.err);
        CHECK(judged.exit_code == 0);
        std::printf("%s: %s", task.c_str(), judged.out.c_str());
    }
}

TEST_CASE("export: tables are written anew, and what somebody else changed or put there stays") {
    const TemporaryDirectory folder;
    const std::string run = exported_run(folder, "change_detection");
    const std::string trials = run + "/csv/trials.csv", items = run + "/csv/items.csv";
    const auto exported = [&] { return run_lamina({"export", run, "--to", "csv"}); };

    // a file that no export left
    std::filesystem::create_directory(run + "/csv");
    write_file(items, "mine\n");
    const ProcessResult refused = exported();
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("L0721") != std::string::npos);
    CHECK(refused.err.find("items.csv") != std::string::npos);
    CHECK(refused.err.find("= help:") != std::string::npos);
    CHECK(read_file(items) == "mine\n");
    CHECK_FALSE(std::filesystem::exists(trials));
    std::filesystem::remove(items);

    REQUIRE(exported().exit_code == 0);
    const std::string bytes = read_file(trials);
    CHECK(bytes.find("variant,diffusion_deg2_per_s,inhibition,condition,trial,load,") == 0);
    REQUIRE(exported().exit_code == 0);
    CHECK(read_file(trials) == bytes);

    // one that was changed since
    write_file(trials, bytes + "0,,,,\n");
    CHECK(exported().exit_code == 2);
    CHECK(read_file(trials) == bytes + "0,,,,\n");
    // one that is gone
    std::filesystem::remove(trials);
    REQUIRE(exported().exit_code == 0);
    CHECK(read_file(trials) == bytes);
    CHECK(run_lamina({"verify", run}).exit_code == 0);
}
