/// Where everything of a figure goes, in pixels, before anything is drawn.
#pragma once

#include <string>
#include <vector>

#include "analysis/plot.hpp"
#include "analysis/scale.hpp"

namespace lamina::analysis {

/// One name in a legend with the sign that stands for it.
struct LegendItem {
    std::string label;
    Colour colour;
    bool line = false, dashed = false, bar = false, hollow = false;
    Marker marker = Marker::none;
    double x_px = 0, y_px = 0; ///< left end of the sign, baseline of the text
};

struct PlacedPanel {
    const Panel* panel = nullptr;
    Scale x, y; ///< from data to pixels; y.from_px is the bottom
    std::vector<Tick> x_ticks, y_ticks;
    bool slanted = false;                            ///< x labels do not fit side by side
    double left = 0, top = 0, width = 0, height = 0; ///< the plot area
    double outer_left = 0;                           ///< left end of the panel with its labels
    double title_y = 0, spans_y = 0;                 ///< baselines above the plot area
    double y_label_x = 0, x_label_y = 0;             ///< baselines of the axis labels
    std::string letter;
    std::vector<LegendItem> legend;
};

struct Layout {
    double width = 0, height = 0;
    std::vector<PlacedPanel> panels;
    std::vector<LegendItem> legend; ///< the shared one
};

/// Width and gap of the sign in front of a legend's text.
constexpr double legend_sign_px = 22, legend_gap_px = 16, legend_row_px = 17;
constexpr double tick_size_px = 11, label_size_px = 11.5;

Layout lay_out(const Figure& figure);

/// Ticks of a heat map's colour bar, and the width of the widest label of some ticks.
std::vector<Tick> colour_bar_ticks(const Heat& heat, double height_px);
double widest_label(const std::vector<Tick>& ticks);

} // namespace lamina::analysis
