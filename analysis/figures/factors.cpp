/// Fidelity and behaviour over the factors of `vary:`: lines for a few combinations, heat maps for
/// many.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/crossing.hpp"
#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_factor_lines = 5; // more lines than this become rows of a heat map

struct FactorMeasure {
    const char *group, *variable, *title, *label;
    bool may_log;
};
constexpr FactorMeasure factor_measures[] = {
    {"comparison", "output_relative_error", "error of the output", "relative error of z", true},
    {"comparison", "attention_kl_bits", "divergence of the weights", "KL from softmax (bits)",
     true},
    {"comparison", "settle_time_ms", "time to attend", "settling time (ms)", false},
    {"trials", "correct", "accuracy", "fraction correct", false}};

/// Estimate of one measure in every variant.
std::vector<Estimate> estimates(const RunData& run, const FigureContext& context,
                                const FactorMeasure& measure) {
    const std::vector<double>& values = run.numbers(measure.group, measure.variable);
    const std::vector<double>& variant = run.numbers(measure.group, "variant");
    std::vector<Estimate> found;
    if (values.empty() || variant.size() != values.size()) return found;
    const bool rate = std::string(measure.variable) == "correct";
    std::vector<std::vector<double>> samples(context.design.variants.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        samples[static_cast<std::size_t>(variant[i])].push_back(values[i]);
    for (const std::vector<double>& sample : samples) {
        double hits = 0;
        for (const double value : sample) hits += value == 1 ? 1 : 0;
        found.push_back(rate ? proportion(static_cast<std::int64_t>(hits),
                                          static_cast<std::int64_t>(sample.size()),
                                          context.confidence.level)
                             : mean_with_interval(sample, context.confidence));
    }
    return found;
}

std::vector<double> means_of(const std::vector<Estimate>& estimates) {
    std::vector<double> means;
    for (const Estimate& e : estimates) means.push_back(e.value);
    return means;
}

Panel lines_panel(const Crossing& crossing, const std::vector<Estimate>& values) {
    Panel panel;
    panel.x.label = axis_label(*crossing.across);
    const bool numeric = crossing.numeric();
    if (!numeric) panel.x.categories = crossing.across->levels;
    const auto n_series = static_cast<double>(crossing.series.size());
    for (std::size_t s = 0; s < crossing.series.size(); ++s) {
        Line line;
        line.label = crossing.series[s];
        line.colour = Colour::category(static_cast<int>(s));
        line.marker = static_cast<Marker>(1 + s % 4);
        line.width_px = numeric ? 1.4 : 0; // words have no order: no line between them
        for (const auto& [x, v] : crossing.along(s, static_cast<double>(s), n_series)) {
            line.x.push_back(x);
            line.y.push_back(values[v].value);
            line.low.push_back(values[v].low);
            line.high.push_back(values[v].high);
        }
        panel.lines.push_back(line);
    }
    return panel;
}

/// Where rounding alone is left of some, the rest would be squeezed: values that are more than
/// eight decades below the largest stand at the edge, six below it. True when there are any.
bool cut_below(Panel& panel) {
    double most = 0;
    for (const Line& line : panel.lines)
        for (const double y : line.y) most = std::max(most, std::isfinite(y) ? y : 0);
    const double top = std::pow(10, std::ceil(std::log10(most))), floor = top * 1e-6;
    bool cut = false;
    for (const Line& line : panel.lines)
        for (const double y : line.y) cut = cut || y < top * 1e-8;
    if (!(most > 0) || !cut) return false;
    panel.y.low = floor, panel.y.high = top;
    for (Line& line : panel.lines)
        for (std::vector<double>* values : {&line.y, &line.low, &line.high})
            for (double& y : *values)
                if (y < floor) y = floor;
    return true;
}

Panel heat_panel(const Crossing& crossing, const std::vector<Estimate>& values, bool log) {
    Panel panel;
    panel.x.label = axis_label(*crossing.across);
    panel.x.categories = crossing.across->levels;
    panel.y.categories = crossing.series;
    Heat heat;
    heat.rows = static_cast<int>(crossing.series.size());
    heat.columns = static_cast<int>(crossing.across->levels.size());
    heat.values.assign(crossing.series.size() * crossing.across->levels.size(), NAN);
    double low = INFINITY, high = -INFINITY;
    for (std::size_t v = 0; v < values.size(); ++v) {
        const double value = values[v].value;
        heat.values[crossing.series_of[v] * crossing.across->levels.size() + crossing.level_of[v]] =
            value;
        if (std::isnan(value) || (log && value <= 0)) continue;
        low = std::min(low, value), high = std::max(high, value);
    }
    if (!(high > low)) high = low + (low == 0 ? 1 : std::fabs(low));
    heat.low = low, heat.high = high;
    heat.log = log && low > 0;
    heat.numbers = heat.columns <= 7;
    panel.heats.push_back(heat);
    panel.height_px = std::max(110.0, 22.0 * heat.rows);
    return panel;
}

} // namespace

std::optional<ReportFigure> factors(const RunData& run, const FigureContext& context) {
    // levels.cpp shows a list of levels, unless something was asked
    if (context.design.factors.empty() ||
        (is_list_of_levels(context.design) && run.numbers("trials", "correct").empty()))
        return std::nullopt;
    const Crossing crossing = cross(context.design);
    const bool as_lines = crossing.series.size() <= most_factor_lines;

    ReportFigure figure;
    figure.file = "factors";
    figure.section = Section::variants;
    std::string names;
    for (std::size_t f = 0; f < context.design.factors.size(); ++f)
        names += (f == 0                                   ? ""
                  : f + 1 == context.design.factors.size() ? " and "
                                                           : ", ") +
                 context.design.factors[f].name;
    figure.title = "What varies with " + names;
    figure.drawing.columns = as_lines ? 2 : 1;
    figure.drawing.shared_legend = true;
    std::vector<std::string> header = {"variant"};
    for (const Factor& factor : context.design.factors) header.push_back(factor.name);
    for (const char* column : {"measure", "mean", "low", "high", "n"}) header.push_back(column);
    Csv csv(header);
    bool cut = false;

    for (const FactorMeasure& measure : factor_measures) {
        const std::vector<Estimate> values = estimates(run, context, measure);
        const bool known = std::any_of(values.begin(), values.end(),
                                       [](const Estimate& e) { return !std::isnan(e.value); });
        if (!known) continue;
        const bool log = measure.may_log && wants_log(means_of(values));
        Panel panel = as_lines ? lines_panel(crossing, values) : heat_panel(crossing, values, log);
        panel.title = measure.title;
        if (as_lines) {
            panel.y.label = measure.label;
            panel.y.log = log;
            if (log && cut_below(panel)) cut = true;
        } else {
            panel.heats[0].label = measure.label;
        }
        figure.drawing.panels.push_back(panel);
        for (std::size_t v = 0; v < values.size(); ++v) {
            csv << context.design.variants[v];
            for (const Factor& factor : context.design.factors) csv << factor.words[v];
            csv << measure.variable << values[v].value << values[v].low << values[v].high
                << static_cast<double>(values[v].n);
            csv.end_row();
        }
    }
    if (figure.drawing.panels.empty()) return std::nullopt;
    figure.csv = csv.text();

    // how many presentations each variant has
    std::vector<double> per_variant(context.design.variants.size());
    for (const double v : run.numbers("comparison", "variant"))
        ++per_variant[static_cast<std::size_t>(v)];
    figure.caption = fmt::format(
        "Mean of each of the {} variants ({:.0f} presentations each; all variants see the same "
        "trials with the same random numbers){} Empty: no value, for settling because no "
        "presentation settled.",
        context.design.variants.size(), *std::max_element(per_variant.begin(), per_variant.end()),
        as_lines ? "; whiskers: 95 % bootstrap (accuracy: Wilson) intervals."
                 : ". Intervals are in the CSV.");
    if (as_lines) figure.caption = figure.caption.substr(0, figure.caption.find(" Empty:"));
    if (cut) figure.caption += " At the lower edge: that and less; the CSV has the numbers.";
    return figure;
}

} // namespace lamina::analysis
