/// Hits and false alarms against the probability of a change, for every set size, beside people.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

Line rates(const std::vector<BehaviourRow>& rows, std::int64_t load, bool hits) {
    Line line;
    for (const BehaviourRow& row : rows) {
        if (row.variant != 0 || row.load != load || row.n == 0) continue;
        const Estimate e = hits ? row.hit_rate : row.false_alarm_rate;
        line.x.push_back(row.change_probability);
        line.y.push_back(e.value);
        line.low.push_back(e.low);
        line.high.push_back(e.high);
    }
    return line;
}

} // namespace

std::optional<ReportFigure> criterion_shift(const RunData& run, const FigureContext& context) {
    const std::vector<BehaviourRow> rows = behaviour_of(run, context.confidence);
    std::set<double> probabilities;
    std::set<std::int64_t> loads;
    for (const BehaviourRow& row : rows)
        if (row.n > 0 && !std::isnan(row.change_probability))
            probabilities.insert(row.change_probability), loads.insert(row.load);
    if (probabilities.size() < 2) return std::nullopt;

    ReportFigure figure;
    figure.file = "criterion_shift";
    figure.section = Section::behaviour;
    figure.title = "Hits and false alarms against the probability of a change";
    figure.drawing.columns = static_cast<int>(std::min<std::size_t>(4, loads.size()));
    figure.drawing.shared_legend = true;
    figure.drawing.letters = false;
    Csv csv({"load", "change_probability", "source", "quantity", "value", "low", "high"});
    std::int64_t least = 0;
    for (const BehaviourRow& row : rows)
        if (row.n > 0 && (least == 0 || row.n < least)) least = row.n;
    for (const std::int64_t load : loads) {
        Panel panel;
        panel.title = fmt::format("{} items", load);
        panel.x.label = "probability of a change";
        panel.y.label = load == *loads.begin() ? "P(answer \"change\")" : "";
        panel.x.low = *probabilities.begin() - 0.06, panel.x.high = *probabilities.rbegin() + 0.06;
        for (const double p : probabilities) panel.x.marks.push_back({p, fmt::format("{:g}", p)});
        panel.y.low = 0, panel.y.high = 1.02;
        panel.height_px = 190;
        for (const bool hits : {true, false}) {
            Line line = rates(rows, load, hits);
            line.colour = Colour::category(hits ? 0 : 1);
            line.marker = hits ? Marker::circle : Marker::triangle;
            line.label = hits ? "column, hits" : "column, false alarms";
            const char* const name = hits ? "hit_rate" : "false_alarm_rate";
            for (std::size_t i = 0; i < line.x.size(); ++i) {
                csv << static_cast<double>(load) << line.x[i] << "column" << name << line.y[i]
                    << line.low[i] << line.high[i];
                csv.end_row();
            }
            panel.lines.push_back(line);
            for (const PublishedComparison& comparison : context.published) {
                const PublishedSeries* series =
                    comparison.data.find(std::string(name) + "_by_change");
                if (!series) continue;
                Line people;
                people.label = hits ? "people, hits" : "people, false alarms";
                people.colour = line.colour;
                people.dashed = true;
                people.width_px = 1.2;
                people.marker = line.marker;
                people.hollow = true;
                for (const PublishedPoint& point : series->points)
                    if (point.load == static_cast<double>(load)) {
                        people.x.push_back(point.change_probability);
                        people.y.push_back(point.value);
                        csv << point.load << point.change_probability << comparison.data.title
                            << name << point.value << NAN << NAN;
                        csv.end_row();
                    }
                if (!people.x.empty()) panel.lines.push_back(people);
            }
        }
        figure.drawing.panels.push_back(panel);
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "How often \"change\" was the answer where there was one (hits) and where there was none "
        "(false alarms); at least {} trials per pair of points. Whiskers: 95 % Wilson intervals.",
        least);
    for (const PublishedComparison& comparison : context.published)
        if (comparison.data.found)
            figure.caption += " Open, dashed: " + comparison.data.source + ".";
    return figure;
}

} // namespace lamina::analysis
