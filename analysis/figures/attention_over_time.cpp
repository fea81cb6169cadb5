/// Whom the read-out column attends to over the trial, and the evidence it draws from that.
#include <algorithm>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

/// Adds variable [variant 0, condition, time] as one line per condition; returns whether it is
/// there.
bool add_lines(Panel& panel, const RunData& run, const FigureContext& context,
               const std::string& variable, bool dashed, bool named) {
    const Column* column = run.find("attention", variable);
    const std::vector<double>& time_ms = run.numbers("attention", "time");
    if (!column || finite(column->numbers).empty()) return false;
    for (std::size_t c = 0; c < column->length("condition"); ++c) {
        Line line;
        line.colour = colour_of_condition(context.design, c);
        if (named) line.label = context.design.conditions[c];
        line.dashed = dashed;
        line.width_px = dashed ? 1.2 : 1.7;
        line.x = time_ms;
        for (std::size_t t = 0; t < time_ms.size(); ++t)
            line.y.push_back(column->at({context.design.shown, c, t}));
        panel.lines.push_back(line);
    }
    return true;
}

/// A sign in the legend for solid and dashed, without data.
void name_stroke(Panel& panel, const std::string& label, bool dashed) {
    Line sign;
    sign.label = label;
    sign.colour = Colour::ink();
    sign.dashed = dashed;
    panel.lines.push_back(sign);
}

Panel time_panel(const RunData& run, const std::string& title, const std::string& y) {
    Panel panel;
    panel.title = title;
    panel.x.label = "time in the trial (ms)";
    panel.y.label = y;
    panel.spans = epoch_spans(run);
    panel.height_px = 180;
    return panel;
}

std::string csv_of(const RunData& run, const FigureContext& context,
                   const std::vector<std::string>& variables) {
    std::vector<std::string> header = {"condition", "time_ms"};
    std::vector<const Column*> columns;
    for (const std::string& variable : variables)
        if (const Column* column = run.find("attention", variable))
            header.push_back(variable), columns.push_back(column);
    Csv csv(header);
    const std::vector<double>& time_ms = run.numbers("attention", "time");
    if (columns.empty()) return csv.text();
    for (std::size_t c = 0; c < columns[0]->length("condition"); ++c)
        for (std::size_t t = 0; t < time_ms.size(); ++t) {
            csv << context.design.conditions[c] << time_ms[t];
            for (const Column* column : columns) csv << column->at({context.design.shown, c, t});
            csv.end_row();
        }
    return csv.text();
}

/// The two answers in the task's own words.
std::pair<std::string, std::string> answers_of(const RunData& run) {
    const Column* answer = run.find("trials", "answer");
    if (!answer || !answer->meanings.count(0) || !answer->meanings.count(1)) return {"yes", "no"};
    std::string no = answer->meanings.at(0);
    std::replace(no.begin(), no.end(), '_', '-');
    return {answer->meanings.at(1), no};
}

std::string of_variant(const FigureContext& context) {
    return context.design.variants.size() > 1
               ? " Variant: " + context.design.short_names[context.design.shown] + "."
               : "";
}

} // namespace

std::optional<ReportFigure> attention_over_time(const RunData& run, const FigureContext& context) {
    const bool several = context.design.conditions.size() > 1;
    Panel weights = time_panel(run, "weights of the read-out column", "attention weight");
    if (!add_lines(weights, run, context, "target", false, several)) return std::nullopt;
    const bool others = add_lines(weights, run, context, "other", true, false);
    weights.y.low = -0.02; // the loop may overshoot one

    Panel reference = time_panel(run, "softmax of the same input", "softmax weight");
    const bool has_reference = add_lines(reference, run, context, "reference_target", false, false);
    reference.y.low = -0.02, reference.y.high = 1.02;

    const auto [yes, no] = answers_of(run);
    Panel evidence = time_panel(run, "evidence for \"" + yes + "\"", "evidence e");
    const bool has_evidence = add_lines(evidence, run, context, "evidence_match", false, false);
    const bool nonmatch = add_lines(evidence, run, context, "evidence_nonmatch", true, false);
    name_stroke(weights, "a: item asked for; c: \"" + yes + "\" is right", false);
    if (others || nonmatch)
        name_stroke(weights, "a: another item (mean); c: \"" + no + "\" is right", true);
    evidence.rules.push_back({false, 0, false, ""});

    Panel entropy = time_panel(run, "how spread out attention is", "entropy (bits)");
    const bool has_entropy = add_lines(entropy, run, context, "entropy_bits", false, false);
    entropy.y.low = 0;

    ReportFigure figure;
    figure.file = "attention_over_time";
    figure.section = Section::attention;
    figure.title = "Attention over the trial";
    figure.drawing.columns = 2;
    figure.drawing.shared_legend = true;
    figure.drawing.panels = {weights};
    if (has_reference) figure.drawing.panels.push_back(reference);
    if (has_evidence) figure.drawing.panels.push_back(evidence);
    if (has_entropy) figure.drawing.panels.push_back(entropy);
    figure.csv = csv_of(run, context,
                        {"target", "other", "reference_target", "sum", "entropy_bits",
                         "evidence_match", "evidence_nonmatch"});
    figure.caption = fmt::format(
        "Attention of the read-out column, mean over heads and trials{}: the weight of the item "
        "that is asked for and the mean weight of another held item, the softmax that the "
        "reference block gives for the same scores, the evidence that drives the decision where "
        "\"{}\" and where \"{}\" is right, and the entropy of the weights. Before the test the "
        "read-out column has no query.{}",
        lines_per_condition(context.design), yes, no, of_variant(context));
    return figure;
}

std::optional<ReportFigure> pv_normaliser(const RunData& run, const FigureContext& context) {
    const Column* pv = run.find("attention", "PV");
    const Column* law = run.find("attention", "log_normaliser");
    const std::vector<double>& time_ms = run.numbers("attention", "time");
    if (!pv || !law || finite(pv->numbers).empty()) return std::nullopt;
    const bool several = context.design.conditions.size() > 1;

    Panel both = time_panel(run, "PV and the log normaliser", "p, log \u03a3 exp s");
    add_lines(both, run, context, "PV", false, several);
    add_lines(both, run, context, "log_normaliser", true, false);
    name_stroke(both, "PV activity p", false);
    name_stroke(both, "log \u03a3 exp s", true);
    Panel sums = time_panel(run, "what PV keeps constant", "sum of weights");
    const bool has_sum = add_lines(sums, run, context, "sum", false, false);
    sums.rules.push_back({false, 1, true, ""});

    // how close they are where the presentations end
    std::vector<double> gaps;
    for (const Epoch& epoch : epochs_of(run)) {
        if (!epoch.shows) continue;
        for (std::size_t c = 0; c < pv->length("condition"); ++c)
            for (std::size_t t = time_ms.size(); t-- > 0;)
                if (time_ms[t] <= epoch.to_ms) {
                    gaps.push_back(pv->at({context.design.shown, c, t}) -
                                   law->at({context.design.shown, c, t}));
                    break;
                }
    }
    double worst = 0;
    for (const double gap : finite(gaps)) worst = std::max(worst, std::abs(gap));

    ReportFigure figure;
    figure.file = "pv_normaliser";
    figure.section = Section::attention;
    figure.title = "PV activity beside the log normaliser";
    figure.drawing.columns = 2;
    figure.drawing.shared_legend = true;
    figure.drawing.panels = {both};
    if (has_sum) figure.drawing.panels.push_back(sums);
    figure.csv = csv_of(run, context, {"PV", "log_normaliser", "sum"});
    figure.caption = fmt::format(
        "Mean PV activity p (solid) and log \u03a3 exp s computed from the same scores (dashed), "
        "and "
        "the sum of the weights that the loop holds at one; mean over rows, heads and trials{}. At "
        "their fixed point the two are equal.{}{}",
        lines_per_condition(context.design),
        gaps.empty()
            ? ""
            : fmt::format(" Largest gap at the end of a presentation: {}.", readable(worst)),
        of_variant(context));
    return figure;
}

} // namespace lamina::analysis
