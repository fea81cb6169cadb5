/// How reaction times are distributed, by load and by correctness.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

/// Fraction of all trials of the sample answered by each time: steps at the sorted values.
Line cumulative(std::vector<double> rt_ms, std::size_t n_trials) {
    std::sort(rt_ms.begin(), rt_ms.end());
    Line line;
    const double n = static_cast<double>(n_trials);
    for (std::size_t i = 0; i < rt_ms.size(); ++i) {
        line.x.push_back(rt_ms[i]);
        line.y.push_back(static_cast<double>(i) / n);
        line.x.push_back(rt_ms[i]);
        line.y.push_back(static_cast<double>(i + 1) / n);
    }
    return line;
}

} // namespace

std::optional<ReportFigure> reaction_times(const RunData& run, const FigureContext& context) {
    const std::vector<double>& rt = run.numbers("trials", "reaction_time_ms");
    const std::vector<double>& condition = run.numbers("trials", "condition");
    const std::vector<double>& variant = run.numbers("trials", "variant");
    const std::vector<double>& correct = run.numbers("trials", "correct");
    if (finite(rt).size() < 10 || correct.size() != rt.size()) return std::nullopt;
    const Design& design = context.design;

    // trials of the first variant, by condition and by correctness
    std::vector<std::vector<double>> by_condition(design.conditions.size()), by_outcome(2);
    std::vector<std::size_t> n_condition(design.conditions.size()), n_outcome(2);
    Csv csv({"condition", "correct", "rt_ms"});
    for (std::size_t t = 0; t < rt.size(); ++t) {
        if (variant[t] != 0) continue;
        const auto c = static_cast<std::size_t>(condition[t]);
        const auto outcome = static_cast<std::size_t>(correct[t] == 1);
        ++n_condition[c];
        ++n_outcome[outcome];
        csv << design.conditions[c] << correct[t] << rt[t];
        csv.end_row();
        if (std::isnan(rt[t])) continue;
        by_condition[c].push_back(rt[t]);
        by_outcome[outcome].push_back(rt[t]);
    }

    Panel loads, outcomes;
    loads.title = "by condition";
    outcomes.title = "by outcome";
    for (Panel* panel : {&loads, &outcomes}) {
        panel->x.label = "time after test onset (ms)";
        panel->y.label = "fraction answered";
        panel->y.low = 0, panel->y.high = 1.02;
    }
    for (std::size_t c = 0; c < design.conditions.size(); ++c) {
        loads.lines.push_back(cumulative(by_condition[c], n_condition[c]));
        loads.lines.back().colour = colour_of_condition(design, c);
        loads.lines.back().label = design.conditions[c];
    }
    outcomes.lines.push_back(cumulative(by_outcome[1], n_outcome[1]));
    outcomes.lines.back().label = fmt::format("correct (n = {})", n_outcome[1]);
    outcomes.lines.push_back(cumulative(by_outcome[0], n_outcome[0]));
    outcomes.lines.back().label = fmt::format("error (n = {})", n_outcome[0]);
    outcomes.lines.back().colour = Colour::category(1);
    outcomes.lines.back().dashed = true;

    ReportFigure figure;
    figure.file = "reaction_times";
    figure.section = Section::behaviour;
    figure.title = "Reaction times";
    figure.drawing.columns = 2;
    figure.drawing.panels = {loads, outcomes};
    figure.csv = csv.text();
    const Estimate right = median_with_interval(by_outcome[1], context.confidence);
    const Estimate wrong = median_with_interval(by_outcome[0], context.confidence);
    figure.caption = fmt::format(
        "Fraction of trials answered by each time after test onset; a curve that ends below 1 has "
        "trials without an answer. Median of correct trials {} ms, of errors {} ms (95 % bootstrap "
        "intervals).{}",
        with_interval(right), with_interval(wrong),
        design.variants.size() > 1 ? " Variant: " + design.short_names[0] + "." : "");
    return figure;
}

} // namespace lamina::analysis
