/// The PV loop whose gates are neurons, against its laws: winners, sums, sampling, rhythm.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
std::optional<ReportFigure> loop_winners(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/winners";
    const Column* names = run.find(group, "inhibition");
    const Column* measured = run.find(group, "total_variation");
    const Column* law = run.find(group, "law_total_variation");
    const Column* sum = run.find(group, "sum");
    if (!names || !measured || !law || !sum) return std::nullopt;

    ReportFigure figure;
    Csv csv({"inhibition", "draw", "total_variation", "law_total_variation", "sum"});
    Panel winners, sums;
    winners.title = "who spikes next";
    winners.y.label = "distance from softmax";
    winners.y.low = 0;
    sums.title = "how much they spike";
    sums.y.label = "mean \u03a3 a";
    sums.y.low = 0;
    Points found, formula, sum_found;
    found.label = "spikes";
    formula.label = "formula";
    formula.colour = Colour::category(1);
    formula.marker = Marker::diamond, formula.hollow = true, formula.radius_px = 5.5;
    for (std::size_t i = 0; i < names->words.size(); ++i) {
        const std::vector<double> tv = draws_of(*measured, i), by_law = draws_of(*law, i),
                                  total = draws_of(*sum, i);
        add_estimate(found, double(i), mean_with_interval(tv, context.confidence));
        formula.x.push_back(double(i)), formula.y.push_back(mean(by_law));
        add_estimate(sum_found, double(i), mean_with_interval(total, context.confidence));
        for (Panel* panel : {&winners, &sums}) panel->x.categories.push_back(names->words[i]);
        for (std::size_t draw = 0; draw < tv.size(); ++draw) {
            csv << names->words[i] << double(draw) << tv[draw] << by_law[draw] << total[draw];
            csv.end_row();
        }
    }
    winners.points = {formula, found};
    sums.points = {sum_found};
    Rule one;
    one.value = 1;
    sums.rules.push_back(one);
    figure.drawing.panels = {winners, sums};
    figure.drawing.columns = 1;
    figure.file = "loop_winners";
    figure.section = Section::loop;
    figure.title = "Any common inhibition leaves the winners";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Above: total variation between the shares of the gates' spikes and softmax, mean over {} "
        "draws of scores with 95 % bootstrap interval, and what the formula of each inhibition "
        "says. Oracle, PV, slow and noisy inhibition are common to a row: what is left is the "
        "scatter of so many spikes. Inhibition that differs between gates and neurons that rest "
        "after a spike bias the choice. Below: the sum that the same inhibitions hold.",
        measured->length("draw"));
    return figure;
}

std::optional<ReportFigure> loop_spike_sums(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/spike_sums";
    const Column* rules = run.find(group, "rule");
    const Column* sum = run.find(group, "sum");
    const Column* law = run.find(group, "law_sum");
    const std::vector<double>& neurons = run.numbers(group, "neurons");
    if (!rules || !sum || !law || neurons.empty()) return std::nullopt;
    Panel panel;
    panel.x.label = "neurons of a gate n";
    panel.x.log = true;
    panel.y.label = "mean \u03a3 a";
    Csv csv({"rule", "neurons", "sum", "law_sum"});
    for (std::size_t r = 0; r < rules->words.size(); ++r) {
        Line line, expected;
        line.label = rules->words[r];
        line.colour = Colour::category(static_cast<int>(r));
        line.marker = static_cast<Marker>(1 + r % 4);
        line.width_px = 0;
        expected.label = r == 0 ? "law" : "";
        expected.colour = line.colour;
        expected.dashed = true;
        for (std::size_t n = 0; n < neurons.size(); ++n) {
            line.x.push_back(neurons[n]), expected.x.push_back(neurons[n]);
            line.y.push_back(sum->at({r, n})), expected.y.push_back(law->at({r, n}));
            csv << rules->words[r] << neurons[n] << sum->at({r, n}) << law->at({r, n});
            csv.end_row();
        }
        panel.lines.push_back(expected);
        panel.lines.push_back(line);
    }
    ReportFigure figure;
    figure.file = "loop_spike_sums";
    figure.section = Section::loop;
    figure.title = "What PV holds at one";
    figure.drawing.panels = {panel};
    figure.drawing.width_px = 560;
    figure.csv = csv.text();
    figure.caption =
        "Mean over rows and time of the sum of the filtered gates, by the number of neurons of a "
        "gate. PV recruited linearly holds it at one; compressive recruitment holds the mean of "
        "the logarithm, so that few neurons overshoot by 1 / (4 n R \u03c4g).";
    const std::vector<double>& frozen = run.numbers(group, "frozen_rms");
    if (!frozen.empty()) {
        const Estimate e = mean_with_interval(frozen, context.confidence);
        figure.caption += fmt::format(
            " With PV frozen at its mean over rows the sums of rows are {} from one (root mean "
            "square over rows, mean over {} with 95 % bootstrap interval).",
            with_interval(e), counted(frozen.size(), "draw"));
    }
    return figure;
}

std::optional<ReportFigure> loop_sampling(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/sampling";
    const Column* error = run.find(group, "relative_error");
    const Column* floor = run.find(group, "floor");
    const std::vector<double>& neurons = run.numbers(group, "neurons");
    const std::vector<double>& window_ms = run.numbers(group, "window_ms");
    if (!error || !floor || neurons.empty() || window_ms.empty()) return std::nullopt;
    Panel panel;
    panel.x.label = "neurons of a gate n";
    panel.y.label = "relative error of the weights";
    panel.x.log = panel.y.log = true;
    Line line, least;
    line.label = "shares of spikes";
    line.marker = Marker::circle;
    least.label = "binomial floor";
    least.colour = Colour::category(1);
    least.dashed = true;
    Csv csv({"neurons", "mean", "low", "high", "floor", "n"});
    std::vector<double> log_n, log_error;
    for (std::size_t n = 0; n < neurons.size(); ++n) {
        const Estimate e = mean_with_interval(draws_of(*error, n), context.confidence);
        const double lowest = mean(draws_of(*floor, n));
        add_estimate(line, neurons[n], e);
        least.x.push_back(neurons[n]), least.y.push_back(lowest);
        log_n.push_back(std::log(neurons[n])), log_error.push_back(std::log(e.value));
        csv << neurons[n] << e.value << e.low << e.high << lowest << static_cast<double>(e.n);
        csv.end_row();
    }
    panel.lines = {least, line};
    const LineFit fit = fit_line(log_n, log_error, context.confidence.level);
    ReportFigure figure;
    figure.file = "loop_sampling";
    figure.section = Section::loop;
    figure.title = "How well spikes tell the weights";
    figure.drawing.panels = {panel};
    figure.drawing.width_px = 560;
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Shares of the gates' spikes in a window of {:g} ms against softmax: relative error of the "
        "weights, mean over {} draws of scores with 95 % bootstrap interval, the same scores at "
        "every n; dashed: as many independent winners. Slope of the logarithms: {}.",
        window_ms[0], error->length("draw"), readable(fit.slope, 3));
    return figure;
}

std::optional<ReportFigure> loop_spike_rhythm(const RunData& run, const FigureContext&) {
    const std::string group = "loop/spike_rhythm";
    const Column* signals = run.find(group, "signal");
    const Column* density = run.find(group, "density");
    const Column* law = run.find(group, "law_density");
    const Column* peaks = run.find(group, "peak_Hz");
    const Column* law_peaks = run.find(group, "law_peak_Hz");
    const Column* response = run.find(group, "response");
    const std::vector<double>& frequency = run.numbers(group, "frequency");
    const std::vector<double>& neurons = run.numbers(group, "neurons");
    const std::vector<double>& time = run.numbers(group, "time");
    const std::vector<double>& recording_s = run.numbers(group, "recording_s");
    if (!signals || !density || !law || !peaks || !law_peaks || !response || neurons.empty() ||
        recording_s.empty())
        return std::nullopt;

    ReportFigure figure;
    figure.drawing.columns = 2;
    figure.drawing.shared_legend = true;
    Csv csv({"signal", "neurons", "frequency_Hz", "density", "law_density"});
    SmallTable table;
    table.caption = "Largest relative difference between peaks and the linearised loop's, over "
                    "pairs of time constants and numbers of neurons.";
    table.header = {"signal", "first pair, peak (Hz)", "its law (Hz)", "largest difference (%)"};
    for (std::size_t s = 0; s < signals->words.size(); ++s) {
        Panel panel;
        panel.title = signals->words[s];
        panel.height_px = 170;
        panel.x.label = "frequency (Hz)";
        panel.x.ticks = 4;
        panel.y.low = 0;
        if (s % 2 == 0) panel.y.label = "power / largest of the law";
        for (std::size_t n = 0; n < neurons.size(); ++n) {
            double largest = 0;
            for (std::size_t f = 0; f < frequency.size(); ++f)
                largest = std::max(largest, law->at({n, s, f}));
            Line line, expected;
            line.label = fmt::format("n = {:g}", neurons[n]);
            line.colour = Colour::ordinal(static_cast<int>(n), static_cast<int>(neurons.size()));
            line.width_px = 1.2;
            expected.label = n == 0 ? "linear law" : "";
            expected.colour = Colour::category(1);
            expected.dashed = true;
            for (std::size_t f = 0; f < frequency.size(); ++f) {
                csv << signals->words[s] << neurons[n] << frequency[f] << density->at({n, s, f})
                    << law->at({n, s, f});
                csv.end_row();
                if (frequency[f] > 150) continue;
                line.x.push_back(frequency[f]), expected.x.push_back(frequency[f]);
                line.y.push_back(density->at({n, s, f}) / largest);
                expected.y.push_back(law->at({n, s, f}) / largest);
            }
            panel.lines.push_back(line);
            if (n == 0) panel.lines.push_back(expected);
        }
        figure.drawing.panels.push_back(panel);
        double worst = 0;
        for (std::size_t pair = 0; pair < peaks->length("pair"); ++pair)
            for (std::size_t n = 0; n < neurons.size(); ++n)
                worst = std::max(worst,
                                 std::fabs(peaks->at({pair, n, s}) / law_peaks->at({pair, s}) - 1));
        table.rows.push_back({signals->words[s], readable(peaks->at({0, neurons.size() - 1, s})),
                              readable(law_peaks->at({0, s})), readable(100 * worst, 2)});
    }
    Panel ringing;
    ringing.title = "after a step of the scores";
    ringing.height_px = 170;
    ringing.x.label = "time (ms)";
    ringing.y.label = "PV";
    ringing.legend = false;
    const std::size_t n_pairs = response->length("pair");
    for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        Line line;
        line.colour = Colour::ordinal(static_cast<int>(pair), static_cast<int>(n_pairs));
        line.width_px = 1.2;
        for (std::size_t t = 0; t < time.size(); ++t)
            line.x.push_back(time[t]), line.y.push_back(response->at({pair, t}));
        ringing.lines.push_back(line);
    }
    figure.drawing.panels.push_back(ringing);
    figure.file = "loop_spike_rhythm";
    figure.section = Section::loop;
    figure.title = "The rhythm of the spiking loop";
    figure.csv = csv.text();
    figure.table = table;
    figure.caption = fmt::format(
        "Power spectral densities of PV, the filtered gates and their spikes for the first pair of "
        "time constants, driven by nothing but the loop's own spikes, beside the linearised loop "
        "under the noise of independent spikes (mean over recordings of {:g} s each). Last "
        "panel: mean response of PV to a step of 0.2 of all scores, for {} pairs of time "
        "constants.",
        recording_s[0], n_pairs);
    return figure;
}

} // namespace lamina::analysis
