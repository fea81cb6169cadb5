/// What a figure shows, as plain data: panels with axes and marks. `draw` makes one SVG of it, the
/// same bytes for the same data; legends and labels have their own space and cover nothing.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/svg.hpp"

namespace lamina::analysis {

enum class Marker { none, circle, square, triangle, diamond };

/// A line through points in order, with an optional band (low, high); NaN breaks it.
struct Line {
    std::string label; ///< in the legend; empty: not named
    Colour colour;
    std::vector<double> x, y, low, high;
    bool dashed = false;
    double width_px = 1.7;
    Marker marker = Marker::none; ///< drawn at every point, with whiskers instead of a band
    bool hollow = false;
};

/// Points with optional whiskers in y (low, high).
struct Points {
    std::string label;
    Colour colour;
    std::vector<double> x, y, low, high;
    Marker marker = Marker::circle;
    bool hollow = false;
    double radius_px = 3.6;
    double opacity = 1;
};

/// Bars from `base` to y, `width` in units of the x axis, with optional whiskers.
struct Bars {
    std::string label;
    Colour colour;
    std::vector<double> x, y, low, high;
    double width = 0.8, base = 0;
    double opacity = 1;
};

/// Cells of equal size that fill the axes: row 0 at the top, column 0 at the left.
struct Heat {
    int rows = 0, columns = 0;
    std::vector<double> values; ///< [rows, columns]; NaN: grey
    Ramp ramp = Ramp::sequential;
    double low = 0, high = 1; ///< ends of the colour bar; values beyond are clipped
    std::string label;        ///< of the colour bar, with its unit
    bool log = false;         ///< colours over log10
    bool numbers = false;     ///< write each value into its cell, if all of them fit
    int decimals = -1;        ///< of those numbers; -1: two significant digits
    bool colour_bar = true;
};

/// A shaded stretch of the x axis, named above the plot.
struct Span {
    double from, to;
    std::string label;
    int shade = 1; ///< 0 none, 1 light, 2 darker
};

/// A thin reference line at x or at y.
struct Rule {
    bool at_x = false;
    double value = 0;
    bool dashed = true;
    std::string label; ///< in the legend
};

/// Words at a place in the data.
struct Note {
    double x, y;
    std::string text;
    std::string anchor = "start"; ///< start | middle | end
    double dx_px = 0, dy_px = 0;
};

struct Axis {
    std::string label; ///< with the unit in brackets
    bool log = false;
    std::optional<double> low, high;
    std::vector<std::string> categories;               ///< ticks at 0, 1, 2, ...
    std::vector<std::pair<double, std::string>> marks; ///< ticks at these places and no others
    bool tick_labels = true;
    int ticks = 5; ///< about how many
};

struct Panel {
    std::string title;
    std::string row_name, row_note; ///< left of the axis, in place of a y label
    Axis x, y;
    std::vector<Span> spans;
    std::vector<Heat> heats; ///< at most one
    std::vector<Bars> bars;
    std::vector<Line> lines;
    std::vector<Points> points;
    std::vector<Rule> rules;
    std::vector<Note> notes;
    double height_px = 210;
    bool square = false; ///< as high as it is wide
    bool legend = true;
    bool name_spans = true;
    bool equal = false; ///< the same range on both axes, with the diagonal
};

/// Panels in reading order on a grid.
struct Figure {
    std::string title;       ///< SVG title: what it is
    std::string description; ///< SVG desc: what one sees
    int columns = 1;
    std::vector<double> weights; ///< relative plot widths of the columns; empty: equal
    std::vector<Panel> panels;
    bool letters = true;        ///< a, b, c ... when there is more than one panel
    bool shared_legend = false; ///< one legend above all panels
    double width_px = 760;
    double row_gap_px = 22;
};

/// The drawing; `id` makes its element ids unique within a page, letters and digits only.
/// @param standalone  with XML header and style sheet, as a file; else to be placed inline in HTML
std::string draw(const Figure& figure, const std::string& id, bool standalone);

} // namespace lamina::analysis
