/// Spread of reported angles against set size beside people, and whose angles were reported.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

/// One quantity of /behaviour against the load.
Line against_load(const RunData& run, const FigureContext& context, const std::string& quantity,
                  std::size_t variant) {
    Line line;
    for (std::size_t c = 0; c < context.design.loads.size(); ++c) {
        const Estimate e = behaviour_estimate(run, quantity, variant, c);
        if (std::isnan(e.value)) continue;
        line.x.push_back(context.design.loads[c]);
        line.y.push_back(e.value);
        line.low.push_back(e.low);
        line.high.push_back(e.high);
    }
    line.marker = Marker::circle;
    return line;
}

void set_load_axis(Panel& panel, const Design& design) {
    const auto [least, most] = std::minmax_element(design.loads.begin(), design.loads.end());
    panel.x.label = "set size (items)";
    panel.x.low = *least - 0.4, panel.x.high = *most + 0.4;
    panel.x.ticks = std::max(2, static_cast<int>(std::min(10.0, *most - *least + 1)));
    panel.y.low = 0;
}

Panel spread_panel(const RunData& run, const FigureContext& context, const std::string& quantity,
                   const std::string& title, const std::string& label) {
    Panel panel;
    panel.title = title;
    panel.y.label = label;
    const std::size_t n_variants = std::min<std::size_t>(4, context.design.variants.size());
    for (std::size_t v = 0; v < n_variants; ++v) {
        panel.lines.push_back(against_load(run, context, quantity, v));
        panel.lines.back().label =
            context.design.variants.size() > 1 ? context.design.short_names[v] : "column";
        panel.lines.back().colour = Colour::category(static_cast<int>(v));
    }
    for (const PublishedComparison& comparison : context.published)
        if (const PublishedSeries* series = comparison.data.find(quantity)) {
            Line people;
            people.label = comparison.data.title;
            people.colour = Colour::ink();
            people.dashed = true;
            people.width_px = 1.2;
            people.marker = Marker::square;
            people.hollow = true;
            for (const PublishedPoint& point : series->points)
                people.x.push_back(point.load), people.y.push_back(point.value);
            panel.lines.push_back(people);
        }
    set_load_axis(panel, context.design);
    return panel;
}

SmallTable spreads(const FigureContext& context) {
    SmallTable table;
    table.caption = "Model minus published, with the model's 95 % interval.";
    table.header = {"quantity", "set size", "column", "people", "difference", "RMSE"};
    for (const PublishedComparison& comparison : context.published)
        for (const SeriesComparison& series : comparison.series)
            for (std::size_t i = 0; i < series.distances.size(); ++i) {
                const Distance& d = series.distances[i];
                const bool circular = series.quantity == "circular_sd_deg";
                table.rows.push_back(
                    {i == 0 ? (circular ? "circular SD (deg)" : "mean |error| (deg)") : "",
                     fmt::format("{:.0f}", d.load), readable(d.model), readable(d.published),
                     with_interval({d.difference, d.low, d.high, 0}),
                     i == 0 ? readable(series.rmse) : ""});
            }
    return table;
}

} // namespace

std::optional<ReportFigure> recall_by_load(const RunData& run, const FigureContext& context) {
    if (!run.find("behaviour", "circular_sd_deg")) return std::nullopt;
    ReportFigure figure;
    figure.file = "recall_by_load";
    figure.section = Section::behaviour;
    figure.title = "Report against set size";
    figure.drawing.columns = 3;
    Panel spread =
        spread_panel(run, context, "circular_sd_deg", "spread of errors", "circular SD (deg)");
    Panel size =
        spread_panel(run, context, "mean_abs_error_deg", "size of errors", "mean |error| (deg)");
    size.legend = false;

    Panel shares;
    shares.title = "whose angle is reported";
    shares.y.label = "share of reports";
    const char* const quantities[] = {"p_target", "p_swap", "p_guess"};
    const char* const names[] = {"the target's", "another item's", "nobody's"};
    for (int i = 0; i < 3; ++i) {
        shares.lines.push_back(against_load(run, context, quantities[i], 0));
        shares.lines.back().label = names[i];
        shares.lines.back().colour = Colour::category(i + 1);
        shares.lines.back().marker = i == 0   ? Marker::circle
                                     : i == 1 ? Marker::triangle
                                              : Marker::diamond;
    }
    set_load_axis(shares, context.design);
    shares.y.high = 1.02;
    figure.drawing.panels = {spread, size, shares};

    Csv csv({"variant", "condition", "load", "n", "quantity", "value", "low", "high"});
    for (std::size_t v = 0; v < context.design.variants.size(); ++v)
        for (std::size_t c = 0; c < context.design.conditions.size(); ++c)
            for (const char* quantity :
                 {"circular_sd_deg", "mean_abs_error_deg", "p_target", "p_swap", "p_guess"}) {
                const Estimate e = behaviour_estimate(run, quantity, v, c);
                csv << context.design.variants[v] << context.design.conditions[c]
                    << context.design.loads[c] << static_cast<double>(e.n) << quantity << e.value
                    << e.low << e.high;
                csv.end_row();
            }
    figure.csv = csv.text();
    figure.caption =
        "Whiskers: 95 % bootstrap intervals. Shares: maximum-likelihood mixture of von Mises "
        "errors "
        "around the target, around the other items, and uniform guesses (Bays, Catalao & Husain "
        "2009). A report that mixes several items counts as nobody's.";
    for (const PublishedComparison& comparison : context.published)
        figure.caption += comparison.data.found ? " Open squares: " + comparison.data.source +
                                                      ". " + comparison.data.note
                                                : " " + comparison.data.note + ".";
    const SmallTable table = spreads(context);
    if (!table.rows.empty()) figure.table = table;
    return figure;
}

} // namespace lamina::analysis
