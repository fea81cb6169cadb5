/// Power spectra of the noise-driven loop: what an electrode near PV or the gates would see.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> loop_spectrum(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/spectrum";
    const Column* signals = run.find(group, "signal");
    const Column* density = run.find(group, "density");
    const Column* law = run.find(group, "law_density");
    const Column* peaks = run.find(group, "peak_Hz");
    const std::vector<double>& law_peak = run.numbers(group, "law_peak_Hz");
    const std::vector<double>& frequency = run.numbers(group, "frequency");
    if (!signals || !density || frequency.empty()) return std::nullopt;

    ReportFigure figure;
    figure.drawing.columns = static_cast<int>(std::min<std::size_t>(3, signals->words.size()));
    figure.drawing.shared_legend = true;
    SmallTable table;
    table.caption =
        "Frequency of the maximum: mean over recordings with 95 % bootstrap interval, and "
        "the linearised loop's.";
    table.header = {"signal", "peak (Hz)", "law (Hz)"};
    Csv csv({"signal", "frequency_Hz", "density", "law_density"});
    for (std::size_t s = 0; s < signals->words.size(); ++s) {
        Panel panel;
        panel.title = signals->words[s];
        panel.height_px = 170;
        panel.x.label = "frequency (Hz)";
        panel.x.ticks = 4;
        if (s == 0) panel.y.label = "power / largest of the law";
        Line measured, expected;
        measured.label = "loop", expected.label = "linear law";
        expected.colour = Colour::category(1);
        expected.dashed = true;
        double largest = 0; // of the law, or of the data where there is no law
        for (std::size_t f = 0; f < frequency.size(); ++f) {
            const double value = law ? law->at({s, f}) : density->at({s, f});
            if (value > largest) largest = value;
        }
        for (std::size_t f = 0; f < frequency.size(); ++f) {
            const double expectation = law ? law->at({s, f}) : NAN;
            csv << signals->words[s] << frequency[f] << density->at({s, f}) << expectation;
            csv.end_row();
            if (frequency[f] > 150) continue; // the gamma band and what is next to it
            measured.x.push_back(frequency[f]), expected.x.push_back(frequency[f]);
            measured.y.push_back(density->at({s, f}) / largest);
            expected.y.push_back(expectation / largest);
        }
        panel.y.low = 0;
        // where the law puts the maximum
        if (s < law_peak.size() && !std::isnan(law_peak[s])) {
            Rule peak;
            peak.at_x = true;
            peak.value = law_peak[s];
            peak.label = "law's peak";
            panel.rules.push_back(peak);
        }
        panel.lines.push_back(measured);
        if (law) panel.lines.push_back(expected);
        figure.drawing.panels.push_back(panel);
        if (peaks) {
            const std::size_t n = peaks->length("recording");
            const auto from = peaks->numbers.begin() + static_cast<std::ptrdiff_t>(s * n);
            const Estimate e = mean_with_interval({from, from + static_cast<std::ptrdiff_t>(n)},
                                                  context.confidence);
            table.rows.push_back({signals->words[s], with_interval(e),
                                  s < law_peak.size() ? readable(law_peak[s]) : "\u2013"});
        }
    }
    figure.file = "loop_spectrum";
    figure.section = Section::loop;
    figure.title = "Spectra of the loop driven by noise";
    figure.csv = csv.text();
    if (!table.rows.empty()) figure.table = table;
    figure.caption = "Power spectral density of the loop under noise (mean over recordings) beside "
                     "that of the linearised loop, each divided by the largest value of the law. "
                     "The peaks lie at other frequencies than the ringing after a kick, and differ "
                     "between PV, filtered gates and gate spikes. Shown up to 150 Hz; the CSV has "
                     "all.";
    return figure;
}

} // namespace lamina::analysis
