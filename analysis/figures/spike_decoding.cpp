/// What a decoder of spike counts that is trained at one time knows at another.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"
#include "analysis/spike_counts.hpp"

namespace lamina::analysis {
namespace {

/// Along the cascade, at most four.
std::vector<std::size_t> cascade_of(const std::vector<std::string>& names) {
    std::vector<std::size_t> shown;
    for (const char* wanted : {"L4E", "L23E", "L5E", "L6E"}) {
        const auto at = std::find(names.begin(), names.end(), wanted);
        if (at != names.end()) shown.push_back(std::size_t(at - names.begin()));
    }
    for (std::size_t p = 0; shown.empty() && p < std::min<std::size_t>(4, names.size()); ++p)
        shown.push_back(p);
    return shown;
}

/// The matrices of one variant; bins that it does not have are at the end.
struct DecodingMatrices {
    const Column& accuracy;
    std::size_t variant, n;

    double at(std::size_t population, std::size_t train, std::size_t test) const {
        return accuracy.at({variant, population, train, test});
    }
    CrossDecoding decoding(std::size_t population, double chance, std::size_t n_trials) const {
        CrossDecoding one{n, std::size_t(std::llround(1 / chance)), n_trials, {}};
        for (std::size_t train = 0; train < n; ++train)
            for (std::size_t test = 0; test < n; ++test)
                one.accuracy.push_back(at(population, train, test));
        return one;
    }
};

} // namespace

std::optional<ReportFigure> spike_decoding(const RunData& run, const FigureContext& context) {
    const Column* accuracy = run.find("spike_decoding", "accuracy");
    const Column* names = run.find("spike_decoding", "population");
    const std::vector<double>& time_ms = run.numbers("spike_decoding", "test_time");
    const std::vector<double>& chance = run.numbers("spike_decoding", "chance");
    if (!accuracy || !names || time_ms.empty()) return std::nullopt;
    // the variant that is shown alone, or the first of neurons
    std::size_t variant = std::min(context.design.shown, chance.size() - 1);
    for (std::size_t v = 0; std::isnan(chance[variant]) && v < chance.size(); ++v)
        if (!std::isnan(chance[v])) variant = v;
    if (std::isnan(chance[variant])) return std::nullopt;
    const std::vector<std::size_t> shown = cascade_of(names->words);
    DecodingMatrices found{*accuracy, variant, time_ms.size()};
    while (found.n > 1 && std::isnan(found.at(shown[0], found.n - 1, found.n - 1))) --found.n;
    const std::size_t n = found.n;
    const double bin_ms = 2 * time_ms[0], end_ms = double(n) * bin_ms;
    const std::vector<double>& told = run.numbers("spike_decoding", "n_trials");
    const std::size_t n_trials = told.empty() ? 0 : std::size_t(told[variant]);

    std::size_t from = 0, to = 0; // bins of the delay
    std::vector<Span> spans = epoch_spans(run);
    for (Span& span : spans) span.shade = 0;
    for (const Epoch& epoch : epochs_of(run))
        if (to == 0 && epoch.name == "delay") {
            from = std::size_t(std::ceil(epoch.from_ms / bin_ms - 1e-9));
            to = std::size_t(std::floor(epoch.to_ms / bin_ms + 1e-9));
        }

    // rows are counted from the top, the first decoder is at the bottom
    const auto row_at = [&](double ms) { return double(n) - 0.5 - ms / bin_ms; };
    double between_ms = bin_ms;
    for (const double factor : {2.0, 2.5, 2.0, 2.0, 2.5, 2.0, 2.0, 2.5, 2.0})
        if (end_ms / between_ms > 5) between_ms *= factor;
    std::vector<std::pair<double, std::string>> marks;
    for (double ms = 0; ms <= end_ms * (1 + 1e-9); ms += between_ms)
        marks.emplace_back(row_at(ms), fmt::format("{:g}", ms));

    double most = chance[variant];
    for (const std::size_t p : shown)
        for (std::size_t k = 0; k < n * n; ++k) most = std::max(most, found.at(p, k / n, k % n));
    ReportFigure figure;
    Csv csv({"population", "training_ms", "test_ms", "accuracy"});
    SmallTable table;
    table.caption = "In the delay: share of trials told right by decoders at their own time, and "
                    "the persistence index, what they keep at other times, above chance.";
    table.header = {"population", "told right", "persistence index"};
    for (const std::size_t p : shown) {
        Panel panel;
        panel.title = names->words[p];
        panel.x.label = "time of test (ms)";
        panel.y.label = "time of training (ms)";
        panel.x.low = 0, panel.x.high = end_ms;
        panel.y.marks = marks;
        panel.square = true;
        panel.spans = spans;
        Heat heat;
        heat.rows = heat.columns = int(n);
        for (std::size_t row = 0; row < n; ++row)
            for (std::size_t test = 0; test < n; ++test)
                heat.values.push_back(found.at(p, n - 1 - row, test));
        heat.low = 0, heat.high = most;
        heat.label = "share of trials told right";
        panel.heats.push_back(std::move(heat));
        for (const Span& span : spans) {
            if (span.to >= end_ms) continue;
            panel.rules.push_back({true, span.to, true, ""});
            panel.rules.push_back({false, row_at(span.to), true, ""});
        }
        for (std::size_t train = 0; train < n; ++train)
            for (std::size_t test = 0; test < n; ++test) {
                csv << names->words[p] << time_ms[train] << time_ms[test]
                    << found.at(p, train, test);
                csv.end_row();
            }
        if (to > from && to <= n) {
            const CrossDecoding decoding = found.decoding(p, chance[variant], n_trials);
            double right = 0;
            for (std::size_t t = from; t < to; ++t) right += found.at(p, t, t) / double(to - from);
            const double index = persistence_index(decoding, from, to);
            table.rows.push_back(
                {names->words[p], readable(right, 2),
                 std::isnan(index) ? "not told above chance" : readable(index, 2)});
        }
        figure.drawing.panels.push_back(std::move(panel));
    }
    figure.file = "spike_decoding";
    figure.section = Section::activity;
    figure.title = "When the item can be read from spikes";
    figure.drawing.columns = std::min<int>(2, int(shown.size()));
    if (shown.size() == 1) figure.drawing.width_px = 460;
    figure.csv = csv.text();
    if (!table.rows.empty()) figure.table = table;
    figure.caption = fmt::format(
        "Share of {} trials in which the item of the first column is told right, among {} (chance "
        "{:.2g}), from spike counts in bins of {:g} ms: by decoders trained at one time (rows) and "
        "tested at another (columns), on trials they have not seen. A square block is a code that "
        "lasts, a diagonal one that moves. Before the item there is nothing to learn: what such a "
        "decoder then tells, it tells alike in all trials of an item, far above chance or "
        "below.{}",
        n_trials, std::llround(1 / chance[variant]), chance[variant], bin_ms,
        context.design.variants.size() > 1
            ? fmt::format(" Shown: {}.", context.design.short_names[variant])
            : "");
    return figure;
}

} // namespace lamina::analysis
