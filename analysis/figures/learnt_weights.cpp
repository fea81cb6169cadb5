/// How the weights that have learnt are spread at the end of the run.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {
namespace {

constexpr int n_weight_bins = 40;
constexpr std::size_t most_weight_variants = 6;
const std::string weights_prefix = "weights/";

/// Share of the weights in bins from 0 to the largest that there can be.
Line histogram(const std::vector<double>& weights, double w_max) {
    Line line;
    const double width = w_max / n_weight_bins;
    line.y.assign(n_weight_bins, 0);
    for (const double w : weights)
        line.y[std::size_t(std::clamp(int(w / width), 0, n_weight_bins - 1))] += 1;
    for (int b = 0; b < n_weight_bins; ++b) {
        line.x.push_back((b + 0.5) * width);
        line.y[std::size_t(b)] /= std::max<double>(1, double(weights.size()));
    }
    return line;
}

} // namespace

std::optional<ReportFigure> learnt_weights(const RunData& run, const FigureContext& context) {
    ReportFigure figure;
    Csv csv({"projection", "variant", "weight", "share"});
    const std::vector<std::size_t> variants = shown_variants(context, most_weight_variants);
    for (const auto& [group, columns] : run.groups) {
        if (group.rfind(weights_prefix, 0) != 0) continue;
        const std::vector<double>& weight = run.numbers(group, "weight");
        const std::vector<double>& w_max = run.numbers(group, "w_max");
        const std::vector<double>& variant = run.numbers(group, "variant");
        if (weight.empty() || w_max.empty()) continue;
        Panel panel;
        panel.title = group.substr(weights_prefix.size());
        const std::string units = columns.at("weight").units;
        panel.x.label = "weight" + (units == "1" ? "" : " (" + units + ")");
        panel.y.label = "share of synapses";
        panel.x.low = 0, panel.x.high = *std::max_element(w_max.begin(), w_max.end());
        panel.y.low = 0;
        panel.height_px = 180;
        for (const std::size_t v : variants) {
            std::vector<double> own;
            for (std::size_t i = 0; i < weight.size(); ++i)
                if (variant.empty() || std::size_t(variant[i]) == v) own.push_back(weight[i]);
            Line line = histogram(own, *panel.x.high);
            line.width_px = 1.5;
            line.colour = variants.size() > 1 ? Colour::category(int(v)) : Colour::ink();
            if (variants.size() > 1) line.label = context.design.short_names[v];
            for (std::size_t b = 0; b < line.x.size(); ++b) {
                csv << panel.title << double(v) << line.x[b] << line.y[b];
                csv.end_row();
            }
            panel.lines.push_back(line);
        }
        figure.drawing.panels.push_back(panel);
    }
    if (figure.drawing.panels.empty()) return std::nullopt;
    figure.drawing.columns = figure.drawing.panels.size() > 1 ? 2 : 1;
    figure.drawing.shared_legend = true;
    figure.file = "learnt_weights";
    figure.section = Section::activity;
    figure.title = "Weights that have learnt";
    figure.csv = csv.text();
    figure.caption = fmt::format("Weights of plastic projections at the end of the run, as shares "
                                 "in {} bins from 0 to w_max.",
                                 n_weight_bins) +
                     left_out_words(context, variants.size());
    return figure;
}

} // namespace lamina::analysis
