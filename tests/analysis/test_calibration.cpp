/// The curves of cells and what they fire when asked, as a figure.
#include <catch2/catch.hpp>

#include "analysis/figures/figure.hpp"

using namespace lamina::analysis;

namespace {

Column words_of_cells(std::vector<std::string> values) {
    Column column;
    column.dims = {"cell"}, column.shape = {values.size()};
    column.words = std::move(values);
    return column;
}

Column numbers(const char* dim, std::vector<double> values) {
    Column column;
    column.dims = {"cell", dim}, column.shape = {2, values.size() / 2};
    column.numbers = std::move(values);
    return column;
}

RunData two_kinds(const char* second_unit) {
    RunData run;
    auto& group = run.groups["calibration"];
    group["cell"] = words_of_cells({"rates", "PV"});
    group["drive_unit"] = words_of_cells({"pA per ms", second_unit});
    group["drive_per_ms"] = numbers("drive", {0, 100, 400, 0, 50, 200});
    group["rate_Hz"] = numbers("drive", {0, 20, 300, 0, 90, 400});
    group["asked_Hz"] = numbers("asked", {50, 300, 100, 400});
    group["fired_Hz"] = numbers("asked", {51, 300, 96, 400});
    return run;
}

} // namespace

TEST_CASE("calibration shows rates over drives, and how far from what is asked cells fire") {
    const auto figure = calibration(two_kinds("pA per ms"), {});
    REQUIRE(figure);
    const auto& panels = figure->drawing.panels;
    REQUIRE(panels.size() == 2);
    CHECK(panels[0].lines[1].x == std::vector<double>{0, 50, 200});
    CHECK(panels[0].lines[1].y == std::vector<double>{0, 90, 400});
    CHECK(panels[0].x.label == "drive (pA per ms)");
    CHECK(panels[1].lines[0].y[0] == Approx(2));
    CHECK(panels[1].lines[1].y[0] == Approx(-4));
    CHECK(panels[1].y.low.value() == -4);
    CHECK(figure->caption.find("at most 4.0 % off") != std::string::npos);
    CHECK(figure->csv.find("PV,fired when asked,100,96\n") != std::string::npos);

    // drives of two units share an axis as shares
    const auto mixed = calibration(two_kinds("mV per ms"), {});
    CHECK(mixed->drawing.panels[0].lines[0].x == std::vector<double>{0, 0.25, 1});
    CHECK_FALSE(calibration(RunData{}, {}));
}
