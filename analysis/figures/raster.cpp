/// Who spiked when: a dot for every spike of some neurons of every population, from the surface
/// down; a panel for each variant.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_rasters = 6;
constexpr double name_px = 14; ///< height of a population's name

/// From the first spike to the last, in whole centiseconds.
struct SpikeTimes {
    double first_ms = HUGE_VAL, last_ms = -HUGE_VAL;
    void see(double t_ms) {
        first_ms = std::min(first_ms, t_ms), last_ms = std::max(last_ms, t_ms);
    }
    double from_ms() const { return 10 * std::floor(first_ms / 10); }
    double to_ms() const { return 10 * std::ceil(last_ms / 10); }
};

/// The dots of one variant; adds them to the CSV.
Panel raster_panel(const RunData& run, const std::vector<std::string>& names, std::size_t variant,
                   double height_px, double& n_rows, Csv& csv) {
    const auto& time = run.numbers("raster", "time_ms");
    const auto& population = run.numbers("raster", "population");
    const auto& neuron = run.numbers("raster", "neuron");
    const std::vector<std::size_t> spikes = rows_in(run, "raster", variant);

    // a band for each population, the first at the top; none so low that its name meets the next
    const std::vector<double> n_neurons = numbers_in(run, "populations", "n_neurons", variant);
    std::vector<double> rows(names.size(), 4), height(names.size(), 0), top(names.size(), 0);
    for (const std::size_t i : spikes) {
        double& n = rows[std::size_t(population[i])];
        n = std::max(n, neuron[i] + 1);
    }
    n_rows = 0;
    for (const double n : rows) n_rows += n;
    double y = 0;
    for (std::size_t g = 0; g < names.size(); ++g) {
        if (n_neurons[g] < 0) continue; // another variant's
        height[g] = std::max(rows[g], n_rows * name_px / height_px);
        y += height[g];
    }
    const double gap = 0.012 * y;
    y += gap * double(names.size());
    Panel panel;
    panel.height_px = height_px;
    panel.y.low = 0, panel.y.high = y;
    for (std::size_t g = 0; g < names.size(); ++g) {
        if (height[g] == 0) continue;
        top[g] = y;
        panel.y.marks.emplace_back(y - height[g] / 2, names[g]);
        y -= height[g] + gap;
    }
    Points dots[2];
    for (int kind = 0; kind < 2; ++kind) {
        dots[kind].label = kind == 0 ? "excitatory" : "inhibitory";
        dots[kind].colour = Colour::category(kind);
        dots[kind].radius_px = 1.0;
    }
    for (const std::size_t i : spikes) {
        const auto g = std::size_t(population[i]);
        Points& kind = dots[is_inhibitory(names[g]) ? 1 : 0];
        kind.x.push_back(time[i]);
        kind.y.push_back(top[g] - (neuron[i] + 0.5) * height[g] / rows[g]);
        if (run.find("raster", "variant")) csv << double(variant);
        csv << time[i] << names[g] << neuron[i];
        csv.end_row();
    }
    for (Points& kind : dots)
        if (!kind.x.empty()) panel.points.push_back(kind);
    panel.spans = window_spans(run);
    return panel;
}

} // namespace

std::optional<ReportFigure> raster(const RunData& run, const FigureContext& context) {
    const std::vector<std::string> names = spiking_populations(run);
    const auto& time = run.numbers("raster", "time_ms");
    if (names.empty() || time.empty()) return std::nullopt;
    const bool varied = run.find("raster", "variant") != nullptr;
    const std::vector<std::size_t> variants = shown_variants(context, most_rasters);

    ReportFigure figure;
    Csv csv(varied ? std::vector<std::string>{"variant", "time_ms", "population", "neuron"}
                   : std::vector<std::string>{"time_ms", "population", "neuron"});
    SpikeTimes all;
    for (const double t : time) all.see(t);
    bool alike = true;
    const double height_px = variants.size() == 1 ? 380 : variants.size() == 2 ? 300 : 220;
    double n_rows = 0;
    for (const std::size_t v : variants) {
        Panel panel = raster_panel(run, names, v, height_px, n_rows, csv);
        panel.x.label = "time (ms)";
        SpikeTimes own; // an axis of its own where much less is shown
        for (const Points& dots : panel.points)
            for (const double t : dots.x) own.see(t);
        const bool short_one = own.to_ms() - own.from_ms() < 0.5 * (all.to_ms() - all.from_ms());
        if (!short_one || panel.points.empty())
            own = all;
        else
            alike = false;
        panel.x.low = own.from_ms(), panel.x.high = own.to_ms();
        if (varied) panel.title = context.design.short_names[v];
        panel.x.ticks = variants.size() == 1 ? 5 : 3;
        figure.drawing.panels.push_back(panel);
    }
    figure.drawing.columns = variants.size() > 1 ? 2 : 1;
    figure.drawing.shared_legend = variants.size() > 1;
    figure.file = "raster";
    figure.section = Section::activity;
    figure.title = "Spikes";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Spikes of about {:.0f} neurons from {:.0f} to {:.0f} ms, a dot each; the same share of "
        "every population, at least five.{}{}{}",
        n_rows, all.from_ms(), all.to_ms(),
        alike ? "" : " Where a population fires fast the time axis is shorter.",
        window_spans(run).empty() ? "" : " Shaded: task.windows.",
        left_out_words(context, variants.size()));
    return figure;
}

} // namespace lamina::analysis
