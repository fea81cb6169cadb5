/// How far the column is from the reference block: error of the output, divergence of the weights,
/// time to settle, one dot per presentation.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_groups = 10; // beyond, the levels of one factor are the groups
constexpr std::size_t most_dots = 150;  // per group; more only blacken the column

struct FidelityMeasure {
    const char *variable, *title, *label;
};
constexpr FidelityMeasure fidelity_measures[] = {
    {"output_relative_error", "error of the output", "relative error of z"},
    {"attention_kl_bits", "divergence of the weights", "KL from softmax (bits)"},
    {"settle_time_ms", "time to attend", "settling time (ms)"},
    {"attention_sum_error", "sum of the weights", "largest |\u03a3a \u2212 1|"}};

/// Which group each presentation belongs to.
struct Grouping {
    std::vector<std::string> names;
    std::vector<std::size_t> of; ///< [presentation]
    std::string by;
};

/// The factor whose levels differ most in the log of the error, of several factors.
std::size_t strongest_factor(const RunData& run, const Design& design) {
    const std::vector<double>& error = run.numbers("comparison", "output_relative_error");
    const std::vector<double>& variant = run.numbers("comparison", "variant");
    std::size_t best = 0;
    double largest = -1;
    for (std::size_t f = 0; f < design.factors.size(); ++f) {
        const Factor& factor = design.factors[f];
        std::vector<std::vector<double>> logs(factor.levels.size());
        for (std::size_t i = 0; i < error.size(); ++i)
            if (error[i] > 0)
                logs[factor.level_of(static_cast<std::size_t>(variant[i]))].push_back(
                    std::log10(error[i]));
        std::vector<double> means;
        for (const std::vector<double>& group : logs) means.push_back(mean(group));
        const double spread = standard_deviation(means);
        if (spread > largest) largest = spread, best = f;
    }
    return best;
}

Grouping group_presentations(const RunData& run, const Design& design) {
    const std::vector<double>& variant = run.numbers("comparison", "variant");
    const std::vector<double>& condition = run.numbers("comparison", "condition");
    Grouping grouping;
    if (design.variants.size() > most_groups && !design.factors.empty()) {
        const Factor& factor = design.factors[strongest_factor(run, design)];
        grouping.names = factor.levels;
        grouping.by = factor.name;
        for (const double v : variant)
            grouping.of.push_back(factor.level_of(static_cast<std::size_t>(v)));
    } else if (design.variants.size() > 1) {
        grouping.names = design.short_names;
        grouping.by = "variant";
        for (const double v : variant) grouping.of.push_back(static_cast<std::size_t>(v));
    } else {
        const bool loads = conditions_are_loads(design);
        grouping.by = loads ? "load" : design.conditions.size() > 1 ? "condition" : "";
        grouping.names = design.conditions;
        for (std::size_t c = 0; loads && c < design.loads.size(); ++c)
            grouping.names[c] = readable(design.loads[c], 1);
        for (const double c : condition) grouping.of.push_back(static_cast<std::size_t>(c));
    }
    return grouping;
}

} // namespace

std::optional<ReportFigure> fidelity(const RunData& run, const FigureContext& context) {
    const std::vector<double>& error = run.numbers("comparison", "output_relative_error");
    if (finite(error).empty()) return std::nullopt;
    const Grouping grouping = group_presentations(run, context.design);
    const Column* shown = run.find("comparison", "name");
    std::vector<std::string> kinds; // sample, test, tokens
    for (std::size_t i = 0; shown && i < shown->words.size(); ++i)
        if (!std::count(kinds.begin(), kinds.end(), shown->words[i]))
            kinds.push_back(shown->words[i]);
    if (kinds.empty()) kinds = {"presentation"};

    ReportFigure figure;
    figure.file = "fidelity";
    figure.section = Section::attention;
    figure.title = "Fidelity to the reference block";
    figure.drawing.columns = 2;
    figure.drawing.shared_legend = true;
    SmallTable table;
    table.caption = "Mean over presentations with its 95 % bootstrap interval.";
    table.header = {grouping.by.empty() ? "group" : grouping.by};
    table.rows.resize(grouping.names.size());
    for (std::size_t g = 0; g < grouping.names.size(); ++g) table.rows[g] = {grouping.names[g]};
    Csv csv({grouping.by.empty() ? "group" : grouping.by, "measure", "mean", "low", "high", "n",
             "missing"});
    std::size_t never = 0, zeros = 0;

    for (const FidelityMeasure& measure : fidelity_measures) {
        const std::vector<double>& values = run.numbers("comparison", measure.variable);
        if (finite(values).empty()) continue;
        Panel panel;
        panel.title = measure.title;
        panel.y.label = measure.label;
        panel.y.log = wants_log(values);
        panel.height_px = 185;
        panel.x.low = -0.6, panel.x.high = static_cast<double>(grouping.names.size()) - 0.4;
        panel.x.categories = grouping.names;
        if (grouping.by == "load")
            panel.x.label = "load (items)";
        else if (grouping.by != "variant")
            panel.x.label = grouping.by;
        table.header.push_back(measure.label);

        // dots spread sideways in a fixed order, so that the same data look the same
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            Points dots;
            dots.label = kinds[k];
            dots.colour = Colour::category(static_cast<int>(k));
            dots.radius_px = 1.9;
            dots.opacity = 0.4;
            std::vector<std::size_t> n_in(grouping.names.size()), seen(grouping.names.size());
            const auto mine = [&](std::size_t i) { return !shown || shown->words[i] == kinds[k]; };
            for (std::size_t i = 0; i < values.size(); ++i)
                if (mine(i)) ++n_in[grouping.of[i]];
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (!mine(i)) continue;
                const std::size_t g = grouping.of[i];
                const std::size_t stride = (n_in[g] + most_dots - 1) / most_dots;
                if (seen[g]++ % stride) continue;
                const double golden = std::fmod(0.618034 * static_cast<double>(seen[g]), 1.0);
                const double lane =
                    (static_cast<double>(k) + 0.5) / static_cast<double>(kinds.size());
                dots.x.push_back(static_cast<double>(g) - 0.34 +
                                 0.68 *
                                     (lane + (golden - 0.5) / static_cast<double>(kinds.size())));
                dots.y.push_back(values[i]);
            }
            panel.points.push_back(dots);
        }

        // the mean of each group with its interval
        Points means;
        means.label = "mean, 95 % interval";
        means.colour = Colour::ink();
        means.marker = Marker::diamond;
        for (std::size_t g = 0; g < grouping.names.size(); ++g) {
            std::vector<double> sample;
            double missing = 0;
            for (std::size_t i = 0; i < values.size(); ++i)
                if (grouping.of[i] == g) {
                    sample.push_back(values[i]);
                    missing += std::isnan(values[i]) ? 1 : 0;
                    if (values[i] == 0 && panel.y.log) ++zeros;
                }
            const Estimate e = mean_with_interval(sample, context.confidence);
            means.x.push_back(static_cast<double>(g));
            means.y.push_back(e.value);
            means.low.push_back(e.low);
            means.high.push_back(e.high);
            table.rows[g].push_back(with_interval(e, 2));
            csv << grouping.names[g] << measure.variable << e.value << e.low << e.high
                << static_cast<double>(e.n) << missing;
            csv.end_row();
            if (std::string(measure.variable) == "settle_time_ms")
                never += static_cast<std::size_t>(missing);
        }
        panel.points.push_back(means);
        figure.drawing.panels.push_back(panel);
    }
    figure.csv = csv.text();
    figure.table = table;
    const std::string settling =
        finite(run.numbers("comparison", "settle_time_ms")).empty()
            ? "No presentation came to stay within 1 % of softmax."
            : fmt::format("Settling: from when on every head's weights stay within 1 % of softmax; "
                          "{} never did{}.",
                          counted(never, "presentation"),
                          never == 0   ? ""
                          : never == 1 ? " and has no dot there"
                                       : " and have no dot there");
    figure.caption = fmt::format(
        "One dot per presentation (n = {}{}), {} against the reference block fed the same input "
        "with the same weights; diamonds: mean with 95 % bootstrap interval. {}{}",
        error.size(),
        context.design.variants.size() > most_groups && !context.design.factors.empty()
            ? ", grouped by the factor that separates them most"
            : "",
        of_neurons(run) ? "filtered spikes averaged over its end" : "read at its last step",
        settling,
        zeros > 0 ? fmt::format(" Below the logarithmic axis: {} of exactly zero.",
                                counted(zeros, "value"))
                  : "");
    return figure;
}

} // namespace lamina::analysis
