/// Pairs of rates: what both rates of a pair share for a moment, and what it costs when inhibition
/// is out of balance or noise meets the baseline.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

const Factor* factor_at(const Design& design, const std::string& path) {
    for (const Factor& factor : design.factors)
        if (factor.path.rfind(path, 0) == 0 && factor.numeric) return &factor;
    return nullptr;
}

/// "column.noise.L6E" as "noise L6E".
std::string name_of(const Factor& factor) {
    std::string words = factor.path.substr(factor.path.find('.') + 1);
    std::replace(words.begin(), words.end(), '.', ' ');
    return words;
}

/// Co-activation over time, one line per population, until it has faded.
std::optional<Panel> over_time(const RunData& run, Csv& csv) {
    const Column* both = run.find("rates", "coactivation");
    const Column* sem = run.find("rates", "coactivation_sem");
    const Column* names = run.find("rates", "population");
    const std::vector<double>& time_ms = run.numbers("rates", "time");
    if (!both || !names || time_ms.empty()) return std::nullopt;
    const auto at = [&](const Column& column, std::size_t t, std::size_t p) {
        return column.at({0, 0, t, p});
    };
    Panel panel;
    panel.title = "both rates of a pair";
    panel.x.label = "time in the trial (ms)";
    panel.y.label = "co-activation";
    double most = 0, faded_ms = time_ms.front();
    for (std::size_t t = 0; t < time_ms.size(); ++t)
        for (std::size_t p = 0; p < names->words.size(); ++p) {
            const double value = at(*both, t, p);
            most = std::isnan(value) ? most : std::max(most, value);
            if (value > 0.01 * most) faded_ms = time_ms[t];
        }
    panel.x.low = 0;
    panel.x.high = faded_ms;
    int colour = 0;
    for (std::size_t p = 0; p < names->words.size(); ++p) {
        const std::string& name = names->words[p];
        // interneurons copy what is shown
        const bool copies = name.size() > 2 && name.compare(name.size() - 2, 2, "_I") == 0;
        if (copies || std::isnan(at(*both, 0, p))) continue;
        Line line;
        line.label = name;
        line.colour = Colour::category(colour++);
        for (std::size_t t = 0; t < time_ms.size(); ++t) {
            const double value = at(*both, t, p), error = sem ? at(*sem, t, p) : NAN;
            csv << "coactivation of " + name << time_ms[t] << value << value - error
                << value + error << "";
            csv.end_row();
            if (time_ms[t] > faded_ms) continue;
            line.x.push_back(time_ms[t]);
            line.y.push_back(value);
            line.low.push_back(value - error);
            line.high.push_back(value + error);
        }
        panel.lines.push_back(line);
    }
    return panel;
}

/// Error of the output against one factor, one line per level of another; of the remaining factors
/// the level that is written first.
std::optional<Panel> error_against(const RunData& run, const FigureContext& context,
                                   const Factor* across, const Factor* series, Csv& csv) {
    const std::vector<double>& error = run.numbers("comparison", "output_relative_error");
    const std::vector<double>& variant = run.numbers("comparison", "variant");
    if (!across || error.empty()) return std::nullopt;
    const auto wanted = [&](std::size_t v) {
        for (const Factor& factor : context.design.factors)
            if (&factor != across && &factor != series && factor.words[v] != factor.words[0])
                return false;
        return true;
    };
    Panel panel;
    panel.x.label = across->name;
    panel.y.label = "relative error of z";
    const std::size_t n_series = series ? series->levels.size() : 1;
    for (std::size_t level = 0; level < n_series; ++level) {
        Line line;
        if (series) line.label = name_of(*series) + " " + series->levels[level];
        line.colour = Colour::ordinal(static_cast<int>(level), static_cast<int>(n_series));
        line.marker = static_cast<Marker>(1 + level % 4);
        line.width_px = 1.4;
        std::vector<std::pair<double, std::size_t>> order;
        for (std::size_t v = 0; v < context.design.variants.size(); ++v)
            if (wanted(v) && (!series || series->level_of(v) == level))
                order.emplace_back(across->numbers[v], v);
        std::sort(order.begin(), order.end());
        for (const auto& [x, v] : order) {
            std::vector<double> sample;
            for (std::size_t i = 0; i < error.size(); ++i)
                if (static_cast<std::size_t>(variant[i]) == v) sample.push_back(error[i]);
            const Estimate e = mean_with_interval(sample, context.confidence);
            line.x.push_back(x);
            line.y.push_back(e.value);
            line.low.push_back(e.low);
            line.high.push_back(e.high);
            csv << "error against " + across->name << x << e.value << e.low << e.high << line.label;
            csv.end_row();
        }
        panel.lines.push_back(line);
    }
    panel.y.low = 0;
    return panel;
}

} // namespace

std::optional<ReportFigure> dale(const RunData& run, const FigureContext& context) {
    Csv csv({"shown", "x", "value", "low", "high", "series"});
    const std::optional<Panel> both = over_time(run, csv);
    if (!both) return std::nullopt;
    ReportFigure figure;
    figure.file = "pairs";
    figure.section = Section::activity;
    figure.title = "Pairs of rates";
    figure.drawing.panels.push_back(*both);

    const Factor* balance = factor_at(context.design, "column.dale_balance");
    const Factor* baseline = factor_at(context.design, "column.baseline");
    const Factor* noise = factor_at(context.design, "column.noise.");
    std::string more;
    if (auto panel = error_against(run, context, balance, baseline, csv)) {
        panel->title = "inhibition out of balance";
        panel->x.label = "balance \u03b2 (inhibition / excitation)";
        figure.drawing.panels.push_back(*panel);
        more += " Out of balance: a share 1 \u2212 \u03b2 of all inhibition is missing.";
    }
    if (auto panel = error_against(run, context, baseline, noise, csv)) {
        panel->title = "noise at the baseline";
        panel->x.label = "baseline r\u2080";
        figure.drawing.panels.push_back(*panel);
        if (noise)
            more += " Noise: a rate cannot fall below 0, so that a low baseline cuts off what a "
                    "high one lets pass.";
    }
    if (figure.drawing.panels.size() > 1) figure.drawing.columns = 2;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Co-activation: mean over units of min(r\u207a, r\u207b) \u2212 r\u2080, what both rates "
        "of a pair share, from the onset on; band: one standard error over trials; below the axis "
        "where noise pushes one of the two under its baseline. Where every weight has one sign, "
        "excitation arrives before the inhibition that balances it.{}{}",
        more,
        context.design.factors.empty()
            ? ""
            : " Markers: mean over presentations with 95 % bootstrap interval; factors that a "
              "panel does not name are at the value written first (" +
                  context.design.short_names[0] + ").");
    return figure;
}

} // namespace lamina::analysis
