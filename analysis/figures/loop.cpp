/// The PV loop alone against its laws: ringing, settling, finite gain, and the additive reading of
/// the population equation. Groups /loop/* (docs/file-formats.md).
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
std::optional<ReportFigure> loop_ringing(const RunData& run, const FigureContext&) {
    const std::string group = "loop/ringing";
    const Column* trace = run.find(group, "p_error");
    const std::vector<double>& time_ms = run.numbers(group, "time");
    const std::vector<double>& tau_g = run.numbers(group, "tau_gate_ms");
    const std::vector<double>& tau_p = run.numbers(group, "tau_PV_ms");
    const std::vector<double>& measured = run.numbers(group, "frequency_Hz");
    const std::vector<double>& law = run.numbers(group, "law_frequency_Hz");
    const std::vector<double>& decay_ms = run.numbers(group, "decay_ms");
    const std::vector<double>& law_decay_ms = run.numbers(group, "law_decay_ms");
    if (measured.empty() || law.size() != measured.size()) return std::nullopt;

    // one trace, and the envelope that the law gives it
    ReportFigure figure;
    figure.drawing.columns = 3;
    figure.drawing.weights = {1.5, 1, 1};
    std::size_t shown = 0; // the first pair, the run's own, or the first that rings
    while (shown + 1 < law.size() && !(law[shown] > 0)) ++shown;
    Csv csv({"tau_gate_ms", "tau_PV_ms", "frequency_Hz", "law_frequency_Hz", "decay_ms",
             "law_decay_ms"});
    if (trace && !time_ms.empty()) {
        Panel panel;
        panel.title = tau_g.empty() ? "ringing"
                                    : fmt::format("\u03c4g = {:g} ms, \u03c4p = {:g} ms",
                                                  tau_g[shown], tau_p[shown]);
        panel.x.label = "time after the kick (ms)";
        panel.y.label = "|p \u2212 p*|";
        panel.y.log = true;
        Line line;
        line.label = "loop";
        line.width_px = 2.6;
        line.x = time_ms;
        Line envelope;
        envelope.label = "law";
        envelope.colour = Colour::category(1);
        envelope.dashed = true;
        double anchor = 0; // the law has no amplitude of its own: it passes through the second half
        for (std::size_t t = 0; t < time_ms.size(); ++t) {
            const double value = std::fabs(trace->at({shown, t}));
            line.y.push_back(value > 1e-10 ? value : NAN);
            if (shown < law_decay_ms.size() && value > 1e-9 && value < 1e-2)
                anchor = std::max(anchor, value * std::exp(time_ms[t] / law_decay_ms[shown]));
        }
        if (anchor > 0)
            for (const double t : time_ms) {
                const double value = anchor * std::exp(-t / law_decay_ms[shown]);
                envelope.x.push_back(t);
                envelope.y.push_back(value > 1e-10 ? value : NAN);
            }
        panel.lines = {line, envelope};
        if (const Column* fit = run.find(group, "p_fit")) {
            Line fitted;
            fitted.label = "fit";
            fitted.colour = Colour::category(2);
            fitted.width_px = 1.2;
            fitted.dashed = true; // it lies on the loop's line
            fitted.x = time_ms;
            for (std::size_t t = 0; t < time_ms.size(); ++t) {
                const double value = std::fabs(fit->at({shown, t}));
                fitted.y.push_back(value > 1e-10 && value < 1 ? value : NAN);
            }
            panel.lines.push_back(fitted);
        }
        panel.y.low = 1e-10;
        panel.height_px = 190;
        figure.drawing.panels.push_back(panel);
    }
    const auto against_law = [](const std::string& title, const std::string& unit,
                                const std::vector<double>& x, const std::vector<double>& y) {
        Panel panel;
        panel.title = title;
        panel.x.label = "law (" + unit + ")";
        panel.y.label = "measured (" + unit + ")";
        panel.equal = true;
        panel.height_px = 190;
        panel.x.ticks = panel.y.ticks = 4;
        Points points;
        points.x = x, points.y = y;
        panel.points.push_back(points);
        return panel;
    };
    figure.drawing.panels.push_back(against_law("frequency", "Hz", law, measured));
    if (decay_ms.size() == law_decay_ms.size() && !decay_ms.empty())
        figure.drawing.panels.push_back(against_law("envelope", "ms", law_decay_ms, decay_ms));
    double worst = 0;
    for (std::size_t i = 0; i < measured.size(); ++i) {
        if (law[i] > 0 && !std::isnan(measured[i]))
            worst = std::max(worst, std::fabs(measured[i] / law[i] - 1));
        csv << (i < tau_g.size() ? tau_g[i] : NAN) << (i < tau_p.size() ? tau_p[i] : NAN)
            << measured[i] << law[i] << (i < decay_ms.size() ? decay_ms[i] : NAN)
            << (i < law_decay_ms.size() ? law_decay_ms[i] : NAN);
        csv.end_row();
    }
    figure.file = "loop_ringing";
    figure.section = Section::loop;
    figure.title = "Ringing of the PV loop";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Distance of PV activity from its fixed point after a small kick, and frequency and "
        "envelope fitted "
        "to the small-amplitude part against the linearised law f = (1/2\u03c0) \u221a(1/(\u03c4g "
        "\u03c4p) \u2212 1/(4 \u03c4g\u00b2)), envelope 2 \u03c4g, for {} pairs of time constants. "
        "Largest relative difference in frequency: {}.",
        measured.size(), readable(worst, 2));
    return figure;
}

std::optional<ReportFigure> loop_settling(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/settling";
    const Column* settle = run.find(group, "settle_time_ms");
    const Column* rules = run.find(group, "rule");
    const std::vector<double>& score_sd = run.numbers(group, "score_sd");
    if (!settle || score_sd.empty()) return std::nullopt;
    const std::size_t n_rules = settle->length("rule") ? settle->length("rule") : 1;

    Panel panel;
    panel.x.label = "SD of the scores";
    panel.y.label = "time until within 1 % (ms)";
    panel.x.log = quantile(score_sd, 1) > 8 * quantile(score_sd, 0);
    panel.y.low = 0;
    Csv csv({"rule", "score_sd", "mean_ms", "low_ms", "high_ms", "sd_ms", "n", "never"});
    for (std::size_t r = 0; r < n_rules; ++r) {
        Line line;
        line.label = rules && r < rules->words.size() ? rules->words[r] : "";
        line.colour = Colour::category(static_cast<int>(r));
        line.marker = static_cast<Marker>(1 + r % 4);
        for (std::size_t s = 0; s < score_sd.size(); ++s) {
            const std::vector<double> draws = draws_of(*settle, r * score_sd.size() + s);
            const Estimate e = mean_with_interval(draws, context.confidence);
            add_estimate(line, score_sd[s], e);
            csv << line.label << score_sd[s] << e.value << e.low << e.high
                << standard_deviation(draws) << static_cast<double>(e.n)
                << static_cast<double>(draws.size()) - static_cast<double>(e.n);
            csv.end_row();
        }
        panel.lines.push_back(line);
    }
    ReportFigure figure;
    figure.file = "loop_settling";
    figure.section = Section::loop;
    figure.title = "Time to attend";
    figure.drawing.panels = {panel};
    figure.drawing.width_px = 560;
    figure.csv = csv.text();
    figure.caption =
        fmt::format("Time from which the weights stay within 1 % of softmax, by the spread of the "
                    "scores and the "
                    "rule of inhibition: mean of {} draws with 95 % bootstrap interval.",
                    std::max<std::size_t>(1, settle->length("draw")));
    return figure;
}

std::optional<ReportFigure> loop_gain(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/gain";
    const std::vector<double>& kappa = run.numbers(group, "kappa");
    if (kappa.empty() || !run.find(group, "sum")) return std::nullopt;
    ReportFigure figure;
    figure.drawing.columns = 2;
    Csv csv({"kappa", "quantity", "mean", "low", "high", "law", "largest_difference"});
    const Column* limit = run.find(group, "saturated");
    double worst = 0;
    std::size_t n_saturated = 0;
    struct Quantity {
        const char *name, *title, *label;
    };
    for (const Quantity q :
         {Quantity{"sum", "sum of the weights", "\u03a3 a"}, Quantity{"p", "PV activity", "p"},
          Quantity{"entropy_bits", "entropy of the weights", "entropy (bits)"}}) {
        const Column* measured = run.find(group, q.name);
        const Column* law = run.find(group, std::string("law_") + q.name);
        if (!measured) continue;
        n_saturated = 0;
        Panel panel;
        panel.title = q.title;
        panel.x.label = "loop gain \u03ba";
        panel.x.log = quantile(kappa, 0) > 0 && quantile(kappa, 1) > 8 * quantile(kappa, 0);
        panel.y.label = q.label;
        Points dots;
        dots.label = "loop";
        Line line;
        line.label = "closed form";
        line.colour = Colour::category(1);
        line.dashed = true;
        for (std::size_t k = 0; k < kappa.size(); ++k) {
            const std::vector<double> a = draws_of(*measured, k);
            const std::vector<double> saturated =
                limit ? draws_of(*limit, k) : std::vector<double>();
            const Estimate e = mean_with_interval(a, context.confidence);
            dots.x.push_back(kappa[k]);
            dots.y.push_back(e.value), dots.low.push_back(e.low), dots.high.push_back(e.high);
            double expected = NAN, off = 0;
            if (law) {
                const std::vector<double> b = draws_of(*law, k);
                expected = mean(b);
                line.x.push_back(kappa[k]), line.y.push_back(expected);
                for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
                    if (i < saturated.size() && saturated[i] > 0) {
                        ++n_saturated;
                        continue; // no closed form holds at a_max
                    }
                    off = std::max(off, std::fabs(a[i] - b[i]) / std::max(1e-300, std::fabs(b[i])));
                }
                worst = std::max(worst, off);
            }
            csv << kappa[k] << q.name << e.value << e.low << e.high << expected << off;
            csv.end_row();
        }
        if (law) panel.lines.push_back(line);
        panel.points.push_back(dots);
        figure.drawing.panels.push_back(panel);
    }
    if (figure.drawing.panels.size() == 3) figure.drawing.columns = 3;
    for (Panel& panel : figure.drawing.panels) panel.height_px = 180;
    figure.file = "loop_gain";
    figure.section = Section::loop;
    figure.title = "Finite PV gain: what is left of softmax";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "With a finite loop gain \u03ba the weights keep the ratios of softmax but sum to Z^(1/(1 "
        "+ "
        "\u03ba)), and PV settles at \u03ba/(1 + \u03ba) log Z: means over draws with 95 % "
        "bootstrap "
        "intervals (dots) and the closed forms (dashed). Largest relative difference of any draw: "
        "{}{}.",
        readable(worst, 2),
        n_saturated > 0 ? fmt::format(", leaving out {} in which a gate reached its "
                                      "largest rate, where no closed form holds",
                                      counted(std::size_t(n_saturated), "draw"))
                        : "");
    return figure;
}

std::optional<ReportFigure> loop_units(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/units";
    const Column* error = run.find(group, "relative_error");
    const std::vector<double>& units = run.numbers(group, "units");
    const std::vector<double>& score_sd = run.numbers(group, "score_sd");
    if (!error || units.empty()) return std::nullopt;
    const std::size_t n_sd = std::max<std::size_t>(1, score_sd.size());

    Panel panel;
    panel.x.label = "hidden units M";
    panel.y.label = "relative error of the weights";
    panel.x.log = panel.y.log = true;
    Csv csv({"score_sd", "units", "mean", "low", "high", "n"});
    std::string slopes, needed;
    for (std::size_t s = 0; s < n_sd; ++s) {
        Line line;
        line.colour = Colour::ordinal(static_cast<int>(s), static_cast<int>(n_sd));
        line.marker = static_cast<Marker>(1 + s % 4);
        if (!score_sd.empty()) line.label = fmt::format("score SD {:g}", score_sd[s]);
        std::vector<double> log_units, log_error;
        for (std::size_t m = 0; m < units.size(); ++m) {
            const Estimate e =
                mean_with_interval(draws_of(*error, s * units.size() + m), context.confidence);
            add_estimate(line, units[m], e);
            log_units.push_back(std::log(units[m]));
            log_error.push_back(e.value > 0 ? std::log(e.value) : NAN);
            csv << (score_sd.empty() ? NAN : score_sd[s]) << units[m] << e.value << e.low << e.high
                << static_cast<double>(e.n);
            csv.end_row();
        }
        // the power law through the means, and how far it is to an error of 10 %
        const LineFit fit = fit_line(log_units, log_error, context.confidence.level);
        slopes += fmt::format("{}{}{}", s == 0 ? "" : "; ", readable(fit.slope, 2),
                              score_sd.empty() ? "" : fmt::format(" at SD {:g}", score_sd[s]));
        const std::vector<double>& least = run.numbers(group, "needed_least");
        if (s < least.size())
            needed += fmt::format("{}{}{}", s == 0 ? "" : "; ", readable(least[s], 2),
                                  score_sd.empty() ? "" : fmt::format(" at SD {:g}", score_sd[s]));
        Line power;
        power.label = s + 1 == n_sd ? "power law" : "";
        power.colour = line.colour;
        power.dashed = true;
        power.width_px = 1.2;
        for (const double m : units) {
            power.x.push_back(m);
            power.y.push_back(std::exp(fit.intercept + fit.slope * std::log(m)));
        }
        panel.lines.push_back(line);
        panel.lines.push_back(power);
    }
    ReportFigure figure;
    figure.file = "loop_units";
    figure.section = Section::loop;
    figure.title = "Softmax from additive units";
    figure.drawing.panels = {panel};
    figure.drawing.width_px = 560;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "The population equation read literally: M units that add query and key before an "
        "exponential. Relative error of the weights against softmax, mean over draws with 95 % "
        "bootstrap interval; dashed: power laws, slopes {}. An error that fell as 1/\u221aM would "
        "have slope \u22120.5{}.",
        slopes, needed.empty() ? "" : "; even then 10 % would need at least M = " + needed);
    return figure;
}

} // namespace lamina::analysis
