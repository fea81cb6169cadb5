#include "analysis/plot_layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lamina::analysis {
namespace {

struct ValueRange {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    bool log = false;
    void see(double value) {
        if (!std::isfinite(value) || (log && value <= 0)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    void see(const std::vector<double>& values) {
        for (const double value : values) see(value);
    }
};

/// The range that data and axis ask for, padded so that marks do not touch the frame.
ValueRange padded(ValueRange range, const Axis& axis, double share) {
    if (!axis.categories.empty()) {
        range.low = -0.5;
        range.high = static_cast<double>(axis.categories.size()) - 0.5;
        return range;
    }
    if (range.low > range.high) range.low = range.log ? 0.1 : 0, range.high = 1;
    const bool flat = range.low == range.high;
    if (range.log) {
        const double grow = flat ? 2 : std::pow(range.high / range.low, share);
        range.low /= grow, range.high *= grow;
    } else {
        const double size = std::fabs(range.high) > 0 ? std::fabs(range.high) : 1;
        const double pad = flat ? 0.5 * size : share * (range.high - range.low);
        range.low -= pad, range.high += pad;
    }
    if (axis.low) range.low = *axis.low;
    if (axis.high) range.high = *axis.high;
    if (!(range.high > range.low)) range.high = range.low + (range.log ? range.low : 1);
    return range;
}

void find_ranges(const Panel& panel, ValueRange& x, ValueRange& y) {
    x.log = panel.x.log, y.log = panel.y.log;
    for (const Line& line : panel.lines)
        x.see(line.x), y.see(line.y), y.see(line.low), y.see(line.high);
    for (const Points& points : panel.points)
        x.see(points.x), y.see(points.y), y.see(points.low), y.see(points.high);
    for (const Bars& bars : panel.bars) {
        for (const double at : bars.x) x.see(at - bars.width / 2), x.see(at + bars.width / 2);
        y.see(bars.y), y.see(bars.low), y.see(bars.high), y.see(bars.base);
    }
    for (const Span& span : panel.spans) x.see(span.from), x.see(span.to);
    for (const Note& note : panel.notes) x.see(note.x), y.see(note.y);
    for (const Rule& rule : panel.rules) rule.at_x ? x.see(rule.value) : y.see(rule.value);

    // time starts and ends at the frame; values keep a little distance
    const bool touches = !panel.spans.empty();
    x = padded(x, panel.x, touches ? 0 : 0.04);
    y = padded(y, panel.y, 0.06);
    if (panel.equal) {
        x.low = y.low = std::min(x.low, y.low);
        x.high = y.high = std::max(x.high, y.high);
    }
    if (!panel.heats.empty()) {
        const Heat& heat = panel.heats.front();
        if (panel.x.categories.empty() && panel.x.low && panel.x.high)
            x.low = *panel.x.low, x.high = *panel.x.high;
        else
            x.low = -0.5, x.high = heat.columns - 0.5;
        y.low = -0.5, y.high = heat.rows - 0.5;
    }
}

/// Ticks of an axis; categories are thinned when they stand closer than `room` allows.
std::vector<Tick> ticks_of(const Axis& axis, const ValueRange& range, double spacing_px,
                           double need_px) {
    if (!axis.marks.empty()) {
        std::vector<Tick> ticks;
        for (const auto& [value, label] : axis.marks) ticks.push_back({value, label, false, 0});
        return ticks;
    }
    if (axis.categories.empty())
        return axis.log ? log_ticks(range.low, range.high, axis.ticks)
                        : linear_ticks(range.low, range.high, axis.ticks);
    const int stride =
        std::max(1, static_cast<int>(std::ceil(need_px / std::max(1.0, spacing_px))));
    std::vector<Tick> ticks;
    for (std::size_t i = 0; i < axis.categories.size(); i += static_cast<std::size_t>(stride))
        ticks.push_back({static_cast<double>(i), axis.categories[i], false, 0});
    return ticks;
}

double label_width(const Tick& tick) {
    return tick.is_power ? text_width("10\u207b", tick_size_px) + 9
                         : text_width(tick.label, tick_size_px);
}

void name(std::vector<LegendItem>& items, const LegendItem& item) {
    if (item.label.empty()) return;
    for (const LegendItem& other : items)
        if (other.label == item.label) return;
    items.push_back(item);
}

/// Every named mark of a panel once, in drawing order.
void collect(const Panel& panel, std::vector<LegendItem>& items) {
    for (const Bars& bars : panel.bars)
        name(items, {bars.label, bars.colour, false, false, true, false, Marker::none});
    for (const Line& line : panel.lines)
        name(items, {line.label, line.colour, true, line.dashed, false, line.hollow, line.marker});
    for (const Points& points : panel.points)
        name(items,
             {points.label, points.colour, false, false, false, points.hollow, points.marker});
    for (const Rule& rule : panel.rules)
        name(items, {rule.label, Colour::muted(), true, rule.dashed, false, false, Marker::none});
}

/// Sets legend items side by side, in as many rows as they need; returns the height used.
double arrange(std::vector<LegendItem>& items, double left, double top, double width) {
    if (items.empty()) return 0;
    double x = left, y = top + 11;
    for (LegendItem& item : items) {
        const double need = legend_sign_px + 5 + text_width(item.label, label_size_px);
        if (x > left && x + need > left + width) x = left, y += legend_row_px;
        item.x_px = x, item.y_px = y;
        x += need + legend_gap_px;
    }
    return y - top + 8;
}

struct Margins {
    double left = 0, right = 0;
};

Margins margins_of(const Panel& panel, const std::vector<Tick>& y_ticks) {
    Margins margins;
    if (panel.y.tick_labels) margins.left += widest_label(y_ticks) + 8;
    if (!panel.y.label.empty()) margins.left += 18;
    if (!panel.row_name.empty())
        margins.left += 14 + std::max(text_width(panel.row_name, label_size_px) * 1.06,
                                      text_width(panel.row_note, tick_size_px));
    margins.right = 14;
    if (!panel.heats.empty() && panel.heats.front().colour_bar) {
        const Heat& heat = panel.heats.front();
        double widest = widest_label(colour_bar_ticks(heat, panel.height_px));
        // how high a square is follows from these margins, and with it how many ticks
        for (const double height_px : {0.0, 1e3})
            if (panel.square)
                widest = std::max(widest, widest_label(colour_bar_ticks(heat, height_px)));
        margins.right = 24 + widest + 6 + (heat.label.empty() ? 0 : 20);
    }
    return margins;
}

} // namespace

double widest_label(const std::vector<Tick>& ticks) {
    double width = 0;
    for (const Tick& tick : ticks) width = std::max(width, label_width(tick));
    return width;
}

std::vector<Tick> colour_bar_ticks(const Heat& heat, double height_px) {
    const int wanted = height_px < 80 ? 3 : 4;
    return heat.log ? log_ticks(heat.low, heat.high, wanted)
                    : linear_ticks(heat.low, heat.high, wanted);
}

Layout lay_out(const Figure& figure) {
    Layout layout;
    layout.width = figure.width_px;
    const auto n_columns = static_cast<std::size_t>(std::max(1, figure.columns));
    const std::size_t n_panels = figure.panels.size();
    const std::size_t n_rows = (n_panels + n_columns - 1) / n_columns;
    const auto weight = [&](std::size_t column) {
        return column < figure.weights.size() ? figure.weights[column] : 1.0;
    };

    // ranges and y ticks first: they decide the margins, and the margins the plot widths
    std::vector<ValueRange> x_ranges(n_panels), y_ranges(n_panels);
    std::vector<Margins> columns(n_columns);
    layout.panels.resize(n_panels);
    for (std::size_t p = 0; p < n_panels; ++p) {
        const Panel& panel = figure.panels[p];
        PlacedPanel& placed = layout.panels[p];
        placed.panel = &panel;
        find_ranges(panel, x_ranges[p], y_ranges[p]);
        const double spacing =
            panel.height_px / std::max<double>(1, static_cast<double>(panel.y.categories.size()));
        placed.y_ticks = ticks_of(panel.y, y_ranges[p], spacing, 12);
        Margins own = margins_of(panel, placed.y_ticks);
        // a long slanted label leans over the left edge of its plot
        double longest = 0;
        for (const std::string& category : panel.x.categories)
            longest = std::max(longest, text_width(category, tick_size_px));
        const double room = 0.8 * figure.width_px / static_cast<double>(n_columns) /
                            std::max<double>(1, static_cast<double>(panel.x.categories.size()));
        if (longest > room) own.left = std::max(own.left, 0.72 * longest - 0.4 * room + 6);
        Margins& column = columns[p % n_columns];
        column.left = std::max(column.left, own.left);
        column.right = std::max(column.right, own.right);
    }
    double free = figure.width_px, weights = 0;
    for (std::size_t c = 0; c < n_columns; ++c) {
        free -= columns[c].left + columns[c].right;
        weights += weight(c);
    }

    // the shared legend, then row by row
    double top = 4;
    if (figure.shared_legend) {
        for (const Panel& panel : figure.panels) collect(panel, layout.legend);
        top += arrange(layout.legend, columns[0].left, top, figure.width_px - columns[0].left - 10);
    }
    const bool letters = figure.letters && n_panels > 1;
    for (std::size_t row = 0; row < n_rows; ++row) {
        double above = 0, plot_height = 0, below = 0, left = 0;

        // the space that each panel of the row needs above, inside and below
        for (std::size_t c = 0; c < n_columns && row * n_columns + c < n_panels; ++c) {
            const std::size_t p = row * n_columns + c;
            PlacedPanel& placed = layout.panels[p];
            const Panel& panel = *placed.panel;
            placed.outer_left = left;
            placed.left = left + columns[c].left;
            placed.width = free * weight(c) / weights;
            placed.height = panel.square ? placed.width : panel.height_px;
            left = placed.left + placed.width + columns[c].right;
            if (letters) placed.letter = std::string(1, static_cast<char>('a' + p % 26));

            double need = 0;
            if (!panel.title.empty() || letters) need += 20;
            if (panel.legend && !figure.shared_legend) {
                collect(panel, placed.legend);
                need += arrange(placed.legend, placed.left, 0, placed.width + columns[c].right);
            }
            if (panel.name_spans && !panel.spans.empty()) need += 14;
            above = std::max(above, need + 4);
            plot_height = std::max(plot_height, placed.height);

            const double n_labels = static_cast<double>(panel.x.categories.size());
            const double spacing = placed.width / std::max(1.0, n_labels);
            placed.x_ticks = ticks_of(panel.x, x_ranges[p], spacing, 13);
            const double step =
                spacing * (placed.x_ticks.size() > 1 && n_labels > 0 ? placed.x_ticks[1].value : 1);
            placed.slanted =
                panel.x.tick_labels && n_labels > 0 && widest_label(placed.x_ticks) > step - 4;
            double depth = panel.x.tick_labels ? 18 : 4;
            if (placed.slanted) depth = 12 + 0.72 * widest_label(placed.x_ticks);
            placed.x_label_y = depth + 12;
            if (!panel.x.label.empty()) depth += 18;
            below = std::max(below, depth);
        }

        // their places
        for (std::size_t c = 0; c < n_columns && row * n_columns + c < n_panels; ++c) {
            const std::size_t p = row * n_columns + c;
            PlacedPanel& placed = layout.panels[p];
            const Panel& panel = *placed.panel;
            placed.title_y = top + 13;
            const double legend_top = top + (!panel.title.empty() || letters ? 20 : 0);
            for (LegendItem& item : placed.legend) item.y_px += legend_top;
            placed.top = top + above;
            placed.spans_y = placed.top - 4;
            if (!panel.y.categories.empty())
                placed.y_ticks =
                    ticks_of(panel.y, y_ranges[p],
                             placed.height / static_cast<double>(panel.y.categories.size()), 12);
            placed.x_label_y += placed.top + placed.height;
            const double tick_room = panel.y.tick_labels ? widest_label(placed.y_ticks) + 8 : 4;
            placed.y_label_x = placed.left - tick_room - 6;
            placed.x = {panel.x.log, x_ranges[p].low, x_ranges[p].high, placed.left,
                        placed.left + placed.width};
            placed.y = {panel.y.log, y_ranges[p].low, y_ranges[p].high, placed.top + placed.height,
                        placed.top};
            // the first row of a heat map is at the top
            if (!panel.heats.empty() || (!panel.y.categories.empty()))
                std::swap(placed.y.from_px, placed.y.to_px);
        }
        top += above + plot_height + below + (row + 1 < n_rows ? figure.row_gap_px : 6);
    }
    layout.height = top;
    return layout;
}

} // namespace lamina::analysis
