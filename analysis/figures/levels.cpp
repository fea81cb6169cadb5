/// Fidelity to the reference block level by level of one factor of words, in the order of the file:
/// error of the output, divergence of the weights, agreement on the most attended key; and what
/// each level costs.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t least_listed = 4, most_listed = 24;
/// Decades below the largest value that an axis shows; what is smaller stands at its edge.
constexpr double decades_shown = 4;

struct LevelMeasure {
    const char *variable, *title, *label, *head;
    bool small;  ///< 0 is best, and what matters is by which factor it is missed
    double high; ///< end of a linear axis; NaN: of the data
};
constexpr LevelMeasure level_measures[] = {
    {"output_relative_error", "error of the output", "relative error of z", "relative error of z",
     true, NAN},
    {"attention_kl_bits", "divergence of the weights", "KL from softmax (bits)", "KL (bits)", true,
     NAN},
    {"attention_top1_agreement", "agreement on the most attended key", "share of rows",
     "most attended key", false, 1},
    {"settle_time_ms", "time to attend", "settling time (ms)", "settling (ms)", false, NAN}};

/// Mean over the presentations of each variant.
std::vector<Estimate> means(const RunData& run, const FigureContext& context,
                            const char* variable) {
    const std::vector<double>& values = run.numbers("comparison", variable);
    const std::vector<double>& variant = run.numbers("comparison", "variant");
    std::vector<std::vector<double>> samples(context.design.variants.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        samples[static_cast<std::size_t>(variant[i])].push_back(values[i]);
    std::vector<Estimate> found;
    for (const std::vector<double>& sample : samples)
        found.push_back(mean_with_interval(sample, context.confidence));
    return found;
}

/// The power of ten at or above the largest value.
double top_of(const std::vector<Estimate>& values) {
    double most = 0;
    for (const Estimate& e : values)
        if (std::isfinite(e.value)) most = std::max({most, e.value, e.high});
    return std::pow(10, std::ceil(std::log10(most)));
}

Panel panel_of(const LevelMeasure& measure, const std::vector<Estimate>& values,
               const std::vector<std::string>& levels, bool& below) {
    Panel panel;
    panel.title = measure.title;
    panel.y.label = measure.label;
    panel.x.categories = levels;
    panel.height_px = measure.small ? 150 : 90;
    const double top = top_of(values), floor = top * std::pow(10, -decades_shown);
    panel.y.log = measure.small && top > 0;
    if (panel.y.log)
        panel.y.low = floor, panel.y.high = top;
    else
        panel.y.low = 0;
    if (!panel.y.log && !std::isnan(measure.high)) panel.y.high = measure.high;
    Points shown, under;
    shown.colour = under.colour = Colour::category(0);
    under.hollow = true;
    for (std::size_t v = 0; v < values.size(); ++v) {
        const Estimate& e = values[v];
        const bool is_below = panel.y.log && e.value < floor;
        below = below || is_below;
        Points& to = is_below ? under : shown;
        to.x.push_back(static_cast<double>(v));
        to.y.push_back(is_below ? floor : e.value);
        const bool known = !is_below && !std::isnan(e.low);
        to.low.push_back(known ? (panel.y.log ? std::max(e.low, floor) : e.low) : NAN);
        to.high.push_back(known ? e.high : NAN);
    }
    panel.points = {shown, under};
    return panel;
}

} // namespace

bool is_list_of_levels(const Design& design) {
    if (design.factors.size() != 1 || design.factors[0].numeric) return false;
    const std::size_t n = design.factors[0].levels.size();
    return n >= least_listed && n <= most_listed && n == design.variants.size();
}

std::optional<ReportFigure> levels(const RunData& run, const FigureContext& context) {
    if (!is_list_of_levels(context.design) ||
        finite(run.numbers("comparison", "output_relative_error")).empty())
        return std::nullopt;
    const Factor& factor = context.design.factors[0];

    ReportFigure figure;
    figure.file = "levels";
    figure.section = Section::variants;
    figure.title = fmt::format("Fidelity by {}", factor.name);
    figure.drawing.row_gap_px = 8;
    Csv csv({factor.name, "measure", "mean", "low", "high", "n", "neurons",
             "processor_seconds_per_trial"});
    SmallTable table;
    table.header = {factor.name};
    for (const std::string& level : factor.levels) table.rows.push_back({spoken(level)});

    // what each costs, as run.json has it
    const nlohmann::ordered_json& costs = member(run, "cost.variants");
    const auto cost = [&](std::size_t v, const char* key) {
        const bool known = costs.is_array() && v < costs.size() && costs[v].contains(key);
        return known ? costs[v][key].get<double>() : NAN;
    };

    bool below = false;
    std::vector<std::string> names;
    for (const std::string& level : factor.levels) names.push_back(spoken(level));
    std::int64_t n = 0;
    for (const LevelMeasure& measure : level_measures) {
        const std::vector<Estimate> values = means(run, context, measure.variable);
        if (std::all_of(values.begin(), values.end(),
                        [](const Estimate& e) { return std::isnan(e.value); }))
            continue;
        Panel panel = panel_of(measure, values, names, below);
        panel.x.tick_labels = false;
        figure.drawing.panels.push_back(panel);
        table.header.push_back(measure.head);
        for (std::size_t v = 0; v < values.size(); ++v) {
            table.rows[v].push_back(with_interval(values[v], 2));
            csv << factor.levels[v] << measure.variable << values[v].value << values[v].low
                << values[v].high << static_cast<double>(values[v].n) << cost(v, "neurons")
                << cost(v, "processor_seconds_per_trial");
            csv.end_row();
            n = std::max(n, values[v].n);
        }
    }
    figure.drawing.panels.back().x.tick_labels = true;
    figure.drawing.panels.back().x.label = factor.name;
    if (costs.is_array()) {
        table.header.insert(table.header.end(), {"neurons", "processor s per trial"});
        for (std::size_t v = 0; v < table.rows.size(); ++v) {
            const double neurons = cost(v, "neurons");
            table.rows[v].push_back(neurons > 0 ? fmt::format("{:.0f}", neurons) : "rates");
            table.rows[v].push_back(readable(cost(v, "processor_seconds_per_trial"), 2));
        }
    }
    table.caption = "Mean over presentations with its 95 % bootstrap interval" +
                    std::string(costs.is_array() ? ", and what each costs." : ".");
    figure.table = table;
    figure.csv = csv.text();

    // the dearest, in words
    std::string dearest;
    std::size_t most = 0;
    for (std::size_t v = 0; v < names.size(); ++v)
        if (cost(v, "processor_seconds_per_trial") > cost(most, "processor_seconds_per_trial"))
            most = v;
    if (cost(most, "neurons") > 0)
        dearest = fmt::format(" The dearest, {}, has {:.0f} neurons and takes {} processor seconds "
                              "for a trial, {} times as long as {}.",
                              names[most], cost(most, "neurons"),
                              readable(cost(most, "processor_seconds_per_trial"), 2),
                              readable(cost(most, "processor_seconds_per_trial") /
                                           cost(0, "processor_seconds_per_trial"),
                                       2),
                              names[0]);
    figure.caption = fmt::format(
        "Each {} against the reference block of its weights and inputs, in the order of the file: "
        "mean over {} presentations, all with the same tokens; whiskers: 95 % bootstrap "
        "intervals.{}{}",
        factor.name, n,
        below ? fmt::format(" Hollow at the lower edge: more than {:.0f} decades below the top of "
                            "the axis; the table has the number.",
                            decades_shown)
              : "",
        dearest);
    return figure;
}

} // namespace lamina::analysis
