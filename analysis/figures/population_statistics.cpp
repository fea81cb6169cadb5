/// Rates, irregularity, synchrony and regime of every population, beside published values; of
/// several variants the one of the spec is drawn, and all stand in the table.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {

namespace {

constexpr std::size_t most_table_rows = 80;

/// Leaves out the columns in which no row has a value.
void leave_out_empty(SmallTable& table) {
    const std::string no_value = readable(NAN);
    for (std::size_t c = table.header.size(); c-- > 0;) {
        const bool empty = std::all_of(table.rows.begin(), table.rows.end(),
                                       [&](const auto& row) { return row[c] == no_value; });
        if (!empty) continue;
        table.header.erase(table.header.begin() + std::ptrdiff_t(c));
        for (auto& row : table.rows) row.erase(row.begin() + std::ptrdiff_t(c));
    }
}

/// Every number of /populations and the regime, a row for each population of each variant.
void add_population_rows(const RunData& run, const FigureContext& context, ReportFigure& figure) {
    const std::vector<std::string> names = spiking_populations(run);
    const bool varied = context.design.variants.size() > 1;
    const Column* regime = run.find("populations", "regime"); // runs of older versions lack some
    const std::vector<std::string> variables = {"n_neurons",
                                                "rate_Hz",
                                                "rate_low_Hz",
                                                "rate_high_Hz",
                                                "reference_rate_Hz",
                                                "rate_sd_Hz",
                                                "rate_median_Hz",
                                                "cv_isi",
                                                "synchrony",
                                                "correlation",
                                                "modulation",
                                                "oscillation_Hz",
                                                "oscillation_strength",
                                                "event_rate_Hz",
                                                "burst_rate_Hz",
                                                "burst_probability"};
    SmallTable table;
    table.caption = "Per population: mean rate with its interval over twentieths of the time.";
    table.header = {"population", "neurons",     "rate (Hz)",  "published (Hz)", "CV",
                    "synchrony",  "correlation", "modulation", "regime"};
    std::vector<std::string> header = {"population"};
    header.insert(header.end(), variables.begin(), variables.end());
    header.emplace_back("regime");
    if (varied) table.header.insert(table.header.begin(), "variant");
    if (varied) header.insert(header.begin(), "variant");
    Csv csv(header);
    for (std::size_t v = 0; v < context.design.variants.size(); ++v) {
        std::vector<std::vector<double>> columns;
        for (const std::string& variable : variables)
            columns.push_back(numbers_in(run, "populations", variable, v));
        for (std::size_t g = 0; g < names.size(); ++g) {
            std::vector<double> row;
            for (const auto& column : columns) row.push_back(column.empty() ? NAN : column[g]);
            const std::string words = regime ? regime->words[v * names.size() + g] : "";
            if (varied) csv << context.design.variants[v];
            csv << names[g];
            for (const double x : row) csv << x;
            csv << words;
            csv.end_row();
            if (table.rows.size() == most_table_rows || words == "absent") continue;
            table.rows.push_back({names[g], fmt::format("{:.0f}", row[0]),
                                  with_interval({row[1], row[2], row[3], 0}), readable(row[4]),
                                  readable(row[7]), readable(row[8]), readable(row[9], 2),
                                  readable(row[10], 2), words});
            if (varied)
                table.rows.back().insert(table.rows.back().begin(), context.design.short_names[v]);
        }
    }
    leave_out_empty(table);
    if (table.rows.size() == most_table_rows) table.caption += " The CSV has the rest.";
    figure.table = table;
    figure.csv = csv.text();
}

} // namespace

std::optional<ReportFigure> population_statistics(const RunData& run,
                                                  const FigureContext& context) {
    const std::size_t variant = context.design.shown;
    std::vector<std::string> names;
    std::vector<std::size_t> rows; // of populations that this variant has
    const std::vector<std::string> all = spiking_populations(run);
    const std::vector<double> n_neurons = numbers_in(run, "populations", "n_neurons", variant);
    for (std::size_t g = 0; g < all.size(); ++g)
        if (n_neurons[g] >= 0) names.push_back(all[g]), rows.push_back(g);
    if (names.empty()) return std::nullopt;
    const auto numbers = [&](const char* variable) {
        const std::vector<double> here = numbers_in(run, "populations", variable, variant);
        std::vector<double> values;
        for (const std::size_t g : rows) values.push_back(here[g]);
        return values;
    };
    const auto rate = numbers("rate_Hz"), low = numbers("rate_low_Hz"),
               high = numbers("rate_high_Hz"), reference = numbers("reference_rate_Hz"),
               cv = numbers("cv_isi"), synchrony = numbers("synchrony");

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

    add_population_rows(run, context, figure);
    figure.file = "population_statistics";
    figure.section = Section::activity;
    figure.title = "Rates, irregularity and synchrony";
    figure.caption =
        "a: mean rate; whiskers: 95 % bootstrap interval over twentieths of the recording. b: mean "
        "coefficient of variation of the intervals between spikes, of neurons with at least ten "
        "intervals; 1 for Poisson spikes, 0 for a clock. c: variance over mean of the spike counts "
        "of the first 1000 neurons in bins of 3 ms; 1 for independent neurons. Modulation: "
        "coefficient "
        "of variation of the rate that neurons share, in bins of 0.5 ms; a population is "
        "synchronous "
        "where it exceeds that of a sinusoid that reaches silence (0.707), and regular where the "
        "CV is "
        "below 0.25.";
    if (context.design.variants.size() > 1)
        figure.caption += " Drawn is the variant " + context.design.short_names[variant] + ".";
    return figure;
}

} // namespace lamina::analysis
