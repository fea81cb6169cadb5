/// Exponential cells: how far what their spikes tell of exp(q.k) scatters, by the number of cells,
/// against the law; where draws suffice to see it; and how many cells it asks for.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
namespace {

constexpr double law_is_seen = 0.2; ///< up to this standard error of a variance

Colour colour_of_spread(std::size_t sd, std::size_t n) {
    return n > 1 ? Colour::ordinal(int(sd), int(n)) : Colour::ink();
}

/// 1 -+ 1.96 standard errors, where both are positive.
Line funnel_side(double lowest, double sign, const char* label) {
    Line line;
    line.label = label, line.colour = Colour::muted(), line.dashed = true, line.width_px = 1.2;
    for (double x = lowest; x < 0.45; x *= 1.1)
        line.x.push_back(x), line.y.push_back(1 + sign * 1.96 * x);
    return line;
}

} // namespace

std::optional<ReportFigure> exponential_spikes(const RunData& run, const FigureContext&) {
    const auto found = [&](const char* name) { return run.find("exponential", name); };
    const std::vector<double>&score_sd = run.numbers("exponential", "score_sd"),
          &units = run.numbers("exponential", "units"),
          &window = run.numbers("exponential", "window"),
          &square = run.numbers("exponential", "square");
    const Column *variance = found("variance"), *law = found("law_variance"),
                 *error = found("ratio_error"), *needed = found("needed"),
                 *estimate = found("estimate");
    if (!variance || !law || !error || !needed || !estimate || square.size() != score_sd.size() ||
        units.empty() || window.empty())
        return std::nullopt;
    const std::size_t longest = window.size() - 1;

    Panel scatter;
    scatter.title = fmt::format("scatter, window {:g} ms", window[longest]);
    scatter.x.label = "cells M", scatter.y.label = "relative SD";
    scatter.x.log = scatter.y.log = true;
    Panel funnel;
    funnel.title = "measured variance over the law";
    funnel.x.label = "standard error by the law", funnel.y.label = "ratio";
    funnel.x.log = funnel.y.log = true, funnel.legend = false;
    Panel cells;
    cells.title = "cells for an error of 10 %";
    cells.x.label = "|q + k|\u00b2", cells.y.label = "cells M";
    cells.x.log = cells.y.log = true;
    Csv csv({"score_sd", "square", "units", "window_ms", "variance", "law_variance", "ratio_error",
             "needed"});
    double lowest = law_is_seen;
    std::size_t n_seen = 0, n_all = 0;
    for (std::size_t sd = 0; sd < score_sd.size(); ++sd) {
        const Colour colour = colour_of_spread(sd, score_sd.size());
        Points measured, ratios;
        Line by_law;
        measured.label = fmt::format("score SD {:g}", score_sd[sd]);
        measured.colour = ratios.colour = by_law.colour = colour;
        measured.marker = ratios.marker = static_cast<Marker>(1 + sd % 4);
        for (std::size_t u = 0; u < units.size(); ++u) {
            measured.x.push_back(units[u]), by_law.x.push_back(units[u]);
            measured.y.push_back(std::sqrt(variance->at({sd, u, longest})));
            by_law.y.push_back(std::sqrt(law->at({sd, u, longest})));
            for (std::size_t w = 0; w < window.size(); ++w) {
                const double by = error->at({sd, u, w});
                ratios.x.push_back(by);
                ratios.y.push_back(variance->at({sd, u, w}) / law->at({sd, u, w}));
                ++n_all;
                if (by <= law_is_seen) ++n_seen, lowest = std::min(lowest, by);
                csv << score_sd[sd] << square[sd] << units[u] << window[w]
                    << variance->at({sd, u, w}) << law->at({sd, u, w}) << by << needed->at({sd, w});
                csv.end_row();
            }
        }
        scatter.lines.push_back(by_law), scatter.points.push_back(measured);
        funnel.points.push_back(ratios);
    }
    funnel.lines = {funnel_side(lowest / 1.3, -1, ""), funnel_side(lowest / 1.3, 1, "")};
    funnel.rules = {{false, 1, false, ""}, {true, law_is_seen, true, ""}};
    for (std::size_t w = 0; w < window.size(); ++w) {
        Line line;
        line.label = fmt::format("window {:g} ms", window[w]);
        line.colour = Colour::category(int(w)), line.marker = static_cast<Marker>(1 + w % 4);
        line.x = square;
        for (std::size_t sd = 0; sd < square.size(); ++sd) line.y.push_back(needed->at({sd, w}));
        cells.lines.push_back(line);
    }

    ReportFigure figure;
    figure.file = "exponential_spikes";
    figure.section = Section::mechanism;
    figure.title = "What the spikes of exponential cells tell of a score";
    figure.drawing.panels = {scatter, funnel, cells};
    figure.drawing.columns = 3;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "M cells with random dendrites and exponential hazards estimate exp(q.k) by counting "
        "their spikes; {} of cells and spikes for each point. Left: relative standard deviation "
        "of the estimate (marks) and the root of its law, (exp(|q + k|\u00b2) \u2212 1 + 1/(R T "
        "exp(q.k)))/M (lines). Middle: measured variance over the law against the standard error "
        "that so many draws have; dashed 1.96 of them around 1. Right of the upright line ({} of "
        "{} points) the fourth moment is so large that the draws cannot show the law: they miss "
        "the rare cells that make it. Right: cells that the law asks for.",
        counted(estimate->length("draw"), "draw"), n_all - n_seen, n_all);
    return figure;
}

} // namespace lamina::analysis
