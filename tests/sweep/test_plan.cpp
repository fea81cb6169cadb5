/// From `sweep:` to points: what each form of axis means.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

#include "experiments/read_spec.hpp"
#include "experiments/sweep/sweep_plan.hpp"
#include "sim/errors.hpp"
#include "support/process.hpp"
#include "sweep/small_sweep.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

SweepPlan plan_from(const std::string& sweep, const std::vector<std::string>& overrides = {}) {
    return SweepPlan(read_spec_text(small_sweep(sweep), "small.yaml", ".", overrides));
}

/// What the points set at one column.
std::vector<std::string> labels(const SweepPlan& plan, std::size_t column = 0) {
    std::vector<std::string> out;
    for (std::int64_t n = 0; n < plan.n_points(); ++n) out.push_back(plan.point(n).labels[column]);
    return out;
}

std::vector<double> numbers(const SweepPlan& plan, std::size_t column = 0) {
    std::vector<double> out;
    for (const std::string& label : labels(plan, column)) out.push_back(std::stod(label));
    return out;
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("a grid crosses its axes, the last one fastest, replicates faster still") {
    const SweepPlan plan = plan_from("  grid: {column.inhibition: [pv_log, pv_linear], "
                                     "column.tau.gate: [2 ms, 4 ms, 8 ms]}\n  replicates: 2\n");
    REQUIRE(plan.n_points() == 12);
    CHECK(plan.columns() == Words{"column.inhibition", "column.tau.gate"});
    const SweepPoint point = plan.point(9); // 9 = 1 * 6 + 1 * 2 + 1
    CHECK(point.labels == Words{"pv_linear", "4 ms"});
    CHECK(point.replicate == 1);
    CHECK(point.seed == 4);
    CHECK(plan.overrides_of(point) ==
          Words{"~sweep", "column.inhibition=pv_linear", "column.tau.gate=4 ms", "seed=4"});
    // replicates share their seeds across places
    CHECK(plan.point(0).seed == 3);
    CHECK(plan.point(10).seed == 3);
    CHECK_THROWS_AS(plan.point(12), std::out_of_range);

    // what a point sets reaches its spec
    const ExperimentSpec spec =
        read_spec_text(plan.base().text, "small.yaml", ".", plan.overrides_of(point));
    CHECK(spec.area.inhibition == "pv_linear");
    CHECK(spec.area.tau.gate_ms == 4);
    CHECK(spec.seed == 4);
    CHECK_FALSE(spec.sweep.given);
}

TEST_CASE("ids are different for all points, and the same for the same point in another sweep") {
    const SweepPlan plan = plan_from("  grid: {column.tau.gate: {from: 1 ms, to: 50 ms, n: 50}}\n"
                                     "  replicates: 4\n");
    std::set<std::string> ids, hashes;
    for (std::int64_t n = 0; n < plan.n_points(); ++n) {
        ids.insert(plan.point(n).id);
        hashes.insert(plan.point(n).id.substr(7));
    }
    CHECK(ids.size() == 200);
    CHECK(hashes.size() == 200);
    const SweepPlan other = plan_from("  grid: {column.tau.gate: [9 ms, 1 ms]}\n");
    CHECK(other.point(1).id.substr(7) == plan.point(0).id.substr(7));
}

TEST_CASE("independent seeds: every point has its own") {
    const SweepPlan plan = plan_from("  grid: {column.tau.gate: [1 ms, 2 ms]}\n"
                                     "  replicates: 3\n  seeds: independent\n");
    std::set<std::uint64_t> seeds;
    for (std::int64_t n = 0; n < 6; ++n) seeds.insert(plan.point(n).seed);
    CHECK(seeds.size() == 6);
    // a seed that is swept is the point's
    const SweepPlan swept = plan_from("  grid: {seed: [10, 20]}\n");
    CHECK(swept.point(1).seed == 20);
    CHECK(swept.overrides_of(swept.point(1)) == Words{"~sweep", "seed=20"});
    CHECK_THROWS_WITH(plan_from("  grid: {seed: [10, 20]}\n  replicates: 2\n"),
                      Catch::Contains("L0221"));
    CHECK_THROWS_AS(plan_from("  grid: {seed: [7.9]}\n"), SpecError);
}

TEST_CASE("ranges: equal steps, equal ratios, both ends, whole numbers") {
    const auto values = [](const std::string& range, const char* path = "column.tau.gate") {
        return labels(plan_from(std::string("  grid: {") + path + ": " + range + "}\n"));
    };
    CHECK(values("{from: 1 ms, to: 2 ms, n: 5}") ==
          Words{"1 ms", "1.25 ms", "1.5 ms", "1.75 ms", "2 ms"});
    CHECK(values("{from: 1 ms, to: 16 ms, n: 5, scale: log}") ==
          Words{"1 ms", "2 ms", "4 ms", "8 ms", "16 ms"});
    // 0.1 + 0.2 is 0.3, and the end is in
    CHECK(values("{from: 0.1 ms, to: 0.4 ms, step: 0.1 ms}") ==
          Words{"0.1 ms", "0.2 ms", "0.3 ms", "0.4 ms"});
    CHECK(values("{from: 5 ms, to: 1 ms, step: 2 ms}") == Words{"5 ms", "3 ms", "1 ms"});
    CHECK(values("{from: 1 ms, to: 4 ms, step: 2 ms}") == Words{"1 ms", "3 ms"});
    CHECK(values("{from: 2, to: 8, n: 3}", "column.columns") == Words{"2", "5", "8"});
    // more values than whole numbers
    CHECK_THROWS_AS(values("{from: 2, to: 4, n: 7}", "column.columns"), SpecError);
}

TEST_CASE("zip steps its paths together, named steps set several paths") {
    const SweepPlan zip = plan_from("  zip: {column.tau.gate: [1 ms, 2 ms], column.tau.PV: {from: "
                                    "3 ms, to: 4 ms, n: 2}}\n  grid: {column.inhibition: [pv_log, "
                                    "pv_linear]}\n");
    REQUIRE(zip.n_points() == 4);
    CHECK(zip.point(2).labels == Words{"2 ms", "4 ms", "pv_log"});
    CHECK_THROWS_AS(plan_from("  zip: {column.tau.gate: [1 ms, 2 ms], column.tau.PV: [1 ms]}\n"),
                    SpecError);

    const SweepPlan named = plan_from("  grid: {speed: {fast: {column.tau.gate: 1 ms, "
                                      "column.tau.PV: 1 ms}, slow: {column.tau.gate: 9 ms}}}\n");
    REQUIRE(named.n_points() == 2);
    CHECK(named.columns() == Words{"speed"});
    CHECK(named.point(0).labels == Words{"fast"});
    CHECK(named.point(0).settings.size() == 2);
    CHECK(named.point(1).settings.size() == 1);
    CHECK(named.point(1).settings[0].value == "9 ms");
}

TEST_CASE("draws follow from the seed and their own path, whatever is drawn beside them") {
    const std::string gate = "column.tau.gate: {from: 1 ms, to: 100 ms, scale: log}";
    const std::string PV = "column.tau.PV: {from: 2 ms, to: 3 ms}";
    const auto gates = [&](const std::string& over, const char* seed) {
        return labels(
            plan_from("  random: {n: 400, over: {" + over + "}}\n", {std::string("seed=") + seed}));
    };
    const Words alone = gates(gate, "3");
    CHECK(gates(gate, "3") == alone);
    CHECK(gates(gate + ", " + PV, "3") == alone);
    CHECK(gates(gate, "4") != alone);

    // the logarithm is uniform: 400 draws in four equal parts, 100 each within 4 SD of 8.7
    const SweepPlan plan = plan_from("  random: {n: 400, over: {" + gate + "}}\n");
    int counts[4] = {};
    for (const double x : numbers(plan)) {
        REQUIRE(x >= 1);
        REQUIRE(x <= 100);
        ++counts[std::min(3, int(std::log10(x) / 2 * 4))];
    }
    for (const int count : counts) CHECK(std::abs(count - 100) < 35);

    // words are drawn alike, and steps keep a draw on their grid
    const SweepPlan mixed =
        plan_from("  random: {n: 300, over: {column.inhibition: [pv_log, pv_linear, oracle], "
                  "task.duration: {from: 5 ms, to: 9 ms, step: 0.5 ms}}}\n");
    const Words words = labels(mixed);
    for (const char* word : {"pv_log", "pv_linear", "oracle"})
        CHECK(std::abs(std::count(words.begin(), words.end(), word) - 100) < 33);
    for (const double x : numbers(mixed, 1)) CHECK(std::fmod(x * 2, 1) == 0);
}

TEST_CASE("a Latin hypercube has one draw in each of n equal parts of every path") {
    const SweepPlan plan = plan_from("  lhs: {n: 50, over: {column.tau.gate: {from: 1 ms, to: 51 "
                                     "ms}, column.tau.PV: {from: 1 ms, to: 51 ms}}}\n");
    REQUIRE(plan.n_points() == 50);
    std::vector<std::vector<double>> both;
    for (const std::size_t column : {0, 1}) {
        std::set<int> parts;
        both.push_back(numbers(plan, column));
        for (const double x : both.back()) parts.insert(int(std::floor(x - 1)));
        CHECK(parts.size() == 50);
        CHECK(*parts.rbegin() == 49);
    }
    // each in an order of its own, and neither sorted
    const auto order = [](const std::vector<double>& x) {
        std::vector<int> parts;
        for (const double one : x) parts.push_back(int(std::floor(one)));
        return parts;
    };
    CHECK(order(both[0]) != order(both[1]));
    for (const auto& one : both) CHECK_FALSE(std::is_sorted(one.begin(), one.end()));
}

TEST_CASE("points of a file: one line each, paths in its header") {
    const TemporaryDirectory folder;
    write_file(folder.path() / "places.csv",
               "column.tau.gate,column.inhibition\n2 ms,pv_log\n3 ms,pv_linear\n");
    const auto read = [&] {
        return SweepPlan(read_spec_text(small_sweep("  points: places.csv\n  replicates: 2\n"),
                                        "small.yaml", folder.path().string()));
    };
    const SweepPlan plan = read();
    REQUIRE(plan.n_points() == 4);
    CHECK(plan.point(3).labels == Words{"3 ms", "pv_linear"});
    CHECK(plan.point(3).seed == 4);
    // what is wrong is told where it stands
    write_file(folder.path() / "places.csv",
               "column.tau.gate,column.inhibition\n2 ms,pv_log\n3,pv_linear\n");
    CHECK_THROWS_WITH(read(), Catch::Contains("L0207") && Catch::Contains("places.csv:3:1"));
    write_file(folder.path() / "places.csv", "column.tau.gatte\n2 ms\n");
    CHECK_THROWS_WITH(read(),
                      Catch::Contains("did you mean `gate`") && Catch::Contains("places.csv:1:1"));
}

TEST_CASE("every point is checked, and those that are wrong in the same words are one problem") {
    const SweepPlan plan =
        plan_from("  grid: {column.PV_delay: [0.2 ms, 0.25 ms, 0.35 ms], column.tau.gate: [2 ms, "
                  "4 ms]}\n");
    std::atomic<int> n{0};
    const std::vector<InvalidPoints> invalid = check_points(plan, 2, [&] { ++n; });
    CHECK(n == 6);
    REQUIRE(invalid.size() == 2);
    CHECK(invalid[0].numbers == std::vector<std::int64_t>{2, 3});
    CHECK(invalid[1].numbers == std::vector<std::int64_t>{4, 5});
    CHECK_THAT(invalid[0].problem, Catch::Contains("L0310") && Catch::Contains("0.25 ms"));
}

TEST_CASE("no two axes set the same path, and none takes what is no key") {
    for (const char* sweep :
         {"  grid: {column.tau.gate: [1 ms, 2 ms]}\n  zip: {column.tau.gate: [1 ms, 2 ms]}\n",
          "  grid: {name: [a, b]}\n", "  lhs: {n: 3, over: {sweep: [1, 2]}}\n"})
        CHECK_THROWS_WITH(plan_from(sweep), Catch::Contains("L0221"));
}

TEST_CASE("axes of the command line are those of a file") {
    const ExperimentSpec spec =
        read_spec_text(small_sweep("  replicates: 2\n"), "small.yaml", ".",
                       {"sweep.grid.column.tau.gate=[1 ms, 2 ms]", "sweep.replicates=3",
                        "sweep.lhs={n: 2, over: {column.tau.PV: {from: 1 ms, to: 2 ms}}}"});
    CHECK(SweepPlan(spec).n_points() == 12);
    CHECK(spec.sweep.axes[0].name == "grid.column.tau.gate");
}
