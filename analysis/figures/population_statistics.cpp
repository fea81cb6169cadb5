/// Rates, irregularity and synchrony of every population, beside published values.
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> population_statistics(const RunData& run, const FigureContext&) {
    const std::vector<std::string> names = spiking_populations(run);
    if (names.empty()) return std::nullopt;
    const auto numbers = [&](const char* variable) { return run.numbers("populations", variable); };
    const auto rate = numbers("rate_Hz"), low = numbers("rate_low_Hz"),
               high = numbers("rate_high_Hz"), reference = numbers("reference_rate_Hz"),
               cv = numbers("cv_isi"), synchrony = numbers("synchrony"),
               correlation = numbers("correlation"), n = numbers("n_neurons"),
               median = numbers("rate_median_Hz"), sd = numbers("rate_sd_Hz");

    ReportFigure figure;
    figure.drawing.columns = 3;
    figure.drawing.weights = {1.6, 1, 1};
    const auto panel_of = [&](const char* title, const std::vector<double>& values) {
        Panel panel;
        panel.title = title;
        panel.height_px = 200;
        panel.x.categories = names;
        panel.y.low = 0;
        panel.legend = false;
        for (int kind = 0; kind < 2; ++kind) {
            Bars bars;
            bars.label = kind == 0 ? "excitatory" : "inhibitory";
            bars.colour = Colour::category(kind);
            for (std::size_t g = 0; g < names.size(); ++g) {
                if (is_inhibitory(names[g]) != (kind == 1)) continue;
                bars.x.push_back(double(g));
                bars.y.push_back(values[g]);
            }
            if (!bars.x.empty()) panel.bars.push_back(bars);
        }
        return panel;
    };
    Panel rates = panel_of("rate (Hz)", rate);
    rates.legend = true;
    for (Bars& bars : rates.bars)
        for (const double g : bars.x) {
            bars.low.push_back(low[std::size_t(g)]);
            bars.high.push_back(high[std::size_t(g)]);
        }
    Points published;
    published.label = "published";
    published.colour = Colour::ink();
    published.marker = Marker::diamond;
    published.hollow = true;
    for (std::size_t g = 0; g < names.size(); ++g)
        if (!std::isnan(reference[g]))
            published.x.push_back(double(g)), published.y.push_back(reference[g]);
    if (!published.x.empty()) rates.points.push_back(published);
    figure.drawing.panels.push_back(rates);
    figure.drawing.panels.push_back(panel_of("CV of intervals", cv));
    figure.drawing.panels.push_back(panel_of("synchrony", synchrony));

    SmallTable table;
    table.caption = "Per population: mean rate with its interval over twentieths of the time.";
    table.header = {"population", "neurons",   "rate (Hz)",  "published (Hz)",
                    "CV",         "synchrony", "correlation"};
    Csv csv({"population", "neurons", "rate_Hz", "rate_low_Hz", "rate_high_Hz", "reference_rate_Hz",
             "rate_sd_Hz", "rate_median_Hz", "cv_isi", "synchrony", "correlation"});
    for (std::size_t g = 0; g < names.size(); ++g) {
        table.rows.push_back(
            {names[g], fmt::format("{:.0f}", n[g]), with_interval({rate[g], low[g], high[g], 0}),
             std::isnan(reference[g]) ? "\u2013" : readable(reference[g]), readable(cv[g]),
             readable(synchrony[g]), readable(correlation[g], 2)});
        csv << names[g] << n[g] << rate[g] << low[g] << high[g] << reference[g] << sd[g]
            << median[g] << cv[g] << synchrony[g] << correlation[g];
        csv.end_row();
    }
    figure.table = table;
    figure.file = "population_statistics";
    figure.section = Section::activity;
    figure.title = "Rates, irregularity and synchrony";
    figure.csv = csv.text();
    figure.caption =
        "a: mean rate; whiskers: 95 % bootstrap interval over twentieths of the recording. b: mean "
        "coefficient of variation of the intervals between spikes, of neurons with at least ten "
        "intervals; 1 for Poisson spikes, 0 for a clock. c: variance over mean of the spike counts "
        "of the first 1000 neurons in bins of 3 ms; 1 for independent neurons.";
    return figure;
}

} // namespace lamina::analysis
