/// The rate of every population over the whole recording, a row each; a line for each variant.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_activity_variants = 6, most_activity_points = 400,
                      most_activity_points_varied = 200;

/// Means of `n` values in a row.
std::vector<double> pooled(const std::vector<double>& values, std::size_t from, std::size_t to,
                           std::size_t n) {
    std::vector<double> out;
    for (std::size_t i = from; i + n <= to; i += n) {
        double sum = 0;
        for (std::size_t k = i; k < i + n; ++k) sum += values[k];
        out.push_back(sum / double(n));
    }
    return out;
}

} // namespace

std::optional<ReportFigure> population_activity(const RunData& run, const FigureContext& context) {
    const std::vector<std::string> names = spiking_populations(run);
    const auto& time = run.numbers("activity", "time");
    if (names.empty() || time.size() < 2) return std::nullopt;
    const bool varied = context.design.variants.size() > 1;
    const std::size_t most = varied ? most_activity_points_varied : most_activity_points,
                      bin = (time.size() + most - 1) / most;
    const std::vector<double> middle = pooled(time, 0, time.size(), bin);
    if (middle.size() < 2) return std::nullopt;
    const std::vector<std::size_t> variants = shown_variants(context, most_activity_variants);

    ReportFigure figure;
    figure.drawing.letters = false;
    figure.drawing.shared_legend = varied;
    figure.drawing.row_gap_px = 6;
    std::vector<std::string> header = {"population", "time_ms", "rate_Hz"};
    if (varied) header.insert(header.begin(), "variant");
    Csv csv(header);
    for (std::size_t g = 0; g < names.size(); ++g) {
        Panel panel;
        panel.height_px = names.size() > 4 ? 52 : 80;
        panel.row_name = names[g];
        panel.row_note = "Hz";
        panel.spans = window_spans(run);
        panel.name_spans = g == 0;
        panel.y.ticks = 2;
        panel.y.low = 0;
        panel.x.low = time.front() - 0.5, panel.x.high = time.back() + 0.5;
        panel.x.tick_labels = g + 1 == names.size();
        if (g + 1 == names.size()) panel.x.label = "time (ms)";
        for (const std::size_t v : variants) {
            const std::vector<double> all = numbers_in(run, "activity", "rate_Hz", v);
            Line line;
            line.colour = colour_of_variant(context.design, v);
            line.width_px = 1.2;
            if (varied) line.label = context.design.short_names[v];
            line.x = middle;
            line.y = pooled(all, g * time.size(), (g + 1) * time.size(), bin);
            for (std::size_t t = 0; t < middle.size(); ++t) {
                if (varied) csv << context.design.variants[v];
                csv << names[g] << middle[t] << line.y[t];
                csv.end_row();
            }
            panel.lines.push_back(line);
        }
        figure.drawing.panels.push_back(panel);
    }
    double fastest_Hz = 0; // of the oscillations drawn
    for (const std::size_t v : variants)
        for (const double Hz : numbers_in(run, "populations", "oscillation_Hz", v))
            if (Hz > fastest_Hz) fastest_Hz = Hz;
    const double seen_Hz = 500.0 / double(bin); // half the rate of the bins
    figure.file = "population_activity";
    figure.section = Section::activity;
    figure.title = "Activity over time";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Spikes per neuron and second in bins of {} ms, from the start of the simulation. Each row "
        "has its own scale.{}{}{}",
        bin,
        fastest_Hz > seen_Hz
            ? fmt::format(" Oscillations above {:g} Hz, here up to {:.0f} Hz, look slower than "
                          "they are.",
                          seen_Hz, fastest_Hz)
            : "",
        window_spans(run).empty() ? "" : " Shaded: task.windows.",
        left_out_words(context, variants.size()));
    return figure;
}

} // namespace lamina::analysis
