#include "analysis/plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "analysis/plot_layout.hpp"

namespace lamina::analysis {
namespace {

constexpr int heat_levels = 64; // colours of a heat map; one path each keeps the file small

/// Appends elements to one string.
class Canvas {
  public:
    std::string text;
    void line(double x1, double y1, double x2, double y2, const std::string& classes,
              const char* more = "") {
        text += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{}\"{}/>\n",
                            pixels(x1), pixels(y1), pixels(x2), pixels(y2), classes, more);
    }
    void rect(double x, double y, double w, double h, const std::string& classes,
              const std::string& more = "") {
        text += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"{}\"{}/>\n",
                            pixels(x), pixels(y), pixels(w), pixels(h), classes, more);
    }
    void path(const std::string& d, const std::string& classes, const std::string& more = "") {
        if (!d.empty()) text += fmt::format("<path d=\"{}\" class=\"{}\"{}/>\n", d, classes, more);
    }
    void words(double x, double y, const std::string& what, const std::string& classes,
               const char* anchor = "start", const std::string& more = "") {
        text += fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\" text-anchor=\"{}\"{}>{}</text>\n",
                            pixels(x), pixels(y), classes, anchor, more, escape(what));
    }
    void tick_words(double x, double y, const Tick& tick, const char* anchor,
                    const std::string& more = "") {
        if (!tick.is_power) return words(x, y, tick.label, "t m", anchor, more);
        std::string power = std::to_string(tick.power);
        if (power[0] == '-') power.replace(0, 1, "\u2212");
        text += fmt::format("<text x=\"{}\" y=\"{}\" class=\"t m\" text-anchor=\"{}\"{}>10<tspan "
                            "dy=\"-4\" style=\"font-size:8px\">{}</tspan></text>\n",
                            pixels(x), pixels(y), anchor, more, power);
    }
};

std::string marker_path(Marker marker, double x, double y, double r) {
    switch (marker) {
    case Marker::circle:
        return fmt::format("M{} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z", pixels(x - r),
                           pixels(y), fmt::arg("r", pixels(r)), fmt::arg("d", pixels(2 * r)));
    case Marker::square:
        return fmt::format("M{} {}h{d}v{d}h-{d}z", pixels(x - 0.9 * r), pixels(y - 0.9 * r),
                           fmt::arg("d", pixels(1.8 * r)));
    case Marker::triangle:
        return fmt::format("M{} {}l{} {}h-{}z", pixels(x), pixels(y - 1.15 * r), pixels(1.1 * r),
                           pixels(2 * r), pixels(2.2 * r));
    case Marker::diamond:
        return fmt::format("M{x} {}L{} {y}L{x} {}L{} {y}z", pixels(y - 1.3 * r),
                           pixels(x + 1.1 * r), pixels(y + 1.3 * r), pixels(x - 1.1 * r),
                           fmt::arg("x", pixels(x)), fmt::arg("y", pixels(y)));
    case Marker::none:
        break;
    }
    return "";
}

void draw_marker(Canvas& canvas, Marker marker, bool hollow, const Colour& colour, double x,
                 double y, double r) {
    const std::string classes = hollow ? "pp mk " + colour.stroke() : colour.fill();
    canvas.path(marker_path(marker, x, y, r), classes);
}

void draw_legend(Canvas& canvas, const std::vector<LegendItem>& items) {
    for (const LegendItem& item : items) {
        const double middle = item.y_px - 4, x = item.x_px;
        if (item.bar) canvas.rect(x + 5, middle - 5, 11, 10, item.colour.fill());
        if (item.line)
            canvas.line(x, middle, x + legend_sign_px, middle, "ln " + item.colour.stroke(),
                        item.dashed ? " stroke-dasharray=\"5 4\"" : "");
        draw_marker(canvas, item.marker, item.hollow, item.colour, x + legend_sign_px / 2, middle,
                    3.8);
        canvas.words(x + legend_sign_px + 5, item.y_px, item.label, "");
    }
}

/// The values in their cells, unless one of them is wider than its cell.
template <class Position>
void draw_cell_numbers(Canvas& canvas, const PlacedPanel& at, const Heat& heat, Position position) {
    if (!heat.numbers) return;
    const double w = at.width / heat.columns, h = at.height / heat.rows;
    std::vector<std::string> words;
    for (const double value : heat.values) {
        const bool fixed = heat.decimals >= 0 && !std::isnan(value);
        words.push_back(fixed ? fmt::format("{:.{}f}", value, heat.decimals) : readable(value, 2));
        if (text_width(words.back(), tick_size_px) > w - 2) return;
    }
    for (int row = 0; row < heat.rows; ++row)
        for (int column = 0; column < heat.columns; ++column) {
            const auto cell = static_cast<std::size_t>(row * heat.columns + column);
            const double value = heat.values[cell];
            const bool white = wants_white_text(heat.ramp, position(value));
            const char* classes = std::isnan(value) ? "t m" : white ? "t w" : "t d";
            canvas.words(at.left + (column + 0.5) * w, at.top + (row + 0.5) * h + 4, words[cell],
                         classes, "middle");
        }
}

/// Cells of one colour level form one path.
void draw_heat(Canvas& canvas, const PlacedPanel& at, const Heat& heat) {
    const double w = at.width / heat.columns, h = at.height / heat.rows;
    const auto position = [&](double value) {
        const double u = heat.log ? std::log(value / heat.low) / std::log(heat.high / heat.low)
                                  : (value - heat.low) / (heat.high - heat.low);
        if (heat.log && value <= 0) return 0.0; // below every power of ten
        // equal limits: the middle of the ramp
        return std::isnan(u) ? 0.5 : std::clamp(u, 0.0, 1.0);
    };
    std::array<std::string, heat_levels + 1> paths;
    for (int row = 0; row < heat.rows; ++row)
        for (int column = 0; column < heat.columns;) {
            const auto level = [&](int c) {
                const double value = heat.values[static_cast<std::size_t>(row * heat.columns + c)];
                if (std::isnan(value)) return heat_levels;
                return std::min(heat_levels - 1, static_cast<int>(position(value) * heat_levels));
            };
            // equal neighbours join
            int end = column + 1;
            while (end < heat.columns && level(end) == level(column)) ++end;
            paths[static_cast<std::size_t>(level(column))] +=
                fmt::format("M{} {}H{}V{}H{}z", pixels(at.left + column * w),
                            pixels(at.top + row * h), pixels(at.left + end * w),
                            pixels(at.top + (row + 1) * h), pixels(at.left + column * w));
            column = end;
        }
    for (int level = 0; level <= heat_levels; ++level) {
        const double u = level == heat_levels ? std::nan("") : (level + 0.5) / heat_levels;
        const std::string& d = paths[static_cast<std::size_t>(level)];
        if (level == heat_levels)
            canvas.path(d, "na", " shape-rendering=\"crispEdges\"");
        else
            canvas.path(d, "hc",
                        fmt::format(" fill=\"{}\" shape-rendering=\"crispEdges\"",
                                    ramp_colour(heat.ramp, u)));
    }
    draw_cell_numbers(canvas, at, heat, position);
    if (!heat.colour_bar) return;

    // the colour bar, drawn in the same levels
    const double x = at.left + at.width + 10, step = at.height / heat_levels;
    for (int level = 0; level < heat_levels; ++level)
        canvas.rect(
            x, at.top + at.height - (level + 1) * step, 10, step + 0.5, "hc",
            fmt::format(" fill=\"{}\"", ramp_colour(heat.ramp, (level + 0.5) / heat_levels)));
    const Scale scale{heat.log, heat.low, heat.high, at.top + at.height, at.top};
    const std::vector<Tick> ticks = colour_bar_ticks(heat, at.height);
    for (const Tick& tick : ticks) canvas.tick_words(x + 14, scale(tick.value) + 4, tick, "start");
    const double label_x = x + 14 + widest_label(ticks) + 15;
    canvas.words(label_x, at.top + at.height / 2, heat.label, "t", "middle",
                 fmt::format(" transform=\"rotate(-90 {} {})\"", pixels(label_x),
                             pixels(at.top + at.height / 2)));
}

void draw_whisker(Canvas& canvas, const PlacedPanel& at, const Colour& colour, double x, double low,
                  double high) {
    const double a = at.y(low), b = at.y(high);
    if (!std::isfinite(a) || !std::isfinite(b)) return;
    canvas.path(fmt::format("M{x} {a}V{b}M{l} {a}h6M{l} {b}h6", fmt::arg("x", pixels(x)),
                            fmt::arg("a", pixels(a)), fmt::arg("b", pixels(b)),
                            fmt::arg("l", pixels(x - 3))),
                "wh " + colour.stroke());
}

void draw_bars(Canvas& canvas, const PlacedPanel& at, const Bars& bars) {
    for (std::size_t i = 0; i < bars.x.size(); ++i) {
        if (!std::isfinite(bars.y[i])) continue;
        const double left = at.x(bars.x[i] - bars.width / 2),
                     right = at.x(bars.x[i] + bars.width / 2);
        const double a = at.y(bars.base), b = at.y(bars.y[i]);
        canvas.rect(left, std::min(a, b), right - left, std::fabs(a - b), bars.colour.fill(),
                    bars.opacity < 1 ? fmt::format(" opacity=\"{}\"", pixels(bars.opacity)) : "");
        if (i < bars.low.size() && i < bars.high.size())
            draw_whisker(canvas, at, Colour::ink(), (left + right) / 2, bars.low[i], bars.high[i]);
    }
}

struct Pixel {
    double x, y;
};

/// A stretch of a line without the points that lie on it anyway: at most a tenth of a pixel off.
/// @source Douglas & Peucker (1973)
std::vector<Pixel> thinned(const std::vector<Pixel>& points) {
    constexpr double tolerance_px = 0.1;
    std::vector<char> keep(points.size(), 0);
    std::vector<std::pair<std::size_t, std::size_t>> open = {{0, points.size() - 1}};
    keep.front() = keep.back() = 1;
    while (!open.empty()) {
        const auto [first, last] = open.back();
        open.pop_back();
        const double dx = points[last].x - points[first].x, dy = points[last].y - points[first].y;
        const double length = std::hypot(dx, dy);
        std::size_t farthest = first;
        double most = tolerance_px;
        for (std::size_t i = first + 1; i < last; ++i) {
            const double ax = points[i].x - points[first].x, ay = points[i].y - points[first].y;
            const double off =
                length > 0 ? std::fabs(ax * dy - ay * dx) / length : std::hypot(ax, ay);
            if (off > most) most = off, farthest = i;
        }
        if (farthest == first) continue;
        keep[farthest] = 1;
        open.emplace_back(first, farthest);
        open.emplace_back(farthest, last);
    }
    std::vector<Pixel> kept;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (keep[i]) kept.push_back(points[i]);
    return kept;
}

/// The stretches of x, y that are finite, in pixels, each thinned.
std::vector<std::vector<Pixel>> stretches(const PlacedPanel& at, const std::vector<double>& x,
                                          const std::vector<double>& y) {
    std::vector<std::vector<Pixel>> found(1);
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        const Pixel p{at.x(x[i]), at.y(y[i])};
        if (std::isfinite(p.x) && std::isfinite(p.y))
            found.back().push_back(p);
        else if (!found.back().empty())
            found.emplace_back();
    }
    if (found.back().empty()) found.pop_back();
    for (std::vector<Pixel>& stretch : found) stretch = thinned(stretch);
    return found;
}

void draw_line(Canvas& canvas, const PlacedPanel& at, const Line& line) {
    const bool has_interval = !line.low.empty() && line.low.size() == line.high.size();

    // the band: along its upper side and back along its lower, stretch by stretch
    if (has_interval && line.marker == Marker::none) {
        const auto upper = stretches(at, line.x, line.high),
                   lower = stretches(at, line.x, line.low);
        std::string d;
        for (std::size_t s = 0; s < upper.size() && upper.size() == lower.size(); ++s) {
            if (upper[s].size() < 2) continue;
            for (std::size_t i = 0; i < upper[s].size(); ++i)
                d += fmt::format("{}{} {}", i == 0 ? "M" : "L", pixels(upper[s][i].x),
                                 pixels(upper[s][i].y));
            for (std::size_t i = lower[s].size(); i-- > 0;)
                d += fmt::format("L{} {}", pixels(lower[s][i].x), pixels(lower[s][i].y));
            d += "z";
        }
        canvas.path(d, "bd " + line.colour.fill());
    }

    // the line, broken where a value is missing
    std::string d;
    for (const std::vector<Pixel>& stretch : stretches(at, line.x, line.y))
        for (std::size_t i = 0; i < stretch.size(); ++i)
            d += fmt::format("{}{} {}", i == 0 ? "M" : "L", pixels(stretch[i].x),
                             pixels(stretch[i].y));
    std::string more;
    if (line.dashed) more += " stroke-dasharray=\"5 4\"";
    if (line.width_px != 1.7)
        more += fmt::format(" style=\"stroke-width:{}\"", pixels(line.width_px));
    const std::string ends = line.width_px > 6 ? "ln bt " : "ln ";
    if (line.width_px > 0) canvas.path(d, ends + line.colour.stroke(), more);
    if (line.marker == Marker::none) return;
    for (std::size_t i = 0; i < line.x.size(); ++i) {
        const double x = at.x(line.x[i]), y = at.y(line.y[i]);
        if (!std::isfinite(x) || !std::isfinite(y)) continue;
        if (has_interval) draw_whisker(canvas, at, line.colour, x, line.low[i], line.high[i]);
        draw_marker(canvas, line.marker, line.hollow, line.colour, x, y, 3.8);
    }
}

void draw_points(Canvas& canvas, const PlacedPanel& at, const Points& points) {
    const bool has_interval = !points.low.empty() && points.low.size() == points.high.size();
    std::string d;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
        const double x = at.x(points.x[i]), y = at.y(points.y[i]);
        if (!std::isfinite(x) || !std::isfinite(y)) continue;
        if (has_interval) draw_whisker(canvas, at, points.colour, x, points.low[i], points.high[i]);
        d += marker_path(points.marker, x, y, points.radius_px);
    }
    const std::string classes =
        points.hollow ? "pp mk " + points.colour.stroke() : points.colour.fill();
    canvas.path(d, classes,
                points.opacity < 1 ? fmt::format(" opacity=\"{:.2f}\"", points.opacity) : "");
}

void draw_frame(Canvas& canvas, const PlacedPanel& at) {
    const Panel& panel = *at.panel;
    const double bottom = at.top + at.height;
    const bool heat = !panel.heats.empty();

    // axes: left and bottom; a heat map has none
    if (!heat)
        canvas.path(fmt::format("M{x} {}V{y}H{}", pixels(at.top), pixels(at.left + at.width),
                                fmt::arg("x", pixels(at.left)), fmt::arg("y", pixels(bottom))),
                    "ax sm");
    for (const Tick& tick : at.x_ticks) {
        const double x = at.x(tick.value);
        canvas.line(x, bottom, x, bottom + 4, "ax sm");
        if (!panel.x.tick_labels) continue;
        if (!at.slanted)
            canvas.tick_words(x, bottom + 16, tick, "middle");
        else
            canvas.tick_words(x + 3, bottom + 12, tick, "end",
                              fmt::format(" transform=\"rotate(-45 {} {})\"", pixels(x + 3),
                                          pixels(bottom + 12)));
    }
    for (const Tick& tick : at.y_ticks) {
        const double y = at.y(tick.value);
        if (panel.y.categories.empty()) canvas.line(at.left - 4, y, at.left, y, "ax sm");
        if (panel.y.tick_labels) canvas.tick_words(at.left - 7, y + 4, tick, "end");
    }

    // labels
    const double middle = at.top + at.height / 2;
    if (!panel.x.label.empty())
        canvas.words(at.left + at.width / 2, at.x_label_y, panel.x.label, "", "middle");
    if (!panel.y.label.empty())
        canvas.words(
            at.y_label_x, middle, panel.y.label, "", "middle",
            fmt::format(" transform=\"rotate(-90 {} {})\"", pixels(at.y_label_x), pixels(middle)));
    if (!panel.row_name.empty()) {
        canvas.words(at.outer_left + 2, middle + (panel.row_note.empty() ? 4 : -2), panel.row_name,
                     "b");
        if (!panel.row_note.empty())
            canvas.words(at.outer_left + 2, middle + 12, panel.row_note, "t m");
    }
    if (!at.letter.empty()) canvas.words(at.outer_left + 1, at.title_y, at.letter, "b");
    if (!panel.title.empty()) {
        const double indent = at.letter.empty() ? at.left : std::max(at.left, at.outer_left + 16);
        canvas.words(indent, at.title_y, panel.title, "b");
    }
}

/// Writes the name of every span above it: first those that fit between its ends, then those that
/// do not but meet no other.
void name_spans(Canvas& canvas, const PlacedPanel& at) {
    std::vector<std::pair<double, double>> taken;
    for (const bool roomy : {true, false})
        for (const Span& span : at.panel->spans) {
            const double left = at.x(span.from), right = at.x(span.to),
                         half = text_width(span.label, tick_size_px) / 2;
            if ((2 * half < right - left) != roomy) continue;
            const double middle = (left + right) / 2, gap = roomy ? 0 : 3;
            const bool free =
                middle - half > at.left - 8 && middle + half < at.left + at.width + 8 &&
                std::none_of(taken.begin(), taken.end(), [&](const auto& other) {
                    return middle - half - gap < other.second && middle + half + gap > other.first;
                });
            if (!free) continue;
            taken.emplace_back(middle - half, middle + half);
            canvas.words(middle, at.spans_y, span.label, "t m", "middle");
        }
}

void draw_panel(Canvas& canvas, const PlacedPanel& at, const std::string& clip) {
    const Panel& panel = *at.panel;
    const double bottom = at.top + at.height;

    // what lies behind the data: shaded spans, grid
    for (const Span& span : panel.spans)
        if (span.shade > 0)
            canvas.rect(at.x(span.from), at.top, at.x(span.to) - at.x(span.from), at.height,
                        fmt::format("fk e{}", span.shade));
    if (panel.name_spans) name_spans(canvas, at);
    if (panel.heats.empty())
        for (const Tick& tick : at.y_ticks)
            canvas.line(at.left, at.y(tick.value), at.left + at.width, at.y(tick.value), "gr");

    // the data
    for (const Heat& heat : panel.heats) draw_heat(canvas, at, heat);
    canvas.text += fmt::format("<g clip-path=\"url(#{})\">\n", clip);
    if (panel.equal) canvas.line(at.left, bottom, at.left + at.width, at.top, "ax sm");
    for (const Bars& bars : panel.bars) draw_bars(canvas, at, bars);
    for (const Line& line : panel.lines) draw_line(canvas, at, line);
    for (const Rule& rule : panel.rules) {
        const double place = rule.at_x ? at.x(rule.value) : at.y(rule.value);
        const char* dash = rule.dashed ? " stroke-dasharray=\"5 4\"" : "";
        if (rule.at_x)
            canvas.line(place, at.top, place, bottom, "ax sm", dash);
        else
            canvas.line(at.left, place, at.left + at.width, place, "ax sm", dash);
    }
    for (const Points& points : panel.points) draw_points(canvas, at, points);
    canvas.text += "</g>\n";

    draw_frame(canvas, at);
    draw_legend(canvas, at.legend);
    for (const Note& note : panel.notes)
        canvas.words(at.x(note.x) + note.dx_px, at.y(note.y) + note.dy_px, note.text, "t",
                     note.anchor.c_str());
}

} // namespace

std::string draw(const Figure& figure, const std::string& id, bool standalone) {
    const Layout layout = lay_out(figure);
    Canvas canvas;
    if (standalone) canvas.text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    canvas.text += fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lf\" viewBox=\"0 0 {w} {h}\" "
        "width=\"{w}\" height=\"{h}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n"
        "<title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n",
        escape(figure.title), escape(figure.description), fmt::arg("w", pixels(layout.width)),
        fmt::arg("h", pixels(layout.height)), fmt::arg("id", id));
    if (standalone) {
        canvas.text += "<style>\n" + figure_style() + "</style>\n";
        canvas.rect(0, 0, layout.width, layout.height, "pp");
    }

    // one clip per panel keeps lines inside their frame; markers at the edge may lean over it
    canvas.text += "<defs>\n";
    for (std::size_t p = 0; p < layout.panels.size(); ++p) {
        const PlacedPanel& at = layout.panels[p];
        canvas.text += fmt::format("<clipPath id=\"{}-c{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" "
                                   "height=\"{}\"/></clipPath>\n",
                                   id, p, pixels(at.left - 5), pixels(at.top - 5),
                                   pixels(at.width + 10), pixels(at.height + 10));
    }
    canvas.text += "</defs>\n";
    draw_legend(canvas, layout.legend);
    for (std::size_t p = 0; p < layout.panels.size(); ++p)
        draw_panel(canvas, layout.panels[p], fmt::format("{}-c{}", id, p));
    canvas.text += "</svg>\n";
    return canvas.text;
}

} // namespace lamina::analysis
