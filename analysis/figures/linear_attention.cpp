/// Linear attention by a memory: its gradient against finite differences by their step, and how far
/// its weights are from softmax by the spread of the scores.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
namespace {

/// Over forms and draws, of a variable [form, matrix, step, draw].
double mean_over_forms(const Column& error, std::size_t matrix, std::size_t step) {
    std::vector<double> values;
    for (std::size_t form = 0; form < error.length("form"); ++form)
        for (std::size_t draw = 0; draw < error.length("draw"); ++draw)
            values.push_back(error.at({form, matrix, step, draw}));
    return mean(values);
}

/// y_0 (x / x_0)^order over x, as far as it stays within [low, high].
Line power_line(const std::vector<double>& x, double x_0, double y_0, int order, double low,
                double high, const char* label) {
    Line line;
    line.label = label, line.colour = Colour::muted(), line.dashed = true, line.width_px = 1.2;
    for (const double one : x) {
        const double y = y_0 * std::pow(one / x_0, order);
        if (y < low || y > high) continue;
        line.x.push_back(one), line.y.push_back(y);
    }
    return line;
}

Panel gradient_panel(const Column& error, const std::vector<double>& steps,
                     const std::vector<std::string>& matrices, Csv& csv) {
    Panel panel;
    panel.title = "the gradient";
    panel.x.label = "step of the difference", panel.y.label = "relative difference";
    panel.x.log = panel.y.log = true;
    double low = 1, high = 1e-16;
    for (std::size_t matrix = 0; matrix < matrices.size(); ++matrix) {
        Line line;
        line.label = matrices[matrix], line.colour = Colour::category(int(matrix));
        line.marker = static_cast<Marker>(1 + matrix % 4);
        for (std::size_t step = 0; step < steps.size(); ++step) {
            line.x.push_back(steps[step]);
            line.y.push_back(mean_over_forms(error, matrix, step));
            low = std::min(low, line.y.back()), high = std::max(high, line.y.back());
            csv << "gradient_error " + matrices[matrix] << steps[step] << line.y.back() << NAN
                << NAN;
            csv.end_row();
        }
        panel.lines.push_back(line);
    }
    // truncation as step^2 from 1e-2 on, rounding as 1 / step from 1e-7 on
    const std::vector<double>& y = panel.lines.front().y;
    panel.lines.push_back(power_line(steps, steps[1], y[1], 2, low, high, "~ step\u00b2"));
    panel.lines.push_back(power_line(steps, steps[6], y[6], -1, low, high, "~ 1 / step"));
    return panel;
}

struct OverSpread {
    const char *variable, *label;
    Colour colour;
    Marker marker;
};

Panel beside_softmax(const RunData& run, const FigureContext& context, const char* title,
                     const char* y_label, const std::vector<OverSpread>& shown, Csv& csv) {
    const std::vector<double>& score_sd = run.numbers("linear", "score_sd");
    Panel panel;
    panel.title = title;
    panel.x.label = "SD of the scores", panel.y.label = y_label;
    panel.x.log = wants_log(score_sd);
    for (const OverSpread& one : shown) {
        const Column* column = run.find("linear", one.variable);
        if (!column) continue;
        Line line;
        line.label = one.label, line.colour = one.colour, line.marker = one.marker;
        for (std::size_t sd = 0; sd < score_sd.size(); ++sd) {
            const Estimate e = mean_with_interval(draws_of(*column, sd), context.confidence);
            add_estimate(line, score_sd[sd], e);
            csv << one.variable << score_sd[sd] << e.value << e.low << e.high;
            csv.end_row();
        }
        panel.lines.push_back(line);
    }
    return panel;
}

} // namespace

std::optional<ReportFigure> linear_attention(const RunData& run, const FigureContext& context) {
    const Column* gradient = run.find("linear", "gradient_error");
    const Column* matrices = run.find("linear", "matrix");
    const std::vector<double>& steps = run.numbers("linear", "step");
    const std::vector<double>& memory = run.numbers("linear", "memory_error");
    if (!gradient || !matrices || steps.size() != 9 || memory.empty()) return std::nullopt;

    ReportFigure figure;
    Csv csv({"measure", "x", "mean", "low", "high"});
    const Colour linear = Colour::category(0), softmax = Colour::category(1);
    Panel kl = beside_softmax(run, context, "weights", "KL from softmax (bit)",
                              {{"kl_bits", "linear", linear, Marker::circle},
                               {"even_kl_bits", "equal weights", Colour::muted(), Marker::square}},
                              csv);
    kl.y.log = true;
    figure.drawing.panels = {
        gradient_panel(*gradient, steps, matrices->words, csv),
        beside_softmax(run, context, "output", "relative error",
                       {{"output_error", "linear", linear, Marker::circle},
                        {"even_output_error", "equal weights", Colour::muted(), Marker::square}},
                       csv),
        kl,
        beside_softmax(run, context, "keys that share the weights", "effective number",
                       {{"keys", "linear", linear, Marker::circle},
                        {"softmax_keys", "softmax", softmax, Marker::triangle}},
                       csv)};
    figure.drawing.panels[1].y.low = 0, figure.drawing.panels[3].y.low = 0;
    figure.drawing.columns = 2;
    figure.file = "linear_attention";
    figure.section = Section::mechanism;
    figure.title = "Linear attention, by a memory and beside softmax";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "What the memory gives differs from the sum over keys by {} at most. The gradient by each "
        "matrix of weights against central differences, means over {} and four forms (normalised "
        "or not, causal or not): truncation falls with the square of the step, and faster where "
        "large steps pass the kink of phi', rounding grows as the step shrinks; by W_V the loss "
        "is a parabola, and nothing is truncated. The other panels: linear attention, normalised, "
        "and equal weights against softmax of the same queries, keys and values, means with 95 % "
        "bootstrap interval.",
        readable(quantile(memory, 1), 2), counted(gradient->length("draw"), "draw"));
    return figure;
}

} // namespace lamina::analysis
