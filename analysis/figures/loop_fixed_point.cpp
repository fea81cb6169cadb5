/// Where the PV loop comes to rest, against softmax and log sum exp of the same scores.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> loop_fixed_point(const RunData& run, const FigureContext&) {
    const std::string group = "loop/fixed_point";
    const std::vector<double>& score_sd = run.numbers(group, "score_sd");
    if (score_sd.empty() || !run.find(group, "a_error")) return std::nullopt;
    Panel panel;
    panel.x.label = "SD of the scores";
    panel.y.label = "largest error after settling";
    panel.x.log = quantile(score_sd, 1) > 8 * quantile(score_sd, 0) && quantile(score_sd, 0) > 0;
    panel.y.log = true;
    Csv csv({"quantity", "score_sd", "median", "largest", "n"});
    double worst = 0;
    struct Quantity {
        const char *name, *label;
    };
    int colour = 0;
    for (const Quantity q : {Quantity{"a_error", "weights against softmax"},
                             Quantity{"p_error", "PV against log \u03a3 exp s"}}) {
        const Column* error = run.find(group, q.name);
        if (!error) continue;
        Line line;
        line.label = std::string(q.label) + " (median; whisker: largest)";
        line.colour = Colour::category(colour);
        line.marker = colour++ == 0 ? Marker::circle : Marker::square;
        const std::size_t n = error->length("draw");
        for (std::size_t s = 0; s < score_sd.size(); ++s) {
            const auto from = error->numbers.begin() + static_cast<std::ptrdiff_t>(s * n);
            const std::vector<double> draws(from, from + static_cast<std::ptrdiff_t>(n));
            const double middle = median(draws), most = quantile(draws, 1);
            worst = std::max(worst, most);
            line.x.push_back(score_sd[s]);
            line.y.push_back(middle), line.low.push_back(middle), line.high.push_back(most);
            csv << q.name << score_sd[s] << middle << most << static_cast<double>(n);
            csv.end_row();
        }
        panel.lines.push_back(line);
    }
    ReportFigure figure;
    figure.file = "loop_fixed_point";
    figure.section = Section::loop;
    figure.title = "Fixed point of the PV loop";
    figure.drawing.panels = {panel};
    figure.drawing.width_px = 620;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Scores held constant: largest difference of any weight from softmax and of PV activity "
        "from "
        "log \u03a3 exp s after the loop has settled, over random draws of the scores. Largest of "
        "all: {}.",
        readable(worst, 2));
    return figure;
}

} // namespace lamina::analysis
