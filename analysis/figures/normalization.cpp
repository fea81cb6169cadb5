/// The normalization model of attention: responses to contrast with and without attention, what
/// attention adds in per cent, and how it shares its factor out between the two gains.
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
namespace {

constexpr const char* condition_titles[] = {"small stimulus, large field",
                                            "large stimulus, small field"};

/// Responses over the largest of those without attention, and where half of each largest is.
Panel contrast_panel(const RunData& run, const Column& response, std::size_t condition) {
    const std::vector<double>& contrast = run.numbers("normalization", "contrast");
    const std::vector<double>& r_max = run.numbers("normalization", "r_max");
    const std::vector<double>& c50 = run.numbers("normalization", "c50");
    Panel panel;
    panel.title = condition_titles[condition];
    panel.x.label = "contrast", panel.y.label = "response";
    panel.x.log = true, panel.y.low = 0;
    Points half;
    half.label = "half of R_max, at c50", half.colour = Colour::ink(), half.hollow = true;
    half.marker = Marker::diamond, half.radius_px = 5;
    for (std::size_t attended = 0; attended < 2; ++attended) {
        Line line;
        line.label = attended ? "attended" : "ignored";
        line.colour = attended ? Colour::category(0) : Colour::muted();
        line.width_px = 2.2;
        const std::size_t at = condition * 2 + attended;
        for (std::size_t i = 0; i < contrast.size(); ++i) {
            line.x.push_back(contrast[i]);
            line.y.push_back(response.at({condition, attended, i}) / r_max[condition * 2]);
        }
        half.x.push_back(c50[at]), half.y.push_back(r_max[at] / 2 / r_max[condition * 2]);
        panel.lines.push_back(line);
    }
    panel.points = {half};
    return panel;
}

} // namespace

std::optional<ReportFigure> normalization(const RunData& run, const FigureContext&) {
    const auto numbers = [&](const char* name) -> const std::vector<double>& {
        return run.numbers("normalization", name);
    };
    const Column* response = run.find("normalization", "response");
    const Column* share = run.find("normalization", "response_share");
    const Column* law = run.find("normalization", "law_share");
    const std::vector<double>&contrast = numbers("contrast"), &width = numbers("width");
    if (!response || !share || !law || contrast.empty() || numbers("r_max").size() != 4 ||
        numbers("c50").size() != 4)
        return std::nullopt;

    Panel percent;
    percent.title = "effect of attention";
    percent.x.label = "contrast", percent.y.label = "response, attended over ignored (%)";
    percent.x.log = true, percent.y.low = 0;
    Panel shared;
    shared.title = "where gamma goes";
    shared.x.label = "width of the attention field", shared.y.label = "share of response gain";
    shared.x.log = true, shared.y.low = 0, shared.y.high = 1;
    Csv csv({"condition", "measure", "x", "ignored", "attended", "law"});
    for (std::size_t condition = 0; condition < 2; ++condition) {
        const Colour colour = Colour::category(int(condition) + 1);
        Line effect, by_law;
        Points shares;
        effect.label = shares.label = condition == 0 ? "small stimulus" : "large stimulus";
        effect.colour = shares.colour = by_law.colour = colour;
        effect.width_px = 2.2;
        for (std::size_t i = 0; i < contrast.size(); ++i) {
            const double ignored = response->at({condition, 0, i}),
                         attended = response->at({condition, 1, i});
            effect.x.push_back(contrast[i]), effect.y.push_back(100 * (attended / ignored - 1));
            csv << double(condition) << "response" << contrast[i] << ignored << attended << NAN;
            csv.end_row();
        }
        by_law.dashed = true, by_law.width_px = 1.2;
        if (condition == 0) by_law.label = "law";
        shares.marker = condition == 0 ? Marker::circle : Marker::square;
        for (std::size_t i = 0; i < width.size(); ++i) {
            shares.x.push_back(width[i]), shares.y.push_back(share->at({condition, i}));
            by_law.x.push_back(width[i]), by_law.y.push_back(law->at({condition, i}));
            csv << double(condition) << "response_share" << width[i] << NAN << shares.y.back()
                << by_law.y.back();
            csv.end_row();
        }
        percent.lines.push_back(effect);
        shared.lines.push_back(by_law);
        shared.points.push_back(shares);
    }

    ReportFigure figure;
    figure.file = "normalization";
    figure.section = Section::mechanism;
    figure.title = "An attention field before a pool that divides";
    figure.drawing.panels = {contrast_panel(run, *response, 0), contrast_panel(run, *response, 1),
                             percent, shared};
    figure.drawing.columns = 2;
    figure.csv = csv.text();
    const auto ratio = [&](const char* name, std::size_t condition) {
        return readable(numbers(name)[condition * 2 + 1] / numbers(name)[condition * 2]);
    };
    figure.caption = fmt::format(
        "Responses of the neuron in the middle, over the largest without attention. A contrast "
        "gain lowers c50 alone, a response gain raises R_max alone. Above left, a small stimulus "
        "in a large attention field: attention multiplies R_max by {} and c50 by {}. Above right, "
        "a large stimulus and a small field: R_max by {} and c50 by {}. Diamonds: "
        "Naka\u2013Rushton fits. Below: what attention adds, in per cent, and the share of log "
        "gamma that multiplies R_max, by the width of the attention field; dashed, the law of "
        "Gaussians. The rest lowers c50.",
        ratio("r_max", 0), ratio("c50", 0), ratio("r_max", 1), ratio("c50", 1));
    return figure;
}

} // namespace lamina::analysis
