/// How hard each population works over a factor of numbers, as a share of its work at the first
/// level: what a manipulation reaches, and what it spares.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/crossing.hpp"
#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_shares = 4;
constexpr const char* shown_populations[] = {"L23E", "L4E", "L5apical", "L5gate", "L5E", "L6E"};

/// Root mean square of a population in a variant, mean over the second half of the samples.
double activity(const Column& rms, std::size_t variant, std::size_t population) {
    const std::size_t n = rms.length("time");
    std::vector<double> late;
    for (std::size_t t = n / 2; t < n; ++t) late.push_back(rms.at({variant, 0, t, population}));
    return mean(finite(late));
}

} // namespace

std::optional<ReportFigure> activity_by_factor(const RunData& run, const FigureContext& context) {
    const Column* rms = run.find("rates", "rms");
    const Column* names = run.find("rates", "population");
    if (context.design.factors.empty() || !rms || !names || run.find("trials", "stored") ||
        context.design.conditions.size() > 1)
        return std::nullopt;
    const Crossing crossing = cross(context.design);
    if (!crossing.numeric() || crossing.series.size() > most_shares) return std::nullopt;

    ReportFigure figure;
    figure.file = "activity_by_factor";
    figure.section = Section::variants;
    figure.title = fmt::format("What {} does to each population", spoken(crossing.across->name));
    figure.drawing.columns = crossing.series.size() > 1 ? 2 : 1;
    figure.drawing.shared_legend = true;
    Csv csv({"variant", "population", "rms", "share"});
    for (std::size_t s = 0; s < crossing.series.size(); ++s) {
        Panel panel;
        panel.title = crossing.series[s];
        panel.x.label = spoken(axis_label(*crossing.across));
        panel.y.label = "activity, share of the first";
        panel.y.low = 0;
        panel.rules.push_back({false, 1, true, ""});
        int colour = 0;
        for (const char* name : shown_populations) {
            const auto at = std::find(names->words.begin(), names->words.end(), name);
            if (at == names->words.end()) continue;
            const auto p = static_cast<std::size_t>(at - names->words.begin());
            const auto order = crossing.along(s, 0, 1);
            const double first = activity(*rms, order.front().second, p);
            if (!(first > 0)) continue; // no share of nothing
            Line line;
            line.label = std::string(name) + ", " + role_of(name);
            line.colour = Colour::category(colour);
            line.marker = static_cast<Marker>(1 + colour++ % 4);
            for (const auto& [x, v] : order) {
                const double value = activity(*rms, v, p);
                line.x.push_back(x);
                line.y.push_back(value / first);
                csv << context.design.variants[v] << name << value << value / first;
                csv.end_row();
            }
            panel.lines.push_back(line);
        }
        figure.drawing.panels.push_back(panel);
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Root mean square of each population over its units, mean over trials and over the second "
        "half of a trial, as a share of that at the smallest {}. 1: untouched.",
        spoken(crossing.across->name));
    return figure;
}

} // namespace lamina::analysis
