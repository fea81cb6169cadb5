/// Which stimuli are taken for which: errors on non-match trials by held item and probe.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> confusion(const RunData& run, const FigureContext& context) {
    const Column* n = run.find("confusion", "n");
    const Column* errors = run.find("confusion", "errors");
    const Column* evidence = run.find("confusion", "evidence");
    const Column* names = run.find("confusion", "stimulus_a");
    if (!n || !errors || n->numbers.empty()) return std::nullopt;
    const std::size_t n_a = n->shape[0], n_b = n->shape[1];
    const auto name = [&](std::size_t i) {
        return names && i < names->words.size() ? names->words[i] : std::to_string(i);
    };

    // error rate of every pair that was tried
    struct Pair {
        std::size_t a, b;
        Estimate rate;
        double errors, evidence;
    };
    std::vector<Pair> pairs;
    std::vector<double> rates(n->numbers.size(), NAN);
    double trials = 0, wrong = 0;
    Csv csv({"held", "probe", "held_name", "probe_name", "n", "errors", "evidence"});
    for (std::size_t a = 0; a < n_a; ++a)
        for (std::size_t b = 0; b < n_b; ++b) {
            const std::size_t at = a * n_b + b;
            if (n->numbers[at] <= 0) continue;
            const Estimate rate =
                proportion(static_cast<std::int64_t>(errors->numbers[at]),
                           static_cast<std::int64_t>(n->numbers[at]), context.confidence.level);
            rates[at] = rate.value;
            trials += n->numbers[at], wrong += errors->numbers[at];
            pairs.push_back(
                {a, b, rate, errors->numbers[at], evidence ? evidence->numbers[at] : NAN});
            csv << static_cast<double>(a) << static_cast<double>(b) << name(a) << name(b)
                << n->numbers[at] << errors->numbers[at] << pairs.back().evidence;
            csv.end_row();
        }
    if (pairs.empty()) return std::nullopt;

    // the ten of which we can be surest: by the lower end of the interval
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) {
        if (x.rate.low != y.rate.low) return x.rate.low > y.rate.low;
        return x.evidence > y.evidence;
    });
    SmallTable table;
    table.caption = "The ten most confused pairs, by the lower end of the interval of the error "
                    "rate; of pairs equal in that, those with most evidence for a match.";
    table.header = {"held", "probe", "taken for a match", "of", "error rate", "mean evidence"};
    for (std::size_t i = 0; i < std::min<std::size_t>(10, pairs.size()); ++i) {
        const Pair& pair = pairs[i];
        table.rows.push_back({fmt::format("{} ({})", name(pair.a), pair.a),
                              fmt::format("{} ({})", name(pair.b), pair.b),
                              readable(pair.errors, 2),
                              readable(static_cast<double>(pair.rate.n), 2),
                              with_interval(pair.rate, 2), readable(pair.evidence, 2)});
    }

    Panel panel;
    panel.x.label = "probe";
    panel.y.label = "item held and attended";
    for (std::size_t b = 0; b < n_b; ++b)
        panel.x.categories.push_back(n_b <= 24 ? name(b) : std::to_string(b));
    for (std::size_t a = 0; a < n_a; ++a)
        panel.y.categories.push_back(n_a <= 24 ? name(a) : std::to_string(a));
    Heat heat;
    heat.rows = static_cast<int>(n_a), heat.columns = static_cast<int>(n_b);
    heat.values = rates;
    heat.label = "error rate";
    panel.heats.push_back(heat);
    panel.square = true;
    Panel evidence_panel = panel;
    if (evidence) {
        double most = 0;
        for (const double e : finite(evidence->numbers)) most = std::max(most, std::fabs(e));
        evidence_panel.heats[0].values = evidence->numbers;
        for (std::size_t at = 0; at < n->numbers.size(); ++at)
            if (n->numbers[at] <= 0) evidence_panel.heats[0].values[at] = NAN;
        evidence_panel.heats[0].ramp = Ramp::diverging;
        evidence_panel.heats[0].low = most > 0 ? -most : -1;
        evidence_panel.heats[0].high = most > 0 ? most : 1;
        evidence_panel.heats[0].label = "mean evidence";
        evidence_panel.title = "evidence for a match";
        panel.title = "errors";
    }

    ReportFigure figure;
    figure.file = "confusion";
    figure.section = Section::behaviour;
    figure.title = "What is taken for what";
    figure.drawing.columns = evidence ? 2 : 1;
    if (!evidence) figure.drawing.width_px = 460;
    figure.drawing.panels = {panel};
    if (evidence) figure.drawing.panels.push_back(evidence_panel);
    figure.csv = csv.text();
    figure.table = table;
    figure.caption = fmt::format(
        "Non-match trials by the item that the read-out column attended to most and the probe that "
        "was shown: {:.0f} trials, {:.0f} wrongly judged a match, in {} of {} possible pairs. "
        "Grey: "
        "pairs that did not occur.",
        trials, wrong, pairs.size(), n_a * (n_b - 1));
    return figure;
}

} // namespace lamina::analysis
