/// What tells levels apart is the observable with the largest effect, and nothing tells what is
/// alike.
#include <catch2/catch.hpp>

#include <cmath>

#include <nlohmann/json.hpp>

#include "analysis/figures/figure.hpp"

using namespace lamina::analysis;

namespace {

Column numbers_of(std::vector<double> values, const char* dim) {
    Column column;
    column.dims = {dim}, column.shape = {values.size()};
    column.numbers = std::move(values);
    return column;
}

Column words(std::vector<std::string> values, const char* dim) {
    Column column;
    column.dims = {dim}, column.shape = {values.size()};
    column.words = std::move(values);
    return column;
}

/// Three levels, two presentations each: b has the outputs of a but for rounding, c differs in the
/// output by 4 and in the weights by 30 standard deviations.
RunData three_levels() {
    RunData run;
    run.run = std::make_shared<const nlohmann::ordered_json>(nlohmann::ordered_json::object());
    run.groups["variants"]["label"] = words({"theory=a", "theory=b", "theory=c"}, "variant");
    run.groups["variants"]["theory"] = words({"a", "b", "c"}, "variant");
    auto& group = run.groups["comparison"];
    group["variant"] = numbers_of({0, 0, 1, 1, 2, 2}, "presentation");
    const double r = std::sqrt(0.5); // two values r apart from their mean have SD 1
    group["output_relative_error"] =
        numbers_of({10 - r, 10 + r, 10 - r + 1e-9, 10 + r, 14 - r, 14 + r}, "presentation");
    group["attention_kl_bits"] =
        numbers_of({50 - r, 50 + r, 50 - r, 50 + r, 80 - r, 80 + r}, "presentation");
    // known for one level alone: it separates nothing
    group["settle_time_ms"] = numbers_of({70, 71, NAN, NAN, NAN, NAN}, "presentation");
    return run;
}

} // namespace

TEST_CASE("separation names the observable that tells two levels apart best") {
    const RunData run = three_levels();
    FigureContext context;
    context.design = design_of(run);
    const auto figure = separation(run, context);
    REQUIRE(figure);
    CHECK(figure->csv.find("a,b,,0") != std::string::npos);
    CHECK(figure->csv.find("a,c,attention_kl_bits,") != std::string::npos);
    CHECK(figure->csv.find("b,c,attention_kl_bits,") != std::string::npos);
    REQUIRE(figure->drawing.panels.size() == 1);
    const Panel& panel = figure->drawing.panels[0];
    REQUIRE(panel.notes.size() == 3);
    CHECK(panel.notes[0].text == "\u2013");
    CHECK(panel.notes[1].text == "KL 30");
    // the words below the diagonal, the colours above it
    CHECK(panel.notes[1].x == 0);
    CHECK(panel.notes[1].y == 2);
    CHECK(panel.heats[0].values[0 * 3 + 2] == Approx(30));
    CHECK(std::isnan(panel.heats[0].values[2 * 3 + 0]));
    CHECK(std::isnan(panel.heats[0].values[0 * 3 + 1]));
    CHECK(figure->caption.find("2 presentations each") != std::string::npos);
    CHECK(figure->caption.find("Of 1 pair") != std::string::npos);
}

TEST_CASE("two levels, or levels that are numbers, need no separation") {
    RunData run = three_levels();
    run.groups["variants"]["theory"] = words({"a", "b", "b"}, "variant");
    FigureContext context;
    context.design = design_of(run);
    CHECK_FALSE(separation(run, context));
    run.groups["variants"]["theory"] = numbers_of({1, 2, 3}, "variant");
    context.design = design_of(run);
    CHECK_FALSE(separation(run, context));
}
