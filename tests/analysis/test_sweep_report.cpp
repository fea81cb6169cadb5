/// Figures and words of a sweep's report, from plain data.
#include <catch2/catch.hpp>

#include <cmath>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "analysis/sweep_report.hpp"
#include "support/contains.hpp"

using namespace lamina;
using namespace lamina::analysis;
using lamina::test::contains;
using Json = nlohmann::ordered_json;

namespace {

SweptAxis numbers_axis(const std::string& path, const std::vector<double>& numbers,
                       const std::string& units = "1", const std::string& axis = "") {
    SweptAxis out{axis.empty() ? "grid." + path : axis, {{path, units, numbers, {}}}};
    out.columns[0].words = words_of_numbers(numbers);
    return out;
}
SweptAxis words_axis(const std::string& path, const std::vector<std::string>& words) {
    return {"grid." + path, {{path, "1", {}, words}}};
}

/// value = place + 0.1 * replicate
SweepData swept(std::vector<SweptAxis> axes, std::size_t n_replicates) {
    SweepData sweep;
    sweep.axes = std::move(axes);
    sweep.n_replicates = n_replicates;
    SweptNumber number;
    number.path = "comparison.output_relative_error";
    for (std::size_t place = 0; place < sweep.n_places(); ++place)
        for (std::size_t r = 0; r < n_replicates; ++r)
            number.values.push_back(double(place) + 0.1 * double(r));
    sweep.numbers = {number};
    Json run = {{"lamina_format", 1},        {"kind", "sweep"},   {"name", "test"},
                {"title", "A test"},         {"seeds", "common"}, {"expect", Json::array()},
                {"warnings", Json::array()}, {"seconds", 3.0}};
    run["summary"]["points"] = {{"number", sweep.n_places() * n_replicates},
                                {"done", sweep.n_places() * n_replicates - 1},
                                {"failed", 1},
                                {"invalid", 0},
                                {"running", 0},
                                {"waiting", 0}};
    run["summary"]["best"] = {{"path", number.path},
                              {"sense", "smallest"},
                              {"mean", 0.05},
                              {"n", n_replicates},
                              {"number", 0},
                              {"id", "000000-abcdef01"},
                              {"settings", {{"column.tau.gate", "5 ms"}}}};
    run["failures"] = Json::array({{{"reason", "L5E: y is <nan>"},
                                    {"points", 1},
                                    {"first", "000003-abcdef02"},
                                    {"settings", {{"column.tau.gate", "9 ms"}}}}});
    sweep.run.name = "test";
    sweep.run.run = std::make_shared<const Json>(run);
    return sweep;
}

} // namespace

TEST_CASE("means over replicates have Student's interval, other axes are averaged first") {
    const SweepData sweep = swept({numbers_axis("a", {1, 2, 3}), words_axis("b", {"x", "y"})}, 3);
    // places are 2 a + b; replicates add 0, 0.1, 0.2: mean 0.1, SD 0.1, t(0.975, 2) = 4.3027
    const auto of_both = means_over(sweep, sweep.numbers[0], {0, 1}, 0.95);
    REQUIRE(of_both.size() == 6);
    CHECK(of_both[3].value == Approx(3.1));
    CHECK(of_both[3].n == 3);
    CHECK(of_both[3].high - of_both[3].value == Approx(4.302653 * 0.1 / std::sqrt(3.0)));
    const auto of_a = means_over(sweep, sweep.numbers[0], {0}, 0.95);
    REQUIRE(of_a.size() == 3);
    CHECK(of_a[1].value == Approx(2.6)); // of 2 and 3
    CHECK(of_a[1].high - of_a[1].value == Approx(4.302653 * 0.1 / std::sqrt(3.0)));
    // the order of the kept axes is that of the result
    const auto turned = means_over(sweep, sweep.numbers[0], {1, 0}, 0.95);
    CHECK(turned[0 * 3 + 2].value == Approx(4.1));
}

TEST_CASE("one run at each place has its own interval, and a missing one is NaN") {
    SweepData sweep = swept({numbers_axis("a", {1, 2, 3})}, 1);
    sweep.numbers[0].values[1] = NAN;
    sweep.numbers[0].low = {-1, NAN, 1}, sweep.numbers[0].high = {1, NAN, 3};
    const auto means = means_over(sweep, sweep.numbers[0], {0}, 0.95);
    CHECK(means[0].low == -1);
    CHECK(std::isnan(means[1].value));
    CHECK(means[1].n == 0);
    CHECK(means[2].high == 3);
    const auto figure = sweep_figure(sweep, sweep.numbers[0], 0.95);
    REQUIRE(figure);
    CHECK(contains(figure->caption, "over its trials"));
}

TEST_CASE("axes of numbers are lines, of words places side by side, two axes a map and lines") {
    const SweptAxis tau = numbers_axis("column.tau.gate", {20, 5, 10}, "ms");
    const SweptAxis rule = words_axis("column.inhibition", {"pv_log", "pv_linear"});
    const SweepData along = swept({tau}, 4);
    const auto line = sweep_figure(along, along.numbers[0], 0.95);
    REQUIRE(line);
    REQUIRE(line->drawing.panels.size() == 1);
    CHECK(line->drawing.panels[0].x.label == "column.tau.gate (ms)");
    CHECK(line->drawing.panels[0].lines[0].x == std::vector<double>{5, 10, 20}); // in order
    CHECK(line->drawing.panels[0].lines[0].y[2] == Approx(0.15));
    CHECK(contains(line->caption, "mean over 4 replicates"));
    CHECK(line->csv.find("column.tau.gate,mean,low,high,n\n20,0.15") == 0);

    const SweepData words = swept({rule}, 2);
    const auto places = sweep_figure(words, words.numbers[0], 0.95);
    REQUIRE(places);
    CHECK(places->drawing.panels[0].x.categories == rule.columns[0].words);
    CHECK(places->drawing.panels[0].lines[0].width_px == 0);

    const SweepData both = swept({rule, tau}, 2);
    const auto map = sweep_figure(both, both.numbers[0], 0.95);
    REQUIRE(map);
    REQUIRE(map->drawing.panels.size() == 2);
    // numbers along x; places are 3 rule + tau
    const Heat& heat = map->drawing.panels[0].heats.at(0);
    CHECK(heat.columns == 3);
    CHECK(heat.values == std::vector<double>{1.05, 2.05, 0.05, 4.05, 5.05, 3.05});
    CHECK(map->drawing.panels[1].lines.size() == 2);
    CHECK(contains(map->drawing.panels[1].lines[0].label, "pv_log"));
}

TEST_CASE(
    "a third axis makes small multiples, further ones are averaged, and the caption says so") {
    const SweepData sweep =
        swept({numbers_axis("a", {1, 2, 3, 4, 5, 6, 7}), numbers_axis("b", {1, 2, 3, 4, 5, 6}),
               numbers_axis("c", {1, 2, 3, 4, 5}), words_axis("d", {"x", "y"})},
              1);
    const auto figure = sweep_figure(sweep, sweep.numbers[0], 0.95);
    REQUIRE(figure);
    CHECK(figure->drawing.panels.size() == 4); // of five steps, both ends among them
    CHECK(figure->drawing.panels[0].title == "c 1");
    CHECK(figure->drawing.panels[3].title == "c 5");
    CHECK(contains(figure->caption, "4 of 5 steps of c"));
    CHECK(contains(figure->caption, "mean over d"));
}

TEST_CASE("drawn places are scattered against each column, with the rank correlation") {
    SweptAxis drawn = numbers_axis("a", {0.3, 0.1, 0.4, 0.2, 0.5}, "ms", "lhs");
    drawn.columns.push_back({"b", "1", {5, 4, 3, 2, 1}, {"5", "4", "3", "2", "1"}});
    const SweepData sweep = swept({drawn}, 1);
    const auto figure = sweep_figure(sweep, sweep.numbers[0], 0.95);
    REQUIRE(figure);
    REQUIRE(figure->drawing.panels.size() == 2);
    CHECK(figure->drawing.panels[0].points[0].x == drawn.columns[0].numbers);
    CHECK(figure->drawing.panels[0].x.label == "a (ms)");
    CHECK(contains(figure->caption, "rank correlation"));
    // b falls as the value rises
    CHECK(contains(figure->caption, "b \u22121.0"));
}

TEST_CASE("the report names the axes, what failed and why, and the best point") {
    const SweepData sweep = swept({numbers_axis("column.tau.gate", {5, 9}, "ms")}, 2);
    const auto files = render_sweep_report(sweep);
    REQUIRE(files.back().name == "report.html");
    const std::string& page = files.back().text;
    for (const char* said :
         {"A test", "column.tau.gate", "5, 9 ms", "L5E: y is &lt;nan&gt;",
          "3 of them are done, 1 failed", "points/000000-abcdef01/spec.resolved.yaml", "Figure 1.",
          "same bytes in summary.h5"})
        CHECK(contains(page, said));
    CHECK(files[0].name == "figures/comparison_output_relative_error.svg");
    CHECK(render_sweep_report(sweep).back().text == page);
}

TEST_CASE("replicates alone are a table: there is no axis to draw along") {
    const SweepData sweep = swept({}, 3);
    CHECK_FALSE(sweep_figure(sweep, sweep.numbers[0], 0.95));
    const auto files = render_sweep_report(sweep);
    REQUIRE(files.size() == 1);
    CHECK(contains(files[0].text, "comparison.output_relative_error"));
    CHECK(contains(files[0].text, "0.100 ["));
}
