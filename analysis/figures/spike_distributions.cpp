/// How rates, irregularity and correlations are spread over neurons and pairs.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {
namespace {

/// A histogram as a density over the middles of its bins.
Line density_of(const std::vector<double>& values, double from, double to, int n_bins) {
    Line line;
    const double width = (to - from) / n_bins;
    std::vector<double> count(static_cast<std::size_t>(n_bins), 0);
    double n = 0;
    for (const double x : values) {
        if (std::isnan(x)) continue;
        n += 1;
        const double bin = std::floor((x - from) / width);
        if (bin >= 0 && bin < n_bins) count[std::size_t(bin)] += 1;
    }
    for (int b = 0; b < n_bins; ++b) {
        line.x.push_back(from + (b + 0.5) * width);
        line.y.push_back(n > 0 ? count[std::size_t(b)] / (n * width) : NAN);
    }
    return line;
}

} // namespace

std::optional<ReportFigure> spike_distributions(const RunData& run, const FigureContext& context) {
    const std::vector<std::string> names = spiking_populations(run);
    // of several variants the one of the spec
    const std::size_t variant = context.design.shown;
    std::vector<double> population, rate, cv;
    for (const std::size_t i : rows_in(run, "neurons", variant)) {
        population.push_back(run.numbers("neurons", "population")[i]);
        rate.push_back(run.numbers("neurons", "rate_Hz")[i]);
        cv.push_back(run.numbers("neurons", "cv_isi")[i]);
    }
    const std::vector<double> correlation = numbers_in(run, "correlations", "density", variant);
    const auto& r = run.numbers("correlations", "correlation");
    if (std::all_of(rate.begin(), rate.end(), [](double Hz) { return Hz == 0; }))
        return std::nullopt; // also when there is none

    // rates are whole spikes per recording: bins hold the same number of them
    std::vector<double> sorted = rate;
    std::sort(sorted.begin(), sorted.end());
    const double most =
        std::max(1.0, std::ceil(sorted[std::size_t(0.99 * double(sorted.size() - 1))]));
    const double spike_Hz = 1e3 / number_member(run, "spec.task.duration", 1e3);
    const double width_Hz = spike_Hz * std::max(1.0, std::round(most / 25 / spike_Hz));
    const int n_bins = std::max(2, int(std::ceil(most / width_Hz)));

    const char* labels[] = {"rate (Hz)", "CV of intervals", "correlation of counts"};
    Csv csv({"quantity", "population", "value", "density"});
    Panel panels[2][3];
    double correlation_ends[2] = {0, 0};
    bool any[2] = {false, false};
    for (std::size_t g = 0; g < names.size(); ++g) {
        std::vector<double> rates, cvs;
        for (std::size_t i = 0; i < rate.size(); ++i)
            if (std::size_t(population[i]) == g) rates.push_back(rate[i]), cvs.push_back(cv[i]);
        // the lowest rate of a bin is inside it
        Line lines[3] = {
            density_of(rates, -0.5 * spike_Hz, n_bins * width_Hz - 0.5 * spike_Hz, n_bins),
            density_of(cvs, 0, 1.5, 30),
            {}};
        if (!correlation.empty()) {
            for (std::size_t b = 0; b < r.size(); ++b) {
                lines[2].x.push_back(r[b]);
                lines[2].y.push_back(correlation[g * r.size() + b]);
            }
            const double highest = *std::max_element(lines[2].y.begin(), lines[2].y.end());
            for (std::size_t b = 0; b < r.size(); ++b)
                if (lines[2].y[b] > 0.02 * highest) {
                    correlation_ends[0] = std::min(correlation_ends[0], r[b]);
                    correlation_ends[1] = std::max(correlation_ends[1], r[b]);
                }
        }
        const int kind = is_inhibitory(names[g]) ? 1 : 0;
        any[kind] = true;
        for (int k = 0; k < 3; ++k) {
            dress(lines[k], names, g);
            for (std::size_t b = 0; b < lines[k].x.size(); ++b) {
                csv << labels[k] << names[g] << lines[k].x[b] << lines[k].y[b];
                csv.end_row();
            }
            panels[kind][k].lines.push_back(lines[k]);
        }
    }

    ReportFigure figure;
    figure.drawing.columns = 3;
    figure.drawing.shared_legend = true;
    for (int kind = 0; kind < 2; ++kind)
        for (int k = 0; k < 3 && any[kind]; ++k) {
            Panel& panel = panels[kind][k];
            panel.height_px = 150;
            panel.y.low = 0;
            panel.x.ticks = 4;
            if (kind == 1 || !any[1]) panel.x.label = labels[k];
            if (k == 0) panel.y.label = kind == 0 ? "density, excitatory" : "density, inhibitory";
            if (k == 2) {
                panel.x.low = correlation_ends[0], panel.x.high = correlation_ends[1];
                for (Line& line : panel.lines)
                    for (std::size_t b = 0; b < line.x.size(); ++b)
                        if (line.x[b] < *panel.x.low || line.x[b] > *panel.x.high) line.y[b] = NAN;
            }
            figure.drawing.panels.push_back(panel);
        }
    figure.file = "spike_distributions";
    figure.section = Section::activity;
    figure.title = "Distributions over neurons and pairs";
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Left: rates of {} neurons, 99 % of which are shown. Middle: coefficients of variation of "
        "their intervals, where there are at least ten. Right: correlations of spike counts in "
        "bins "
        "of 2 ms, all pairs among the first 250 neurons of each population that spiked.{}",
        rate.size(),
        context.design.variants.size() > 1
            ? " Variant: " + context.design.short_names[variant] + "."
            : std::string());
    return figure;
}

std::optional<ReportFigure> spike_spectra(const RunData& run, const FigureContext& context) {
    constexpr std::size_t most_panels = 6;
    const std::vector<std::string> names = spiking_populations(run);
    const auto& frequency = run.numbers("spectra", "frequency");
    if (names.empty() || frequency.size() < 2) return std::nullopt;
    const bool varied = context.design.variants.size() > 1;
    ReportFigure figure;
    std::vector<std::string> header = {"population", "frequency_Hz", "density"};
    if (varied) header.insert(header.begin(), "variant");
    Csv csv(header);
    const std::vector<std::size_t> variants = shown_variants(context, most_panels);
    for (const std::size_t v : variants) {
        const std::vector<double> density = numbers_in(run, "spectra", "density", v);
        Panel panel;
        panel.height_px = varied ? 180 : 240;
        panel.x.label = "frequency (Hz)";
        panel.y.label = "power (Hz\u00b2/Hz)";
        panel.x.log = panel.y.log = true;
        panel.x.low = frequency[1];
        if (varied) panel.title = context.design.short_names[v];
        for (std::size_t g = 0; g < names.size(); ++g) {
            Line line;
            dress(line, names, g);
            for (std::size_t f = 1; f < frequency.size(); ++f) {
                const double here = density[g * frequency.size() + f];
                if (varied) csv << double(v);
                csv << names[g] << frequency[f] << here;
                csv.end_row();
                if (!(here > 0)) continue;
                line.x.push_back(frequency[f]);
                line.y.push_back(here);
            }
            if (!line.x.empty()) panel.lines.push_back(line);
        }
        if (!panel.lines.empty()) figure.drawing.panels.push_back(panel);
    }
    if (figure.drawing.panels.empty()) return std::nullopt;
    figure.drawing.columns = varied ? 2 : 1;
    figure.drawing.shared_legend = varied;
    figure.file = "spike_spectra";
    figure.section = Section::activity;
    figure.title = "Spectra of the population rates";
    figure.csv = csv.text();
    figure.caption =
        "Power spectral density of each population's rate (spikes per neuron and second "
        "in bins of 1 ms), by Welch's method with Hann windows of 512 ms. Solid: "
        "excitatory, dashed: inhibitory." +
        left_out_words(context, variants.size());
    return figure;
}

} // namespace lamina::analysis
