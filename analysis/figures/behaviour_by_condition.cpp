/// Accuracy and reaction time by condition, where the conditions are not loads; and how often the
/// second of two frequencies is judged to be higher.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

Panel condition_panel(const std::vector<BehaviourRow>& rows, const FigureContext& context,
                      const std::string& title, const std::string& label,
                      Estimate (*pick)(const BehaviourRow&)) {
    Panel panel;
    panel.title = title;
    panel.y.label = label;
    panel.height_px = 200;
    panel.legend = false;
    panel.x.categories = context.design.conditions;
    Points points;
    points.colour = Colour::category(0);
    for (const BehaviourRow& row : rows) {
        if (row.variant != 0 || row.n == 0) continue;
        const Estimate e = pick(row);
        points.x.push_back(static_cast<double>(row.condition));
        points.y.push_back(e.value);
        points.low.push_back(e.low);
        points.high.push_back(e.high);
    }
    panel.points.push_back(points);
    return panel;
}

/// P("higher") against f2 - f1; empty for other tasks.
std::optional<Panel> psychometric(const RunData& run, const FigureContext& context, Csv& csv) {
    if (text_member(run, "spec.task.type", "") != "delayed_comparison") return std::nullopt;
    const Column* item = run.find("trials", "item");
    const std::vector<double>&probe = run.numbers("trials", "probe"),
          &choice = run.numbers("trials", "choice"), &angle = run.numbers("stimuli", "angle_deg");
    const double degrees_per_Hz = number_member(run, "spec.task.comparison.degrees_per_Hz", 2.5);
    if (!item || angle.empty()) return std::nullopt;
    std::map<int, std::pair<std::int64_t, std::int64_t>> counts; // difference -> (higher, all)
    for (std::size_t t = 0; t < choice.size(); ++t) {
        const double turn = std::remainder(angle[static_cast<std::size_t>(probe[t])] -
                                               angle[static_cast<std::size_t>(item->at({t, 0}))],
                                           360);
        auto& [higher, all] = counts[static_cast<int>(std::lround(turn / degrees_per_Hz))];
        higher += choice[t] == 1;
        ++all;
    }
    Panel panel;
    panel.title = "psychometric curve";
    panel.x.label = "f2 \u2212 f1 (Hz)";
    panel.y.label = "P(\"f2 is higher\")";
    panel.y.low = -0.02, panel.y.high = 1.02;
    panel.height_px = 200;
    panel.rules.push_back({false, 0.5, true, ""});
    panel.rules.push_back({true, 0, true, ""});
    panel.legend = false;
    Line line;
    line.colour = Colour::category(0);
    line.marker = Marker::circle;
    for (const auto& [difference, n] : counts) {
        const Estimate e = proportion(n.first, n.second, context.confidence.level);
        line.x.push_back(difference);
        line.y.push_back(e.value);
        line.low.push_back(e.low);
        line.high.push_back(e.high);
        csv << fmt::format("f2 - f1 = {} Hz", difference) << static_cast<double>(n.second)
            << "P(higher)" << e.value << e.low << e.high;
        csv.end_row();
    }
    panel.lines.push_back(line);
    return panel;
}

} // namespace

std::optional<ReportFigure> behaviour_by_condition(const RunData& run,
                                                   const FigureContext& context) {
    const std::vector<BehaviourRow> rows = behaviour_of(run, context.confidence);
    const std::set<double> loads(context.design.loads.begin(), context.design.loads.end());
    if (rows.empty() || loads.size() > 1 || context.design.conditions.size() < 2)
        return std::nullopt;

    ReportFigure figure;
    figure.file = "behaviour_by_condition";
    figure.section = Section::behaviour;
    figure.title = "Behaviour by condition";
    figure.drawing.columns = 2;
    Csv csv({"condition", "n", "quantity", "value", "low", "high"});
    Panel accuracy = condition_panel(rows, context, "accuracy", "fraction correct",
                                     [](const BehaviourRow& row) { return row.accuracy; });
    accuracy.rules.push_back({false, 0.5, true, "chance"});
    accuracy.y.low = 0.4, accuracy.y.high = 1.02;
    for (const double low : accuracy.points[0].low)
        accuracy.y.low = std::min(*accuracy.y.low, low - 0.02);
    const Panel rt = condition_panel(rows, context, "median reaction time", "RT (ms)",
                                     [](const BehaviourRow& row) { return row.rt_median_ms; });
    std::int64_t least = 0;
    for (const BehaviourRow& row : rows) {
        if (row.variant != 0 || row.n == 0) continue;
        if (least == 0 || row.n < least) least = row.n;
        const std::string& name =
            context.design.conditions[static_cast<std::size_t>(row.condition)];
        const auto write = [&](const char* quantity, const Estimate& e) {
            csv << name << static_cast<double>(row.n) << quantity << e.value << e.low << e.high;
            csv.end_row();
        };
        write("accuracy", row.accuracy);
        write("hit_rate", row.hit_rate);
        write("false_alarm_rate", row.false_alarm_rate);
        write("rt_median_ms", row.rt_median_ms);
    }
    if (auto curve = psychometric(run, context, csv)) figure.drawing.panels.push_back(*curve);
    figure.drawing.panels.push_back(accuracy);
    figure.drawing.panels.push_back(rt);
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "At least {} trials per condition. Whiskers: 95 % Wilson intervals of shares, bootstrap "
        "intervals of medians.{}",
        least,
        context.design.variants.size() > 1 ? " Variant: " + context.design.short_names[0] + "."
                                           : "");
    return figure;
}

} // namespace lamina::analysis
