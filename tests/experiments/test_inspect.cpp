/// `lamina inspect` shows what is in a file, and survives any file.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cmath>

#include "kernels/philox.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/contains.hpp"
#include "support/process.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// One small run for all tests of this file.
const fs::path& inspected_run() {
    static const TemporaryDirectory folder;
    static const fs::path run = [] {
        const fs::path out = folder.path() / "run";
        const auto done =
            run_lamina({"run", LAMINA_SOURCE_DIR "/experiments/dms.yaml", "task.load=[1, 2]",
                        "task.trials.per_condition=2", "simulation.dt=0.5 ms",
                        "analysis.predict=false", "--no-report", "-o", out.string()});
        INFO(done.err);
        REQUIRE(done.exit_code == 0);
        return out;
    }();
    return run;
}

ProcessResult inspected(const std::string& what, bool trust = false) {
    return trust ? run_lamina({"inspect", "--trust", what}) : run_lamina({"inspect", what});
}

} // namespace

TEST_CASE("inspect: every variable of a run with its kind, unit and shape") {
    const std::string file = (inspected_run() / "results.h5").string();
    const auto tree = inspected(file);
    REQUIRE(tree.exit_code == 0);
    const auto results = lamina::RunDirectory::open(inspected_run()).results();
    int n_variables = 0;
    for (const std::string& group : results.groups()) {
        CHECK(contains(tree.out, "\n/" + group + "\n"));
        for (const std::string& name : results.variables(group)) {
            INFO(group << "/" << name);
            const lamina::VariableInfo info = results.describe(group, name);
            const auto one = inspected(file + ":" + group + "/" + name);
            CHECK(one.exit_code == 0);
            CHECK(contains(one.out, "@units = " + info.units));
            if (!info.dimensions.empty()) // a single number has none
                CHECK(contains(one.out, info.dimensions[0] + " " + std::to_string(info.shape[0])));
            CHECK(contains(tree.out, info.long_name));
            ++n_variables;
        }
    }
    CHECK(n_variables > 50);

    // numbers are those of the file
    const auto accuracy = results.numbers("behaviour", "accuracy");
    const auto shown = inspected(file + ":/behaviour/accuracy").out;
    char first[32];
    std::snprintf(first, sizeof first, "first      %.6g", accuracy[0]);
    CHECK(contains(shown, first));
    CHECK(contains(inspected(file + ":behaviour").out, "accuracy_low"));
}

TEST_CASE("inspect: runs, JSON, experiment files, npy and csv") {
    CHECK(contains(inspected(inspected_run().string()).out, "results.h5"));
    CHECK(contains(inspected(inspected_run().string() + ":summary.comparison").out,
                   "summary.comparison.output_relative_error.mean"));
    CHECK(contains(inspected((inspected_run() / "run.json").string() + ":seed").out, "7\n"));
    const auto spec = inspected(LAMINA_SOURCE_DIR "/experiments/dms.yaml:column.tau.PV");
    CHECK(contains(spec.out, "2.7 ms"));
    CHECK(contains(spec.out, "PV cells"));

    const TemporaryDirectory folder;
    const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }";
    std::string npy = std::string("\x93NUMPY\x01\0", 8);
    const std::string padded = header + std::string(64 - 10 - header.size() % 64 + 63, ' ') + "\n";
    npy += char(padded.size() & 255);
    npy += char(padded.size() >> 8);
    npy += padded;
    for (const double value : {2.0, 4.0})
        npy.append(reinterpret_cast<const char*>(&value), sizeof value);
    write_file(folder.path() / "a.npy", npy);
    const auto array = inspected((folder.path() / "a.npy").string());
    CHECK(contains(array.out, "shape [2, 1]"));
    CHECK(contains(array.out, "2 to 4, mean 3"));

    write_file(folder.path() / "a:b.csv", "load,who\n1,x\n3,y\n");
    const std::string csv = (folder.path() / "a:b.csv").string();
    CHECK(contains(inspected(csv).out, "2 rows of 2 columns"));
    CHECK(contains(inspected(csv + ":load").out, "1 to 3, mean 2"));
    CHECK(contains(inspected(csv + ":who").out, "text, first: x"));
    CHECK(contains(inspected((inspected_run() / "README.txt").string()).out, "text of"));
}

TEST_CASE("inspect: what is not there, by name") {
    const std::string file = (inspected_run() / "results.h5").string();
    auto done = inspected(file + ":rates/rmss");
    CHECK(done.exit_code == 2);
    CHECK(contains(done.err, "error[L0403]"));
    CHECK(contains(done.err, "did you mean `rates/rms`?"));
    CHECK(contains(inspected("nonesuch").err, "error[L0101]"));
    CHECK(inspected(LAMINA_SOURCE_DIR "/experiments/dms.yaml:colum").exit_code == 2);

    const TemporaryDirectory folder;
    CHECK(inspected(folder.path().string()).exit_code == 2);
    REQUIRE(mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK(contains(inspected((folder.path() / "pipe").string()).err, "neither a plain file"));
    std::string deep(100000, '[');
    write_file(folder.path() / "deep.json", deep + std::string(100000, ']'));
    CHECK(inspected((folder.path() / "deep.json").string()).exit_code == 2);
    write_file(folder.path() / "half.json", "{\"a\": 1");
    CHECK(inspected((folder.path() / "half.json").string()).exit_code == 2);
}

TEST_CASE("inspect: HDF5 that no run.json vouches for is not opened unless --trust is said") {
    const TemporaryDirectory folder;
    const std::string bytes = read_file(inspected_run() / "results.h5");
    const fs::path alone = folder.path() / "alone.h5";
    write_file(alone, bytes);
    const auto refused = inspected(alone.string());
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.err, "error[L0601]"));
    CHECK(refused.out.empty());
    const auto trusted = inspected(alone.string(), true);
    CHECK(trusted.exit_code == 0);
    CHECK(contains(trusted.out, "on trust"));
    // the same tree
    const auto tree = inspected((inspected_run() / "results.h5").string()).out;
    CHECK(trusted.out.substr(trusted.out.find('\n')) == tree.substr(tree.find('\n')));

    // in a run, a changed byte is found before the file is opened
    fs::copy(inspected_run(), folder.path() / "run", fs::copy_options::recursive);
    std::string changed = bytes;
    changed[changed.size() / 2] ^= 1;
    write_file(folder.path() / "run/results.h5", changed);
    const auto damaged = inspected((folder.path() / "run/results.h5").string());
    CHECK(damaged.exit_code == 5);
    CHECK(contains(damaged.err, "SHA-256"));
}

TEST_CASE("inspect --trust: damaged HDF5 ends in a message, never in a crash", "[slow]") {
    const TemporaryDirectory folder;
    const std::string bytes = read_file(inspected_run() / "results.h5");
    const fs::path file = folder.path() / "a.h5";
    int n_refused = 0;
    for (std::uint32_t i = 0; i < 150; ++i) {
        std::string damaged = bytes;
        const auto draw = [&](std::uint32_t which) {
            return lamina::philox(1, 0, lamina::Stream::laboratory, i, which).word[0];
        };
        if (i % 3 == 0) damaged.resize(draw(0) % damaged.size());
        // the structure of the file stands in its first kilobytes, and between the data
        const std::size_t reach =
            i % 2 ? std::min<std::size_t>(damaged.size(), 4096) : damaged.size();
        for (std::uint32_t k = 1; k < 9 && reach > 0; ++k)
            damaged[draw(k) % reach] = char(draw(k + 10));
        write_file(file, damaged);
        const auto done = inspected(file.string(), true);
        INFO("case " << i << ": " << done.err);
        CHECK_FALSE(done.timed_out);
        const bool orderly = done.exit_code == 0 || done.exit_code == 2 || done.exit_code == 5;
        CHECK(orderly);
        if (done.exit_code != 0) {
            CHECK(contains(done.err, "a.h5"));
            ++n_refused;
        }
    }
    CHECK(n_refused > 20);
}
