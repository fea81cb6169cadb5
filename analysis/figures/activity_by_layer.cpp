/// Activity of every population over the trial, from the surface of the column down.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> activity_by_layer(const RunData& run, const FigureContext& context) {
    const Column* rms = run.find("rates", "rms");
    const Column* sem = run.find("rates", "sem");
    const Column* names = run.find("rates", "population");
    const std::vector<double>& time_ms = run.numbers("rates", "time");
    if (!rms || !names || time_ms.empty()) return std::nullopt;
    const Design& design = context.design;
    const std::size_t n_conditions = rms->length("condition");

    // laminar order
    std::vector<std::size_t> order(names->words.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return depth_of(names->words[a]) < depth_of(names->words[b]);
    });

    ReportFigure figure;
    figure.file = "activity_by_layer";
    figure.section = Section::activity;
    figure.title = "Activity by layer";
    figure.drawing.letters = false;
    figure.drawing.shared_legend = n_conditions > 1;
    figure.drawing.row_gap_px = 6;
    Csv csv({"population", "condition", "time_ms", "rms", "sem"});
    for (const std::size_t p : order) {
        const std::string& name = names->words[p];
        Panel panel;
        panel.height_px = 46;
        panel.row_name = name;
        const std::string layer = layer_of(name);
        panel.row_note = role_of(name).empty() ? layer : layer + ": " + role_of(name);
        panel.spans = epoch_spans(run);
        panel.name_spans = p == order.front();
        panel.y.ticks = 2;
        panel.y.low = 0;
        panel.x.tick_labels = p == order.back();
        if (p == order.back()) panel.x.label = "time in the trial (ms)";
        if (panel.spans.empty()) panel.x.low = 0, panel.x.high = time_ms.back();
        for (std::size_t c = 0; c < n_conditions; ++c) {
            Line line;
            line.colour = colour_of_condition(design, c);
            if (n_conditions > 1) line.label = design.conditions[c];
            line.width_px = 1.4;
            line.x = time_ms;
            for (std::size_t t = 0; t < time_ms.size(); ++t) {
                const double value = rms->at({design.shown, c, t, p});
                const double error = sem ? sem->at({design.shown, c, t, p}) : 0;
                line.y.push_back(value);
                line.low.push_back(value - error);
                line.high.push_back(value + error);
                csv << name << design.conditions[c] << time_ms[t] << value << error;
                csv.end_row();
            }
            panel.lines.push_back(line);
        }
        figure.drawing.panels.push_back(panel);
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Root mean square of each population over its units in the columns that hold something, "
        "mean over trials{}; bands: one standard error over trials. Rows run from the surface "
        "(layer 1, where the apical tufts of layer 5 receive queries) down to layer 6. Each row "
        "has "
        "its own scale; rates are signed and dimensionless.{}",
        lines_per_condition(design),
        design.variants.size() > 1 ? " Variant: " + design.short_names[design.shown] + "." : "");
    return figure;
}

} // namespace lamina::analysis
