/// How reported angles are distributed around the right one, for every set size, beside people.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_panels = 8;

/// Shares of some counts in bins from -180 on, at the middles of the bins.
Line shares(const std::vector<double>& counts, double level) {
    double total = 0;
    for (const double count : counts) total += count;
    Line line;
    const double width = 360.0 / static_cast<double>(counts.size());
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        const Estimate e = proportion(std::llround(counts[bin]), std::llround(total), level);
        line.x.push_back(-180 + (static_cast<double>(bin) + 0.5) * width);
        line.y.push_back(100 * e.value);
        line.low.push_back(100 * e.low);
        line.high.push_back(100 * e.high);
    }
    return line;
}

} // namespace

std::optional<ReportFigure> recall_errors(const RunData& run, const FigureContext& context) {
    const Column* histogram = run.find("behaviour", "error_histogram");
    if (!histogram || histogram->shape.size() != 3) return std::nullopt;
    const Design& design = context.design;
    const std::size_t n_bins = histogram->shape[2];

    ReportFigure figure;
    figure.file = "recall_errors";
    figure.section = Section::behaviour;
    figure.title = "Errors of report";
    figure.drawing.columns = design.conditions.size() > 3 ? 4 : 3;
    figure.drawing.shared_legend = true;
    figure.drawing.letters = false;
    Csv csv({"condition", "load", "source", "bin_middle_deg", "percent", "low", "high"});
    const auto write = [&](std::size_t c, const std::string& source, const Line& line) {
        for (std::size_t i = 0; i < line.x.size(); ++i) {
            csv << design.conditions[c] << design.loads[c] << source << line.x[i] << line.y[i]
                << line.low[i] << line.high[i];
            csv.end_row();
        }
    };
    double top = 0;
    bool has_people = false;
    for (std::size_t c = 0; c < std::min(most_panels, design.conditions.size()); ++c) {
        std::vector<double> counts;
        for (std::size_t bin = 0; bin < n_bins; ++bin) counts.push_back(histogram->at({0, c, bin}));
        Panel panel;
        panel.title =
            fmt::format("{:.0f} item{}", design.loads[c], design.loads[c] == 1 ? "" : "s");
        panel.height_px = 130;
        panel.x.low = -180, panel.x.high = 180;
        panel.x.marks = {{-180, "\u2212180"}, {-90, ""}, {0, "0"}, {90, ""}, {180, "180"}};
        panel.x.label = "error (deg)";
        panel.y.label = c % 4 == 0 ? "reports (%)" : "";
        panel.lines.push_back(shares(counts, context.confidence.level));
        panel.lines.back().label = "column";
        panel.lines.back().colour = Colour::category(0);
        write(c, "column", panel.lines.back());
        for (const PublishedComparison& comparison : context.published)
            for (const PublishedErrors& errors : comparison.data.errors) {
                if (errors.load != design.loads[c]) continue;
                const Line people = shares(errors.counts, context.confidence.level);
                write(c, comparison.data.title, people);
                Points points;
                points.label = comparison.data.title;
                points.colour = Colour::ink();
                points.x = people.x, points.y = people.y;
                points.low = people.low, points.high = people.high;
                points.radius_px = 1.9;
                points.hollow = true;
                panel.points.push_back(points);
                has_people = true;
            }
        for (const Line& line : panel.lines)
            for (const double y : line.high) top = std::max(top, y);
        for (const Points& points : panel.points)
            for (const double y : points.high) top = std::max(top, y);
        figure.drawing.panels.push_back(panel);
    }
    for (Panel& panel : figure.drawing.panels) panel.y.low = 0, panel.y.high = 1.04 * top;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Share of reports by their distance from the right angle, in bins of {:.0f} degrees: line, "
        "the column with its 95 % Wilson band ({} reports per set size at least){}.{}",
        360.0 / static_cast<double>(n_bins),
        [&] {
            std::int64_t least = 0;
            for (std::size_t c = 0; c < design.conditions.size(); ++c) {
                const auto n = behaviour_estimate(run, "circular_sd_deg", 0, c).n;
                least = c == 0 ? n : std::min(least, n);
            }
            return least;
        }(),
        has_people ? "; circles, people, with the same intervals as if their trials were "
                     "independent: they are pooled over people, who differ"
                   : "",
        design.variants.size() > 1 ? " Variant: " + design.short_names[0] + "." : "");
    return figure;
}

} // namespace lamina::analysis
