/// Who spiked when: a dot for every spike of some neurons of every population, from the surface
/// down.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> raster(const RunData& run, const FigureContext&) {
    const std::vector<std::string> names = spiking_populations(run);
    const auto& time = run.numbers("raster", "time_ms");
    const auto& population = run.numbers("raster", "population");
    const auto& neuron = run.numbers("raster", "neuron");
    if (names.empty() || time.empty()) return std::nullopt;

    // rows of each population, the first at the top
    std::vector<double> rows(names.size(), 0), top(names.size(), 0);
    for (std::size_t i = 0; i < time.size(); ++i) {
        double& n = rows[std::size_t(population[i])];
        n = std::max(n, neuron[i] + 1);
    }
    double total = 0;
    for (double& n : rows) n = std::max(n, 4.0);
    for (const double n : rows) total += n;
    const double gap = 0.012 * total;
    double y = total + gap * double(names.size() - 1);
    const double height = y;
    Panel panel;
    panel.height_px = 380;
    for (std::size_t g = 0; g < names.size(); ++g) {
        top[g] = y;
        panel.y.marks.emplace_back(y - rows[g] / 2, names[g]);
        y -= rows[g] + gap;
    }
    Points dots[2];
    Csv csv({"time_ms", "population", "neuron"});
    for (int kind = 0; kind < 2; ++kind) {
        dots[kind].label = kind == 0 ? "excitatory" : "inhibitory";
        dots[kind].colour = Colour::category(kind);
        dots[kind].radius_px = 1.0;
    }
    for (std::size_t i = 0; i < time.size(); ++i) {
        const auto g = std::size_t(population[i]);
        Points& kind = dots[is_inhibitory(names[g]) ? 1 : 0];
        kind.x.push_back(time[i]);
        kind.y.push_back(top[g] - neuron[i] - 0.5);
        csv << time[i] << names[g] << neuron[i];
        csv.end_row();
    }
    for (Points& kind : dots)
        if (!kind.x.empty()) panel.points.push_back(kind);
    const auto ends = std::minmax_element(time.begin(), time.end());
    panel.x.label = "time (ms)";
    panel.x.low = 10 * std::floor(*ends.first / 10);
    panel.x.high = 10 * std::ceil(*ends.second / 10);
    panel.y.low = 0, panel.y.high = height;

    ReportFigure figure;
    figure.file = "raster";
    figure.section = Section::activity;
    figure.title = "Spikes";
    figure.drawing.panels.push_back(panel);
    figure.csv = csv.text();
    double shown = 0;
    for (const double n : rows) shown += n;
    figure.caption =
        fmt::format("Spikes of about {:.0f} neurons from {:.0f} to {:.0f} ms, a dot each; the same "
                    "share of every population, at least five.",
                    shown, *panel.x.low, *panel.x.high);
    return figure;
}

} // namespace lamina::analysis
