/// Do the vectors keep the measured dissimilarities, and do confusions follow them?
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t n_confusion_bins = 8; // of the confusion curve, equal numbers of trials

/// Error rate of non-match trials over the dissimilarity of held item and probe.
std::optional<Panel> confusion_panel(const RunData& run, const std::vector<double>& dissimilarity,
                                     std::size_t n_stimuli, const FigureContext& context,
                                     Estimate& correlation) {
    const Column* n = run.find("confusion", "n");
    const Column* errors = run.find("confusion", "errors");
    if (!n || !errors || n->shape[0] != n_stimuli) return std::nullopt;
    struct Tried {
        double distance, n, errors;
    };
    std::vector<Tried> pairs;
    std::vector<double> x, y;
    double trials = 0;
    for (std::size_t a = 0, pair = 0; a < n_stimuli; ++a)
        for (std::size_t b = a + 1; b < n_stimuli; ++b, ++pair) {
            const double tried = n->at({a, b}) + n->at({b, a});
            if (tried <= 0) continue;
            pairs.push_back({dissimilarity[pair], tried, errors->at({a, b}) + errors->at({b, a})});
            x.push_back(pairs.back().distance);
            y.push_back(pairs.back().errors / tried);
            trials += tried;
        }
    if (pairs.size() < 2 * n_confusion_bins) return std::nullopt;
    correlation = spearman(x, y, context.confidence.level);

    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Tried& a, const Tried& b) { return a.distance < b.distance; });
    Line line;
    line.marker = Marker::circle;
    line.colour = Colour::category(1);
    double in_bin = 0, wrong = 0, distance = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        in_bin += pairs[i].n, wrong += pairs[i].errors;
        distance += pairs[i].n * pairs[i].distance;
        if (in_bin < trials / n_confusion_bins && i + 1 < pairs.size()) continue;
        const Estimate rate =
            proportion(static_cast<std::int64_t>(wrong), static_cast<std::int64_t>(in_bin),
                       context.confidence.level);
        line.x.push_back(distance / in_bin);
        line.y.push_back(rate.value), line.low.push_back(rate.low), line.high.push_back(rate.high);
        in_bin = wrong = distance = 0;
    }
    Panel panel;
    panel.title = "confusions";
    panel.x.label = "dissimilarity of held item and probe";
    panel.y.label = "error rate, non-match trials";
    panel.y.low = 0;
    panel.lines.push_back(line);
    return panel;
}

} // namespace

std::optional<ReportFigure> stimulus_geometry(const RunData& run, const FigureContext& context) {
    const std::vector<double>& dissimilarity = run.numbers("stimuli", "dissimilarity");
    const std::vector<double>& distance = run.numbers("stimuli", "squared_distance");
    if (dissimilarity.size() < 3 || distance.size() != dissimilarity.size()) return std::nullopt;
    const auto n_stimuli = static_cast<std::size_t>(
        std::lround(0.5 + std::sqrt(0.25 + 2 * static_cast<double>(dissimilarity.size()))));

    // the matrix itself, in the order of the stimuli
    Panel matrix;
    matrix.title = "measured dissimilarity";
    Heat heat;
    heat.rows = heat.columns = static_cast<int>(n_stimuli);
    heat.values.assign(n_stimuli * n_stimuli, 0);
    heat.low = quantile(dissimilarity, 0), heat.high = quantile(dissimilarity, 1);
    heat.label = "dissimilarity";
    Csv csv({"stimulus_a", "stimulus_b", "dissimilarity", "squared_distance"});
    for (std::size_t a = 0, pair = 0; a < n_stimuli; ++a)
        for (std::size_t b = a + 1; b < n_stimuli; ++b, ++pair) {
            heat.values[a * n_stimuli + b] = heat.values[b * n_stimuli + a] = dissimilarity[pair];
            csv << static_cast<double>(a) << static_cast<double>(b) << dissimilarity[pair]
                << distance[pair];
            csv.end_row();
        }
    for (std::size_t a = 0; a < n_stimuli; ++a) heat.values[a * n_stimuli + a] = NAN;
    matrix.heats.push_back(heat);
    matrix.square = true;
    for (std::size_t a = 0; a < n_stimuli; ++a) {
        matrix.x.categories.push_back(std::to_string(a));
        matrix.y.categories.push_back(std::to_string(a));
    }
    matrix.x.label = "stimulus";

    Panel scatter;
    scatter.title = "what the vectors keep";
    scatter.x.label = "measured dissimilarity";
    scatter.y.label = "squared distance of the vectors";
    scatter.square = true;
    Points points;
    points.radius_px = 1.5;
    points.opacity = dissimilarity.size() > 500 ? 0.25 : 0.6;
    const std::size_t stride = 1 + dissimilarity.size() / 2500;
    for (std::size_t i = 0; i < dissimilarity.size(); i += stride)
        points.x.push_back(dissimilarity[i]), points.y.push_back(distance[i]);
    scatter.points.push_back(points);

    ReportFigure figure;
    figure.file = "stimulus_geometry";
    figure.section = Section::representations;
    figure.title = "Geometry of the stimuli";
    figure.drawing.columns = 2;
    figure.drawing.panels = {matrix, scatter};
    figure.csv = csv.text();
    const Estimate r = pearson(dissimilarity, distance, context.confidence.level);
    const Estimate rho = spearman(dissimilarity, distance, context.confidence.level);
    figure.caption = fmt::format(
        "{} stimuli, {} pairs. Squared distance of the vectors that the thalamus delivers against "
        "the measured dissimilarity: Pearson {}, Spearman {} (95 % intervals by Fisher, as if "
        "pairs "
        "were independent).",
        n_stimuli, dissimilarity.size(), with_interval(r), with_interval(rho));
    Estimate confused{};
    if (const auto panel = confusion_panel(run, dissimilarity, n_stimuli, context, confused)) {
        figure.drawing.panels.push_back(*panel);
        figure.caption += fmt::format(
            " Errors on non-match trials against the dissimilarity of the two, eight bins of equal "
            "numbers of trials with 95 % Wilson intervals; Spearman over pairs {}.",
            with_interval(confused));
    }
    return figure;
}

} // namespace lamina::analysis
