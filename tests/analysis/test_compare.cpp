#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "analysis/compare.hpp"
#include "analysis/published.hpp"
#include "analysis/synthetic_run.hpp"
#include "sim/run_file/atomic_file.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::analysis;

TEST_CASE("a run equals itself, value by value and byte by byte") {
    const test::TemporaryDirectory scratch;
    for (const char* name : {"one", "two"})
        test::write_synthetic_run(scratch.path() / name, {"dms", 6, false, false, 0});
    const RunComparison same = compare_runs(scratch.path() / "one", scratch.path() / "two");
    CHECK(same.equal);
    for (const VariableDifference& one : same.variables) {
        INFO(one.name);
        CHECK(one.state == VariableDifference::State::equal);
    }
    CHECK(comparison_text(same).find("the same bytes") != std::string::npos);
}

TEST_CASE("a shift of one quantity is found there, with its size, and nowhere else") {
    const test::SyntheticOptions plain{"dms", 6, false, false, 0};
    test::SyntheticOptions shifted = plain;
    shifted.shift = 1e-3;
    const RunComparison found =
        compare_runs(test::synthetic_run(shifted), test::synthetic_run(plain));
    CHECK(!found.equal);
    for (const VariableDifference& one : found.variables) {
        INFO(one.name);
        const bool touched = one.name == "comparison/output_relative_error" ||
                             one.name == "comparison/attention_kl_bits" ||
                             one.name == "comparison/attention_sum_error" ||
                             one.name == "comparison/output_cosine";
        CHECK((one.state == VariableDifference::State::differs) == touched);
        // the shift, up to the rounding of a sum of that size
        if (one.name == "comparison/output_relative_error")
            CHECK(std::fabs(one.largest_absolute - 1e-3) < 1e-15);
    }
    const nlohmann::ordered_json json = comparison_json(found);
    const double mean = json["paired"]["comparison/output_relative_error"]["difference"];
    CHECK(std::fabs(mean - 1e-3) < 1e-15);
    CHECK(json["paired"]["trials/correct"]["difference"] == 0.0);
}

TEST_CASE("runs of different tasks are compared without pairing") {
    const RunComparison found = compare_runs(test::synthetic_run({"dms", 4, false, false, 0}),
                                             test::synthetic_run({"pair", 4, false, false, 0}));
    CHECK(!found.equal);
    CHECK(found.paired.empty());
    CHECK(comparison_text(found).find("only in A") != std::string::npos);
}

TEST_CASE("published change detection has its three set sizes, in our terms") {
    const PublishedData data = read_published("rouder_2008_change_detection");
    REQUIRE(data.found);
    const PublishedSeries* accuracy = data.find("accuracy");
    REQUIRE(accuracy != nullptr);
    REQUIRE(accuracy->points.size() == 3);
    CHECK(accuracy->points[2].load == 8);
    CHECK(accuracy->points[2].value == 0.708);
    // "change" on change trials is our "non-match" on non-match trials
    CHECK(std::fabs(data.find("hit_rate")->points[0].value - (1 - 0.068)) < 1e-12);
    CHECK(std::fabs(data.find("false_alarm_rate")->points[0].value - (1 - 0.959)) < 1e-12);
    CHECK(data.find("rt_median_ms")->points[1].value == 891);
    // K = N (h - f) is the same either way of counting; the file rounds rates to 0.001
    for (std::size_t i = 0; i < 3; ++i) {
        const double k =
            accuracy->points[i].load * (data.find("hit_rate")->points[i].value -
                                        data.find("false_alarm_rate")->points[i].value);
        CHECK(std::fabs(k - data.find("K")->points[i].value) < 0.015);
    }
    CHECK(read_published("van_den_berg_2012_colour").find("circular_sd_deg")->points.size() == 8);

    // as they are where the model says yes to a change, and by the probability of one
    const PublishedData change = read_published("rouder_2008_change_detection", true);
    CHECK(change.find("hit_rate")->points[0].value == 0.959);
    const PublishedSeries* by_change = change.find("false_alarm_rate_by_change");
    REQUIRE(by_change != nullptr);
    REQUIRE(by_change->points.size() == 9);
    CHECK(by_change->points[8].load == 8);
    CHECK(by_change->points[8].change_probability == 0.7);
    CHECK(std::fabs(by_change->points[8].value - 0.513) < 5e-4);

    // 2808 reports of colour at each of eight set sizes, in 30 bins
    const auto errors = read_published("van_den_berg_2012_colour").errors;
    REQUIRE(errors.size() == 8);
    for (const PublishedErrors& one : errors) {
        CHECK(one.counts.size() == 30);
        double sum = 0;
        for (const double count : one.counts) sum += count;
        CHECK(sum == 2808);
    }
}

TEST_CASE("the published tables are those of the data files") {
    const char* folder = std::getenv("LAMINA_DATA");
    if (!folder) {
        test::skip("LAMINA_DATA is not set");
        return;
    }
    const auto same = [&](const char* name, const char* file, const char* ours, const char* theirs,
                          double factor) {
        INFO(file << ": " << theirs);
        const PublishedData own = read_own(file, folder, {{"load", "set_size"}, {ours, theirs}});
        REQUIRE(own.found);
        const PublishedData kept = read_published(name, true);
        const PublishedSeries* published = kept.find(ours);
        REQUIRE(published != nullptr);
        const auto& points = own.find(ours)->points;
        REQUIRE(points.size() == published->points.size());
        for (std::size_t i = 0; i < points.size(); ++i) {
            CHECK(points[i].load == published->points[i].load);
            CHECK(std::fabs(points[i].value * factor - published->points[i].value) < 1e-9);
        }
    };
    const char* change = "rouder_2008_change_detection";
    for (const auto& [ours, theirs] : {std::pair("accuracy", "accuracy"),
                                       {"K", "k_pooled"},
                                       {"hit_rate", "hit_rate"},
                                       {"false_alarm_rate", "false_alarm_rate"}})
        same(change, "change_detection/by_set_size.csv", ours, theirs, 1);
    same(change, "change_detection/by_set_size.csv", "rt_median_ms", "median_rt_s", 1000);
    same(change, "change_detection/by_change_probability.csv", "hit_rate_by_change", "hit_rate", 1);
    same(change, "change_detection/by_change_probability.csv", "false_alarm_rate_by_change",
         "false_alarm_rate", 1);
    const char* colour = "van_den_berg_2012_colour";
    for (const char* name : {"circular_sd_deg", "mean_abs_error_deg"})
        same(colour, "delayed_estimation/summary.csv", name, name, 1);
}

TEST_CASE("a table of one's own is read by the names given; what is missing is said") {
    const test::TemporaryDirectory scratch;
    write_atomically(scratch.path() / "mine.csv",
                     std::string("set_size,acc,rt_s\n2,0.9,0.5\n4,0.8,\n"));
    const PublishedData data = read_own(
        "mine.csv", scratch.path(), {{"load", "set_size"}, {"accuracy", "acc"}, {"rt", "rt_s"}});
    REQUIRE(data.found);
    CHECK(data.find("accuracy")->points.size() == 2);
    REQUIRE(data.find("rt_median_ms")->points.size() == 1);
    CHECK(data.find("rt_median_ms")->points[0].value == 500);
    CHECK(!read_own("absent.csv", scratch.path(), {{"accuracy", "acc"}}).found);
    CHECK(!read_published("no_such_set").found);

    // distance: one row at load 2 with accuracy 0.95
    BehaviourRow row;
    row.load = 2, row.n = 100, row.accuracy = {0.95, 0.9, 0.98, 100};
    row.rt_median_ms.value = std::nan(""); // nobody answered in time
    const PublishedComparison found = compare_with_published(data, {row});
    REQUIRE(found.series.size() == 1);
    CHECK(std::fabs(found.series[0].distances[0].difference - 0.05) < 1e-12);
    CHECK(std::fabs(found.series[0].rmse - 0.05) < 1e-12);
}
