/// Accuracy, K, hits and false alarms, and reaction time against load, beside published figures.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::array<Marker, 4> model_markers = {Marker::circle, Marker::triangle, Marker::diamond,
                                                 Marker::square};

/// Of each data set named in compare_with, in its order.
Marker published_marker(std::size_t index) {
    return index % 2 == 0 ? Marker::square : Marker::diamond;
}
constexpr std::size_t most_load_lines =
    4; // more than four lines with whiskers cannot be told apart

using Pick = Estimate (*)(const BehaviourRow&);

Line line_of(const std::vector<BehaviourRow>& rows, std::size_t variant, Pick pick) {
    Line line;
    line.colour = Colour::category(static_cast<int>(variant));
    line.marker = model_markers[variant % model_markers.size()];
    for (const BehaviourRow& row : rows) {
        if (row.variant != static_cast<std::int64_t>(variant) || row.n == 0) continue;
        const Estimate e = pick(row);
        line.x.push_back(static_cast<double>(row.load));
        line.y.push_back(e.value);
        line.low.push_back(e.low);
        line.high.push_back(e.high);
    }
    return line;
}

void add_published(Panel& panel, const FigureContext& context, const std::string& quantity,
                   bool hollow_marker = true) {
    for (std::size_t index = 0; index < context.published.size(); ++index) {
        const PublishedComparison& comparison = context.published[index];
        const PublishedSeries* series = comparison.data.find(quantity);
        if (!series) continue;
        Line line;
        line.label = comparison.data.title;
        line.colour = Colour::ink();
        line.dashed = true;
        line.width_px = 1.2;
        line.marker = published_marker(index);
        line.hollow = hollow_marker;
        for (const PublishedPoint& point : series->points)
            line.x.push_back(point.load), line.y.push_back(point.value);
        panel.lines.push_back(line);
    }
}

Panel load_panel(const std::vector<BehaviourRow>& rows, const FigureContext& context,
                 const std::string& title, const std::string& y, const std::string& quantity,
                 Pick pick) {
    Panel panel;
    panel.title = title;
    panel.x.label = "load (items)";
    panel.y.label = y;
    panel.height_px = 190;
    const std::size_t n = std::min(most_load_lines, context.design.variants.size());
    for (std::size_t variant = 0; variant < n; ++variant) {
        panel.lines.push_back(line_of(rows, variant, pick));
        panel.lines.back().label =
            context.design.variants.size() > 1 ? context.design.short_names[variant] : "column";
    }
    add_published(panel, context, quantity);

    // whole numbers of items on the axis
    double least = 1e9, most = 0;
    for (const Line& line : panel.lines)
        for (const double load : line.x) least = std::min(least, load), most = std::max(most, load);
    panel.x.low = least - 0.4, panel.x.high = most + 0.4;
    panel.x.ticks = std::max(2, static_cast<int>(std::min(10.0, most - least + 1)));
    return panel;
}

SmallTable distances_table(const FigureContext& context) {
    SmallTable table;
    table.caption = "Model minus published, with the model's 95 % interval.";
    table.header = {"data", "quantity", "load", "model", "published", "difference", "RMSE"};
    for (const PublishedComparison& comparison : context.published) {
        std::string data = comparison.data.title; // told once
        for (const SeriesComparison& series : comparison.series)
            for (std::size_t i = 0; i < series.distances.size(); ++i) {
                const Distance& d = series.distances[i];
                const bool first = i == 0;
                const std::string load =
                    std::isnan(d.change_probability)
                        ? readable(d.load, 1)
                        : fmt::format("{:.0f}, p = {:g}", d.load, d.change_probability);
                table.rows.push_back({std::exchange(data, ""), first ? spoken(series.quantity) : "",
                                      load, readable(d.model), readable(d.published),
                                      with_interval({d.difference, d.low, d.high, 0}),
                                      first ? readable(series.rmse) : ""});
            }
    }
    return table;
}

} // namespace

std::optional<ReportFigure> behaviour_by_load(const RunData& run, const FigureContext& context) {
    const std::vector<BehaviourRow> rows = behaviour_by_load_of(run, context.confidence);
    const std::set<double> loads(context.design.loads.begin(), context.design.loads.end());
    // conditions that are no loads have a figure of their own
    if (loads.size() < 2 && context.design.conditions.size() > 1) return std::nullopt;
    std::int64_t n_trials = 0, rt_missing = 0, least = 0;
    for (const BehaviourRow& row : rows) {
        n_trials += row.n;
        rt_missing += row.rt_missing;
        if (row.n > 0 && (least == 0 || row.n < least)) least = row.n;
    }
    if (n_trials == 0) return std::nullopt;

    ReportFigure figure;
    figure.file = "behaviour_by_load";
    figure.section = Section::behaviour;
    figure.title = "Behaviour against load";
    figure.drawing.columns = 2;
    figure.drawing.shared_legend = true;

    Panel accuracy = load_panel(rows, context, "accuracy", "fraction correct", "accuracy",
                                [](const BehaviourRow& row) { return row.accuracy; });
    accuracy.y.high = 1.02;
    accuracy.rules.push_back({false, 0.5, true, "chance"});
    accuracy.y.low = 0.4;
    for (const Line& line : accuracy.lines)
        for (const double low : line.low) accuracy.y.low = std::min(*accuracy.y.low, low - 0.02);
    Panel capacity = load_panel(rows, context, "items held, K = N (h \u2212 f)", "K (items)", "K",
                                [](const BehaviourRow& row) { return row.K; });
    capacity.y.low = 0;
    for (const Line& line : capacity.lines)
        for (const double low : line.low) capacity.y.low = std::min(*capacity.y.low, low);
    const bool change = asks_for_change(run);
    Panel hits =
        load_panel(rows, context, "hit rate", change ? "P(change | change)" : "P(match | match)",
                   "hit_rate", [](const BehaviourRow& row) { return row.hit_rate; });
    Panel alarms = load_panel(
        rows, context, "false-alarm rate", change ? "P(change | same)" : "P(match | non-match)",
        "false_alarm_rate", [](const BehaviourRow& row) { return row.false_alarm_rate; });
    for (Panel* panel : {&hits, &alarms}) panel->y.low = -0.03, panel->y.high = 1.03;
    Panel rt = load_panel(rows, context, "median reaction time", "RT (ms)", "rt_median_ms",
                          [](const BehaviourRow& row) { return row.rt_median_ms; });
    Panel sensitivity = load_panel(rows, context, "sensitivity d\u2032", "d\u2032", "d_prime",
                                   [](const BehaviourRow& row) {
                                       return Estimate{row.d_prime, NAN, NAN, row.n};
                                   });
    figure.drawing.panels = {accuracy, capacity, hits, alarms, rt, sensitivity};

    Csv csv({"variant", "load", "n", "accuracy", "accuracy_low", "accuracy_high", "K", "K_low",
             "K_high", "hit_rate", "false_alarm_rate", "d_prime", "criterion", "rt_median_ms",
             "rt_low_ms", "rt_high_ms", "rt_missing"});
    for (const BehaviourRow& row : rows) {
        csv << context.design.variants[static_cast<std::size_t>(row.variant)]
            << static_cast<double>(row.load) << static_cast<double>(row.n) << row.accuracy.value
            << row.accuracy.low << row.accuracy.high << row.K.value << row.K.low << row.K.high
            << row.hit_rate.value << row.false_alarm_rate.value << row.d_prime << row.criterion
            << row.rt_median_ms.value << row.rt_median_ms.low << row.rt_median_ms.high
            << static_cast<double>(row.rt_missing);
        csv.end_row();
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "{} trials, at least {} per point. Whiskers: 95 % Wilson intervals (accuracy, rates), "
        "Newcombe's (K), bootstrap of the median (RT); d\u2032 with the log-linear correction. "
        "Without reaching a threshold, and so without RT: {}.",
        n_trials, least, counted(std::size_t(rt_missing), "choice"));
    if (context.design.variants.size() > most_load_lines)
        figure.caption += fmt::format(" The first {} of {} variants are shown; the CSV has all.",
                                      most_load_lines, context.design.variants.size());
    for (std::size_t index = 0; index < context.published.size(); ++index) {
        const PublishedData& data = context.published[index].data;
        const char* marks = published_marker(index) == Marker::square ? "squares" : "diamonds";
        figure.caption += data.found
                              ? fmt::format(" Open {}: {}. {}", marks, data.source, data.note)
                              : fmt::format(" {}.", data.note);
    }
    const SmallTable table = distances_table(context);
    if (!table.rows.empty()) figure.table = table;
    return figure;
}

} // namespace lamina::analysis
