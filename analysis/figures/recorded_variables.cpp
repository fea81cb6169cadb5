/// State variables that were recorded: some neurons and their mean.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_neurons = 3, most_variants_with_samples = 4;
constexpr std::size_t most_variable_points = 1200;
const std::string variables_prefix = "variables/";

/// One variable in one variant: thin lines for the first neurons, a thick one for the mean.
Panel variable_panel(const Column& samples, const std::vector<double>& time, std::size_t variant,
                     bool varied) {
    const std::size_t n = samples.length("neuron"), n_time = time.size();
    const std::size_t offset = varied ? variant * n * n_time : 0;
    // where there is too much to draw, the lowest and the highest of so many samples
    const std::size_t together = (2 * n_time + most_variable_points - 1) / most_variable_points;
    Panel panel;
    const auto line_of = [&](auto value) {
        Line line;
        const auto point = [&](std::size_t t) {
            line.x.push_back(time[t]), line.y.push_back(value(t));
        };
        if (n_time <= most_variable_points) {
            for (std::size_t t = 0; t < n_time; ++t) point(t);
            return line;
        }
        for (std::size_t begin = 0; begin < n_time; begin += together) {
            std::size_t low = begin, high = begin;
            for (std::size_t t = begin; t < std::min(begin + together, n_time); ++t) {
                if (value(t) < value(low)) low = t;
                if (value(t) > value(high)) high = t;
            }
            point(std::min(low, high));
            if (low != high) point(std::max(low, high));
        }
        return line;
    };
    for (std::size_t i = 0; i < std::min(n, most_neurons); ++i) {
        Line line = line_of([&](std::size_t t) { return samples.numbers[offset + t * n + i]; });
        line.label = fmt::format("neuron {}", i);
        line.colour = Colour::category(int(i));
        line.width_px = 0.8;
        panel.lines.push_back(line);
    }
    if (n <= most_neurons) return panel; // all are there
    Line line = line_of([&](std::size_t t) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += samples.numbers[offset + t * n + i];
        return sum / double(n);
    });
    line.label = fmt::format("mean of {}", n);
    line.colour = Colour::ink();
    line.width_px = 1.8;
    panel.lines.push_back(line);
    return panel;
}

} // namespace

std::optional<ReportFigure> recorded_variables(const RunData& run, const FigureContext& context) {
    ReportFigure figure;
    Csv csv({"group", "variant", "time_ms", "neuron", "value"});
    const std::vector<std::size_t> variants = shown_variants(context, most_variants_with_samples);
    for (const auto& [group, columns] : run.groups) {
        if (group.rfind(variables_prefix, 0) != 0) continue;
        const std::string name = group.substr(variables_prefix.size());
        const std::vector<double>& time = run.numbers(group, "time");
        for (const auto& [variable, samples] : columns) {
            if (samples.length("neuron") == 0 || variable == "neuron" || time.size() < 2) continue;
            const bool varied = samples.dims[0] == "variant";
            for (const std::size_t v : variants) {
                Panel panel = variable_panel(samples, time, v, varied);
                panel.title = samples.long_name;
                if (varied) panel.title += ", " + context.design.short_names[v];
                panel.y.label = variable + (samples.units == "1" ? "" : " (" + samples.units + ")");
                panel.x.label = "time (ms)";
                panel.height_px = 150;
                panel.spans = window_spans(run);
                const double from = panel.lines[0].x.front(), to = panel.lines[0].x.back();
                panel.x.low = from, panel.x.high = to;
                for (Span& span : panel.spans)
                    span.from = std::clamp(span.from, from, to),
                    span.to = std::clamp(span.to, from, to);
                panel.spans.erase(std::remove_if(panel.spans.begin(), panel.spans.end(),
                                                 [](const Span& s) { return s.from >= s.to; }),
                                  panel.spans.end());
                for (const Line& line : panel.lines)
                    for (std::size_t t = 0; t < line.x.size(); ++t) {
                        csv << name << double(v) << line.x[t] << line.label << line.y[t];
                        csv.end_row();
                    }
                figure.drawing.panels.push_back(panel);
            }
        }
    }
    if (figure.drawing.panels.empty()) return std::nullopt;
    figure.drawing.columns = figure.drawing.panels.size() > 1 ? 2 : 1;
    figure.drawing.shared_legend = true;
    figure.file = "recorded_variables";
    figure.section = Section::activity;
    figure.title = "Recorded variables";
    figure.csv = csv.text();
    figure.caption =
        "State variables of the first three neurons of a population at the end of steps, and "
        "where more were recorded the mean over all; of more than 1200 samples the lowest and the "
        "highest of each stretch." +
        left_out_words(context, variants.size());
    return figure;
}

} // namespace lamina::analysis
