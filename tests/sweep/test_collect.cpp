/// What a sweep leaves: the numbers of all points over the axes, the same bytes whoever ran them.
#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "experiments/read_spec.hpp"
#include "experiments/sweep/sweep_axes.hpp"
#include "experiments/sweep/sweep_numbers.hpp"
#include "experiments/sweep/sweep_plan.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/contains.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// Points of some milliseconds each. @param sweep  lines below `sweep:`
std::string tiny_sweep(const std::string& sweep) {
    return "lamina: 1\nname: tiny\nseed: 3\n"
           "column: {columns: 4, heads: 1, d_model: 8, d_head: 8, weights: {kind: random, "
           "score_sd: 3}}\n"
           "task: {type: presentation, duration: 20 ms, presentations: 2}\n"
           "analysis: {bootstrap: 10}\n"
           "sweep:\n" +
           sweep;
}

const std::string twelve_points = tiny_sweep("  grid:\n"
                                             "    column.inhibition: [pv_log, pv_linear]\n"
                                             "    column.tau.gate: [0.005 s, 10 ms, 15 ms]\n"
                                             "  replicates: 2\n");

class TinySweep {
  public:
    explicit TinySweep(const std::string& text) {
        write_file(folder_.path() / "tiny.yaml", text);
        directory = folder_.path() / "sweep";
    }
    ProcessResult run(std::vector<std::string> options = {}) const {
        std::vector<std::string> words = {"sweep", "run", (folder_.path() / "tiny.yaml").string(),
                                          "-o", directory.string()};
        words.insert(words.end(), options.begin(), options.end());
        return run_lamina(words);
    }
    std::string file(const char* name) const { return read_file(directory / name); }

    fs::path directory;

  private:
    TemporaryDirectory folder_;
};

/// Points whose runs are gone wait again. @param last  excluded
void take_away(const fs::path& sweep, int first, int last) {
    for (const auto& point : fs::directory_iterator(sweep / "points")) {
        const int number = std::stoi(point.path().filename().string());
        if (number >= first && number < last) fs::remove_all(point.path());
    }
}

double mean_of_point(const fs::path& sweep, const std::string& id) {
    const RunDirectory run = RunDirectory::open(sweep / "points" / id);
    return run.summary().at("comparison").at("output_relative_error").at("mean");
}

} // namespace

TEST_CASE("summary.h5 and results.csv have the same bytes whoever ran which point when") {
    const TinySweep one(twelve_points), two(twelve_points), stopped(twelve_points);
    REQUIRE(one.run({"--workers", "1"}).exit_code == 0);
    REQUIRE(two.run({"--workers", "2", "--first", "7,3"}).exit_code == 0);
    REQUIRE(stopped.run({"--no-collect"}).exit_code == 0);
    CHECK_FALSE(fs::exists(stopped.directory / "summary.h5"));
    CHECK(contains(run_lamina({"report", stopped.directory.string()}).err, "lamina sweep collect"));
    take_away(stopped.directory, 5, 12);
    REQUIRE(run_lamina({"resume", stopped.directory.string(), "--workers", "2"}).exit_code == 0);
    for (const char* name : {"summary.h5", "results.csv"}) {
        INFO(name);
        CHECK(two.file(name) == one.file(name));
        CHECK(stopped.file(name) == one.file(name));
    }
    // put together again, nothing changes, run.json included
    const std::string record = one.file("run.json");
    REQUIRE(run_lamina({"sweep", "collect", one.directory.string()}).exit_code == 0);
    CHECK(one.file("run.json") == record);
    CHECK(run_lamina({"verify", one.directory.string()}).exit_code == 0);
}

TEST_CASE("each point's numbers stand at its coordinates, and a point that is not done is NaN") {
    const TinySweep sweep(twelve_points);
    REQUIRE(sweep.run({"--no-collect"}).exit_code == 0);
    take_away(sweep.directory, 7, 12);
    const ProcessResult collected = run_lamina({"sweep", "collect", sweep.directory.string()});
    INFO(collected.err);
    REQUIRE(collected.exit_code == 0);
    CHECK(contains(collected.out, "7 of 12 points are done, 5 waiting"));

    const RunDirectory directory = RunDirectory::open(sweep.directory);
    CHECK(directory.run()["kind"] == "sweep");
    CHECK(directory.run()["state"] == "partial");
    const ResultsReader reader = directory.results("summary.h5");
    const std::vector<std::string> all = {"inhibition", "gate", "replicate"};
    CHECK(reader.text("", "inhibition") == std::vector<std::string>{"pv_log", "pv_linear"});
    CHECK(reader.numbers("", "gate") == std::vector<double>{5, 10, 15});
    CHECK(reader.describe("", "gate").units == "ms");
    CHECK(reader.text_attribute("gate", "path") == "column.tau.gate");
    CHECK(reader.integers("", "replicate") == std::vector<std::int64_t>{0, 1});

    const auto ids = reader.text("", "id", all);
    const auto error = reader.numbers("", "comparison_output_relative_error", all);
    const auto low = reader.numbers("", "comparison_output_relative_error_ci_low", all);
    const auto n = reader.numbers("", "comparison_output_relative_error_n", all);
    const auto state = reader.integers("", "state", all);
    const auto seed = reader.integers("", "seed", all);
    CHECK(reader.text_attribute("comparison_output_relative_error", "path") ==
          "comparison.output_relative_error");
    CHECK(reader.describe("", "comparison_settle_time_ms").units == "ms");
    for (std::size_t i = 0; i < 12; ++i) {
        INFO("point " << i);
        CHECK(seed[i] == std::int64_t(3 + i % 2)); // common random numbers
        CHECK(state[i] == (i < 7 ? 2 : 0));
        if (i < 7) {
            CHECK(error[i] == mean_of_point(sweep.directory, ids[i]));
            CHECK(low[i] <= error[i]);
            CHECK(n[i] == 2);
        } else {
            CHECK(std::isnan(error[i]));
        }
    }
    // the point at pv_linear, 5 ms, first replicate is number 6, and was run with just that
    const Json spec = RunDirectory::open(sweep.directory / "points" / ids[6]).run()["spec"];
    CHECK(spec["column"]["inhibition"]["type"] == "pv_linear");
    CHECK(spec["column"]["tau"]["gate"] == "5 ms");

    // a line for each point, in the order of cells.csv
    const std::string results = sweep.file("results.csv");
    CHECK(results.find("number,id,column.inhibition,column.tau.gate,replicate,seed,state,") == 0);
    CHECK(contains(results, "\n6," + ids[6] + ",pv_linear,0.005 s,0,3,done,"));
    CHECK(contains(results, "\n7," + ids[7] + ",pv_linear,0.005 s,1,4,waiting,"));
}

TEST_CASE("xarray opens the summary of a sweep with both engines") {
    const TinySweep sweep(tiny_sweep("  grid: {column.tau.gate: [5 ms, 10 ms]}\n"
                                     "  zip: {column.inhibition: [pv_log, pv_linear],"
                                     " column.heads: [1, 2]}\n"));
    REQUIRE(sweep.run().exit_code == 0);
    write_file(sweep.directory.parent_path() / "check.py", R"(
import sys
try:
    import numpy as np, xarray as xr, netCDF4, h5netcdf
except ImportError as absent:
    print(absent)
    sys.exit(77)
for engine in ("netcdf4", "h5netcdf"):
    with xr.open_dataset(sys.argv[1], engine=engine) as data:
        data = data.load()
    error = data["comparison_output_relative_error"]
    assert error.dims == ("gate", "zip", "replicate"), error.dims
    assert error.sizes == {"gate": 2, "zip": 2, "replicate": 1}, error.sizes
    assert data.gate.values.tolist() == [5.0, 10.0] and data.gate.attrs["units"] == "ms"
    # what steps together has its values as coordinates of the common dimension
    assert data.heads.dims == ("zip",) and data.heads.values.tolist() == [1, 2]
    assert set(data.coords) == {"gate", "replicate", "inhibition", "heads", "point", "id", "seed"}
    assert data.heads.dtype == np.int64 and data.inhibition.attrs["path"] == "column.inhibition"
    assert np.isfinite(error.sel(gate=5, replicate=0)).all()
    assert (data.state == 2).all() and data.state.attrs["flag_meanings"].split()[2] == "done"
    assert data.attrs["lamina_kind"] == "sweep" and len(data.attrs["plan_sha256"]) == 64
    for variable in data.variables.values():
        assert variable.attrs["units"] and variable.attrs["long_name"], variable
    print("opened with", engine)
)");
    const ProcessResult python =
        run_process({"/usr/bin/python3", (sweep.directory.parent_path() / "check.py").string(),
                     (sweep.directory / "summary.h5").string()});
    INFO(python.out << python.err);
    if (python.exit_code == 77 || python.exit_code == 127) {
        skip("no python3-xarray with netCDF4 and h5netcdf");
        return;
    }
    CHECK(python.exit_code == 0);
}

TEST_CASE("an axis is called by the last words of its path, and numbers are in the field's unit") {
    const SweepPlan plan(read_spec_text(
        tiny_sweep("  grid:\n"
                   "    column.tau.gate: [5 ms, 0.01 s]\n"
                   "    column.tau.PV: ['2 ms', \"3 ms\"]\n"
                   "    seed: [5, 9]\n"
                   "    column.inhibition: [pv_log, pv_linear]\n"
                   "    size: {small: {column.columns: 3}, large: {column.columns: 5}}\n"
                   "  random: {n: 3, over: {column.noise.L5E: {from: 0.01, to: 0.1}}}\n"),
        "tiny.yaml", "."));
    const auto dimensions = dimensions_of(plan.base(), {"seed", "replicate"});
    std::vector<std::string> names, columns;
    for (const SweepDimension& dimension : dimensions) {
        names.push_back(dimension.name);
        for (const SweepColumn& column : dimension.columns) columns.push_back(column.name);
    }
    CHECK(names ==
          std::vector<std::string>{"gate", "PV", "axis_seed", "inhibition", "size", "random"});
    CHECK(columns ==
          std::vector<std::string>{"gate", "PV", "axis_seed", "inhibition", "size", "L5E"});
    CHECK(dimensions[0].columns[0].numbers == std::vector<double>{5, 10});
    CHECK(dimensions[0].columns[0].units == "ms");
    CHECK(dimensions[1].columns[0].numbers == std::vector<double>{2, 3}); // quotes are no part
    CHECK(dimensions[2].columns[0].whole);
    CHECK_FALSE(dimensions[3].columns[0].numeric);
    CHECK(dimensions[4].columns[0].labels == std::vector<std::string>{"small", "large"});
    CHECK(dimensions[5].columns[0].numeric);
    CHECK_FALSE(dimensions[5].has_coordinate());
}

TEST_CASE("an entry goes by its own path, and a name is given once") {
    SweepNumbers numbers(3, {"seed"});
    numbers.add(0,
                Json::parse(R"({"a": {"b_c": {"mean": 1, "ci_low": 0, "ci_high": 2, "n": 9}}})"));
    numbers.add(2, Json::parse(R"({"a": {"b_c": {"mean": null, "n": 0}}, "a_b": {"c": 4},
                                   "seed": 7, "x": "text", "time_ms": 3})"));
    std::vector<std::string> paths, names;
    for (const SweepNumber& one : numbers.all()) {
        paths.push_back(one.path);
        names.push_back(one.name);
    }
    CHECK(paths == std::vector<std::string>{"a.b_c", "a.b_c.ci_low", "a.b_c.ci_high", "a.b_c.n",
                                            "a_b.c", "seed", "time_ms"});
    CHECK(names == std::vector<std::string>{"a_b_c", "a_b_c_ci_low", "a_b_c_ci_high", "a_b_c_n",
                                            "a_b_c_2", "seed_2", "time_ms"});
    REQUIRE(numbers.find("a.b_c"));
    CHECK(numbers.find("a.b_c")->values[0] == 1);
    CHECK(std::isnan(numbers.find("a.b_c")->values[1]));
    CHECK(std::isnan(numbers.find("a.b_c")->values[2]));
    CHECK(numbers.find("time_ms")->units == "ms");
}

namespace {

/// Weights whose products no float32 holds: such a point ends with a value that is no number.
std::string sweep_with_failures() {
    std::string row = "[1e20", matrix;
    for (int i = 1; i < 8; ++i) row += ", 1e20";
    for (int i = 0; i < 8; ++i) matrix += (i == 0 ? "[" : ", ") + row + "]";
    matrix += "]";
    return "lamina: 1\nname: overflow\nseed: 3\n"
           "column:\n  columns: 4\n  heads: 1\n  d_model: 8\n  d_head: 8\n"
           "  weights: {values: {W_Q: " +
           matrix + ", W_K: " + matrix + ", W_V: " + matrix + ", W_O: " + matrix +
           "}}\n"
           "task: {type: presentation, duration: 20 ms, presentations: 1}\n"
           "analysis: {bootstrap: 5}\n"
           "expect: {comparison.attention_sum_error: \"< 10\"}\n"
           "sweep:\n  grid: {simulation.precision: [float64, float32]}\n  replicates: 2\n";
}

} // namespace

TEST_CASE("points that fail are named with their reason, and the others are collected") {
    const TinySweep sweep(sweep_with_failures());
    const ProcessResult done = sweep.run();
    INFO(done.err);
    REQUIRE(done.exit_code == 3);
    const RunDirectory directory = RunDirectory::open(sweep.directory);
    const Json& run = directory.run();
    CHECK(run["summary"]["points"]["done"] == 2);
    CHECK(run["summary"]["points"]["failed"] == 2);
    CHECK(run["state"] == "complete");
    REQUIRE(run["failures"].size() == 1);
    CHECK(run["failures"][0]["points"] == 2);
    CHECK(contains(run["failures"][0]["reason"], "trial 0"));
    CHECK(run["expect"][0]["n"] == 2);
    const auto state = directory.results("summary.h5").integers("", "state");
    CHECK(state == std::vector<std::int64_t>{2, 2, 3, 3});
    CHECK(run["summary"]["best"]["path"] == "comparison.attention_sum_error");
    CHECK(run["summary"]["best"]["settings"]["simulation.precision"] == "float64");

    const std::string failed = sweep.file("failed.csv");
    CHECK(failed.find("number,id,values,replicate,seed,reason\n2,000002-") == 0);
    CHECK(contains(failed, ",simulation.precision=float32,0,3,"));
    const std::string report = sweep.file("report.html");
    CHECK(contains(report, "Points that failed"));
    CHECK(contains(report, "simulation.precision = float32"));
    CHECK(run_lamina({"verify", sweep.directory.string()}).exit_code == 0);
}

TEST_CASE("the best point runs alone from its own directory, with the same results") {
    const TinySweep sweep(tiny_sweep("  grid: {column.tau.gate: [5 ms, 20 ms]}\n"));
    REQUIRE(sweep.run().exit_code == 0);
    const Json best = RunDirectory::open(sweep.directory).run()["summary"]["best"];
    const fs::path point = sweep.directory / "points" / best["id"].get<std::string>();
    const fs::path again = sweep.directory.parent_path() / "again";
    const ProcessResult run = run_lamina(
        {"run", (point / "spec.resolved.yaml").string(), "-o", again.string(), "--no-report"});
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    CHECK(RunDirectory::open(again).summary() == RunDirectory::open(point).summary());
}

TEST_CASE(
    "verify finds a changed byte of any point, and collect refuses another run in its place") {
    const TinySweep sweep(tiny_sweep("  grid: {column.tau.gate: [5 ms, 10 ms]}\n"));
    REQUIRE(sweep.run().exit_code == 0);
    const std::string directory = sweep.directory.string();
    const ProcessResult good = run_lamina({"verify", directory});
    INFO(good.out);
    REQUIRE(good.exit_code == 0);
    CHECK_FALSE(contains(good.out, "note")); // claims, journals and points are all known

    const std::string id =
        RunDirectory::open(sweep.directory).results("summary.h5").text("", "id")[1];
    const fs::path results = sweep.directory / "points" / id / "results.h5";
    std::string bytes = read_file(results);
    bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 1);
    write_file(results, bytes);
    const ProcessResult damaged = run_lamina({"verify", directory});
    CHECK(damaged.exit_code == 5);
    CHECK(contains(damaged.out, "points/" + id + "/results.h5"));

    // a whole run, but not the one that was done
    const fs::path record = sweep.directory / "points" / id / "run.json";
    const std::string other = read_file(
        sweep.directory / "points" /
        RunDirectory::open(sweep.directory).results("summary.h5").text("", "id")[0] / "run.json");
    write_file(record, other);
    const ProcessResult refused = run_lamina({"sweep", "collect", directory});
    CHECK(refused.exit_code == 5);
    CHECK(contains(refused.err, "was changed after its point was done"));
    CHECK(contains(refused.err, "lamina resume"));
}

TEST_CASE("other commands know a sweep's directory, or say that they take one run") {
    const TinySweep sweep(tiny_sweep("  grid: {column.tau.gate: [5 ms, 10 ms]}\n"));
    const TinySweep other(tiny_sweep("  grid: {column.tau.gate: [5 ms, 12 ms]}\n"));
    REQUIRE(sweep.run().exit_code == 0);
    REQUIRE(other.run().exit_code == 0);
    const std::string directory = sweep.directory.string();
    CHECK(run_lamina({"report", directory}).exit_code == 0);
    CHECK(run_lamina({"verify", directory}).exit_code == 0);
    CHECK(run_lamina({"compare", directory, directory}).exit_code == 0);
    const ProcessResult compared = run_lamina({"compare", directory, other.directory.string()});
    CHECK(compared.exit_code == 5);
    CHECK(contains(compared.out, "gate"));
    const ProcessResult shown = run_lamina({"inspect", directory});
    CHECK(shown.exit_code == 0);
    CHECK(contains(shown.out, "summary.h5"));
    CHECK(run_lamina({"inspect", directory + "/summary.h5:state"}).exit_code == 0);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"predict", directory}, {"export", directory, "--to", "csv"}}) {
        const ProcessResult refused = run_lamina(words);
        CHECK(refused.exit_code == 2);
        CHECK(contains(refused.err, "error[L0404]"));
        CHECK(contains(refused.err, "points/000000-"));
    }
    // nor is a sweep replaced by a run
    write_file(sweep.directory.parent_path() / "run.yaml",
               read_file(sweep.directory / "spec.yaml"));
    const ProcessResult forced =
        run_lamina({"run", (sweep.directory.parent_path() / "run.yaml").string(), "--ignore-sweep",
                    "-o", directory, "--force"});
    CHECK(forced.exit_code == 2);
    CHECK(contains(forced.err, "L0721"));
}
