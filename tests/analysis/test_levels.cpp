/// A list of levels is drawn in the order of the file with what each costs; activity over a factor
/// is a share of that at the first level.
#include <catch2/catch.hpp>

#include <cmath>

#include <nlohmann/json.hpp>

#include "analysis/figures/figure.hpp"

using namespace lamina::analysis;

namespace {

Column shaped_numbers(std::vector<double> values, std::vector<std::string> dims,
                      std::vector<std::size_t> shape) {
    Column column;
    column.dims = std::move(dims), column.shape = std::move(shape);
    column.numbers = std::move(values);
    return column;
}

Column numbers_along(const char* dim, std::vector<double> values) {
    const std::size_t n = values.size();
    return shaped_numbers(std::move(values), {dim}, {n});
}

Column words_along(const char* dim, std::vector<std::string> values) {
    Column column;
    column.dims = {dim}, column.shape = {values.size()};
    column.words = std::move(values);
    return column;
}

/// Four rungs, two presentations each, the first far more exact than an axis can show.
RunData four_rungs() {
    RunData run;
    run.run = std::make_shared<const nlohmann::ordered_json>(nlohmann::ordered_json::parse(R"({
        "cost": {"variants": [{"label": "z", "neurons": 0, "processor_seconds_per_trial": 0.1},
                              {"label": "c", "neurons": 0, "processor_seconds_per_trial": 0.2},
                              {"label": "b", "neurons": 500, "processor_seconds_per_trial": 3},
                              {"label": "a", "neurons": 50, "processor_seconds_per_trial": 0.5}]}})"));
    run.groups["variants"]["label"] = words_along("variant", {"r=z", "r=c", "r=b", "r=a"});
    run.groups["variants"]["r"] = words_along("variant", {"z_first", "c", "b", "a"});
    auto& group = run.groups["comparison"];
    group["variant"] = numbers_along("presentation", {0, 0, 1, 1, 2, 2, 3, 3});
    group["output_relative_error"] =
        numbers_along("presentation", {1e-13, 3e-13, 0.01, 0.03, 0.1, 0.1, 0.2, 0.4});
    group["attention_kl_bits"] =
        numbers_along("presentation", {0, 0, 1e-3, 1e-3, NAN, NAN, 0.1, 0.1});
    group["attention_top1_agreement"] = numbers_along("presentation", {1, 1, 1, 1, 1, 0.5, 0, 0});
    group["settle_time_ms"] = numbers_along("presentation", std::vector<double>(8, NAN));
    return run;
}

} // namespace

TEST_CASE("levels stand in the order of the file, with what each costs") {
    const RunData run = four_rungs();
    FigureContext context;
    context.design = design_of(run);
    const auto figure = levels(run, context);
    REQUIRE(figure);
    CHECK_FALSE(factors(run, context)); // it would show the same
    // nothing settled: no panel of it; names at the foot of the last alone
    const auto& panels = figure->drawing.panels;
    REQUIRE(panels.size() == 3);
    for (const Panel& panel : panels) {
        CHECK(panel.x.categories == std::vector<std::string>{"z first", "c", "b", "a"});
        CHECK(panel.x.tick_labels == (&panel == &panels.back()));
    }
    // what is too small for the axis stands at its edge, hollow; what is unknown stands nowhere
    const Panel& error = panels[0];
    REQUIRE(error.points.size() == 2);
    CHECK(error.y.low == Approx(1e-4));
    CHECK(error.points[0].x == std::vector<double>{1, 2, 3});
    CHECK(error.points[0].y[0] == Approx(0.02));
    CHECK(error.points[1].hollow);
    CHECK(error.points[1].x == std::vector<double>{0});
    CHECK(std::isnan(panels[1].points[0].y[1]));
    REQUIRE(figure->table);
    REQUIRE(figure->table->rows.size() == 4);
    CHECK(figure->table->rows[0].front() == "z first");
    CHECK(figure->table->rows[0][4] == "rates");
    CHECK(figure->table->rows[2][4] == "500");
    CHECK(figure->table->rows[2][5] == "3.0");
    CHECK(figure->caption.find("b, has 500 neurons") != std::string::npos);
    CHECK(figure->caption.find("30 times as long as z first") != std::string::npos);
}

TEST_CASE("two factors, or one of numbers, are no list of levels") {
    RunData run = four_rungs();
    run.groups["variants"]["x"] = numbers_along("variant", {1, 1, 2, 2});
    CHECK_FALSE(is_list_of_levels(design_of(run)));
    run.groups["variants"].erase("r");
    CHECK_FALSE(is_list_of_levels(design_of(run)));
}

TEST_CASE("activity over a factor is a share of that at its smallest value") {
    RunData run;
    run.run = std::make_shared<const nlohmann::ordered_json>(nlohmann::ordered_json::object());
    run.groups["variants"]["label"] = words_along("variant", {"c=1", "c=0", "c=0.5"});
    run.groups["variants"]["c"] = numbers_along("variant", {1, 0, 0.5});
    auto& rates = run.groups["rates"];
    rates["population"] = words_along("population", {"L4E", "L5E"});
    rates["time"] = numbers_along("time", {10, 20});
    // the last of two samples counts: L4E 2 in all, L5E 1, 4, 3
    rates["rms"] = shaped_numbers({9, 9, 2, 1, 9, 9, 2, 4, 9, 9, 2, 3},
                                  {"variant", "condition", "time", "population"}, {3, 1, 2, 2});
    FigureContext context;
    context.design = design_of(run);
    const auto figure = activity_by_factor(run, context);
    REQUIRE(figure);
    REQUIRE(figure->drawing.panels.size() == 1);
    const auto& lines = figure->drawing.panels[0].lines;
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].x == std::vector<double>{0, 0.5, 1});
    CHECK(lines[0].y == std::vector<double>{1, 1, 1});
    CHECK(lines[1].y == std::vector<double>{1, 0.75, 0.25});
}
