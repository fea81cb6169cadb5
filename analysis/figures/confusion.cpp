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
    double trials = 0, wrong = 0;
    Csv csv({"held", "probe", "held_name", "probe_name", "n", "errors", "evidence"});
    for (std::size_t a = 0; a < n_a; ++a)
        for (std::size_t b = 0; b < n_b; ++b) {
            const std::size_t at = a * n_b + b;
            if (n->numbers[at] <= 0) continue;
            const Estimate rate =
                proportion(static_cast<std::int64_t>(errors->numbers[at]),
                           static_cast<std::int64_t>(n->numbers[at]), context.confidence.level);
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
                              fmt::format("{:.0f}", pair.errors), std::to_string(pair.rate.n),
                              with_interval(pair.rate, 2), readable(pair.evidence, 2)});
    }

    // stimuli that share a name are one row: 92 objects of 6 categories would be dust
    std::vector<std::string> groups;
    std::vector<std::size_t> group_of;
    for (std::size_t i = 0; i < std::max(n_a, n_b); ++i) {
        const auto at = std::find(groups.begin(), groups.end(), name(i));
        group_of.push_back(static_cast<std::size_t>(at - groups.begin()));
        if (at == groups.end()) groups.push_back(name(i));
    }
    const std::size_t n_groups = groups.size();
    const bool grouped = n_groups < std::max(n_a, n_b);
    std::vector<double> tried(n_groups * n_groups), failed(tried), total(tried), rates(tried),
        means(tried);
    for (const Pair& pair : pairs) {
        const std::size_t at = group_of[pair.a] * n_groups + group_of[pair.b];
        tried[at] += static_cast<double>(pair.rate.n);
        failed[at] += pair.errors;
        total[at] += static_cast<double>(pair.rate.n) * pair.evidence;
    }
    for (std::size_t at = 0; at < tried.size(); ++at) {
        rates[at] = tried[at] > 0 ? failed[at] / tried[at] : NAN;
        means[at] = tried[at] > 0 ? total[at] / tried[at] : NAN;
    }

    Panel panel;
    panel.x.label = "probe";
    panel.y.label = "item held and attended";
    panel.x.categories = panel.y.categories = groups;
    if (n_groups > 24)
        for (std::size_t i = 0; i < n_groups; ++i)
            panel.x.categories[i] = panel.y.categories[i] = std::to_string(i);
    Heat heat;
    heat.rows = heat.columns = static_cast<int>(n_groups);
    heat.values = rates;
    heat.label = "error rate";
    panel.heats.push_back(heat);
    panel.square = true;
    Panel evidence_panel = panel;
    if (evidence) {
        double most = 0;
        for (const double e : finite(means)) most = std::max(most, std::fabs(e));
        evidence_panel.heats[0].values = means;
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
        "was shown: {:.0f} trials, {:.0f} wrongly judged a match, in {} of {} possible pairs{}. "
        "Empty cells did not occur.",
        trials, wrong, pairs.size(), n_a * (n_b - 1),
        grouped ? fmt::format(", pooled over the stimuli that share each of {} names", n_groups)
                : "");
    return figure;
}

} // namespace lamina::analysis
