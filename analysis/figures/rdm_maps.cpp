/// The stimuli in a plane: near each other what people, or the column, find alike.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"
#include "analysis/figures/representations.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_maps = 3, most_named = 24;

/// Turns and mirrors a map [n][2] such that it lies nearest to another (both have mean 0):
/// the angle maximises sum x . R y.
void align(std::vector<double>& map, const std::vector<double>& to) {
    double best = -1, best_angle = 0, best_mirror = 1;
    for (const double mirror : {1.0, -1.0}) {
        double along = 0, across = 0;
        for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
            const double x = map[i], y = mirror * map[i + 1];
            along += x * to[i] + y * to[i + 1];
            across += x * to[i + 1] - y * to[i];
        }
        const double fit = std::hypot(along, across);
        if (fit > best) best = fit, best_angle = std::atan2(across, along), best_mirror = mirror;
    }
    for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
        const double x = map[i], y = best_mirror * map[i + 1];
        map[i] = std::cos(best_angle) * x - std::sin(best_angle) * y;
        map[i + 1] = std::sin(best_angle) * x + std::cos(best_angle) * y;
    }
}

Panel map_panel(const ShownRdm& shown, const RunData& run) {
    Panel panel;
    panel.title = shown.title;
    panel.square = true;
    panel.x.tick_labels = panel.y.tick_labels = false;
    panel.x.marks = panel.y.marks = {{0, ""}}; // no unit: the middle alone
    double extent = 0;
    for (const double x : shown.map) extent = std::max(extent, std::fabs(x));
    panel.x.low = panel.y.low = -1.08 * extent;
    panel.x.high = panel.y.high = 1.08 * extent;
    std::vector<CategoryBlock> blocks = category_blocks(run);
    const std::size_t n = shown.map.size() / 2;
    if (blocks.empty()) blocks.push_back({"", 0, n});
    // one colour and one sign for each category, also when it comes in several stretches
    const Marker markers[] = {Marker::circle, Marker::square, Marker::triangle, Marker::diamond};
    std::vector<std::string> names;
    for (const CategoryBlock& block : blocks) {
        const auto at = std::find(names.begin(), names.end(), block.name);
        const auto number = static_cast<int>(at - names.begin());
        if (at == names.end()) names.push_back(block.name);
        Points points;
        points.label = block.name;
        points.colour = Colour::category(number % 8);
        points.marker = markers[number % 4];
        points.radius_px = 3.2;
        points.opacity = 0.85;
        for (std::size_t i = block.first; i < block.end; ++i) {
            points.x.push_back(shown.map[2 * i]);
            points.y.push_back(shown.map[2 * i + 1]);
        }
        panel.points.push_back(points);
    }
    const Column* stimuli = run.find("representations", "stimulus");
    if (blocks.size() == 1 && n <= most_named && stimuli)
        for (std::size_t i = 0; i < n; ++i)
            panel.notes.push_back(
                {shown.map[2 * i], shown.map[2 * i + 1], stimuli->words[i], "start", 5, -3});
    return panel;
}

} // namespace

std::optional<ReportFigure> rdm_maps(const RunData& run, const FigureContext&) {
    std::vector<ShownRdm> shown = shown_rdms(run);
    // of the column the confusions alone
    shown.erase(std::remove_if(shown.begin(), shown.end(),
                               [](const ShownRdm& one) {
                                   return one.name == "attention" || one.name == "routed" ||
                                          one.name == "input";
                               }),
                shown.end());
    if (shown.empty()) return std::nullopt;
    if (shown.size() > most_maps) shown.erase(shown.begin() + most_maps - 1, shown.end() - 1);
    ReportFigure figure;
    Csv csv({"rdm", "stimulus", "x", "y"});
    for (ShownRdm& one : shown) {
        if (&one != &shown.back()) align(one.map, shown.back().map);
        figure.drawing.panels.push_back(map_panel(one, run));
        for (std::size_t i = 0; i < one.map.size() / 2; ++i) {
            csv << one.name << static_cast<double>(i) << one.map[2 * i] << one.map[2 * i + 1];
            csv.end_row();
        }
    }
    figure.file = "rdm_maps";
    figure.section = Section::representations;
    figure.title = "Maps of the stimuli";
    figure.drawing.columns = static_cast<int>(shown.size());
    if (shown.size() == 1) figure.drawing.width_px = 420;
    figure.drawing.shared_legend = true;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "The {} stimuli in the two dimensions that classical scaling of the ranked dissimilarities "
        "finds largest; axes have no unit. Near is alike. {}A plane keeps only part of the "
        "distances: the matrices above are the data.",
        shown.front().map.size() / 2,
        shown.size() > 1 ? "Maps are turned and mirrored to lie as the column's does. " : "");
    return figure;
}

} // namespace lamina::analysis
