/// How a circuit's activity and its bursts go with the factors of `vary:`; along one current, rates
/// are f-I curves.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/crossing.hpp"
#include "analysis/figures/spiking.hpp"

namespace lamina::analysis {
namespace {

struct SpikingMeasure {
    const char *variable, *title, *label;
    const char *low, *high; ///< variables with the ends of its interval, or nullptr
};
constexpr SpikingMeasure activity_measures[] = {
    {"rate_Hz", "rate", "rate (Hz)", "rate_low_Hz", "rate_high_Hz"},
    {"cv_isi", "irregularity", "CV of intervals", nullptr, nullptr},
    {"modulation", "what neurons share", "modulation", nullptr, nullptr}};
constexpr SpikingMeasure burst_measures[] = {
    {"event_rate_Hz", "events", "events (Hz)", nullptr, nullptr},
    {"burst_probability", "bursts", "bursts per event", nullptr, nullptr}};

constexpr std::size_t most_series = 8, most_rows = 4;

/// Values of a variable over variants, for one population.
std::vector<double> over_variants(const RunData& run, const char* variable, std::size_t population,
                                  std::size_t n_variants) {
    std::vector<double> out;
    for (std::size_t v = 0; v < n_variants; ++v) {
        const std::vector<double> all =
            variable ? numbers_in(run, "populations", variable, v) : std::vector<double>();
        out.push_back(all.empty() ? NAN : all[population]);
    }
    return out;
}

class FactorFigure {
  public:
    FactorFigure(const RunData& run, const FigureContext& context)
        : run_(run), context_(context), crossing_(cross(context.design)),
          names_(spiking_populations(run)),
          csv_({"variant", "population", "measure", "value", "low", "high"}) {}

    /// One panel per measure with a line per population; with series of another factor a row of
    /// panels per population, with a line per value of that factor.
    template <std::size_t N> ReportFigure draw(const SpikingMeasure (&measures)[N]) {
        ReportFigure figure;
        const bool by_population = crossing_.series.size() > 1;
        // rates alone where rows would fill pages
        const bool rates_alone = by_population && N > 2 && names_.size() > most_rows;
        for (std::size_t row = 0; row < (by_population ? names_.size() : 1); ++row)
            for (const SpikingMeasure& measure : measures) {
                if (rates_alone && &measure != &measures[0]) continue;
                Panel panel;
                panel.title = by_population ? names_[row] + ", " + measure.title : measure.title;
                panel.x.label = axis_label(*crossing_.across);
                if (!crossing_.numeric()) panel.x.categories = crossing_.across->levels;
                panel.y.label = measure.label;
                panel.y.low = 0;
                panel.height_px = 170;
                add_lines(panel, measure, by_population, row);
                figure.drawing.panels.push_back(panel);
            }
        figure.drawing.columns = int(N);
        figure.drawing.shared_legend = true;
        figure.section = Section::variants;
        figure.csv = csv_.text();
        return figure;
    }

    std::string lines_words() const {
        return crossing_.series.size() > 1 ? "One row per population, one line per value of " +
                                                 crossing_.others.front()->name + "."
                                           : "One line per population.";
    }

  private:
    void add_lines(Panel& panel, const SpikingMeasure& measure, bool by_population,
                   std::size_t row) {
        const std::size_t n_lines =
            by_population ? std::min(most_series, crossing_.series.size()) : names_.size();
        for (std::size_t k = 0; k < n_lines; ++k) {
            const std::size_t population = by_population ? row : k, series = by_population ? k : 0;
            Line line;
            if (by_population) {
                line.label = crossing_.series[series];
                line.colour = crossing_.others.size() == 1 && crossing_.others[0]->numeric
                                  ? Colour::ordinal(int(k), int(crossing_.series.size()))
                                  : Colour::category(int(k));
            } else {
                dress(line, names_, population);
            }
            line.marker = static_cast<Marker>(1 + k % 4);
            line.width_px = crossing_.numeric() ? 1.4 : 0; // words have no order
            add_points(line, measure, population, series, double(k), double(n_lines));
            panel.lines.push_back(line);
        }
    }

    void add_points(Line& line, const SpikingMeasure& measure, std::size_t population,
                    std::size_t series, double rank, double n) {
        const std::size_t n_variants = context_.design.variants.size();
        const auto value = over_variants(run_, measure.variable, population, n_variants),
                   low = over_variants(run_, measure.low, population, n_variants),
                   high = over_variants(run_, measure.high, population, n_variants);
        for (const auto& [x, v] : crossing_.along(series, rank, n)) {
            line.x.push_back(x);
            line.y.push_back(value[v]);
            line.low.push_back(low[v]);
            line.high.push_back(high[v]);
            csv_ << context_.design.variants[v] << names_[population] << measure.variable
                 << value[v] << low[v] << high[v];
            csv_.end_row();
        }
    }

    const RunData& run_;
    const FigureContext& context_;
    const Crossing crossing_;
    const std::vector<std::string> names_;
    Csv csv_;
};

} // namespace

std::optional<ReportFigure> spiking_factors(const RunData& run, const FigureContext& context) {
    if (context.design.factors.empty() || spiking_populations(run).empty()) return std::nullopt;
    FactorFigure drawer(run, context);
    ReportFigure figure = drawer.draw(activity_measures);
    figure.file = "spiking_factors";
    figure.title = "Rates by variant";
    figure.caption =
        "Mean rate with 95 % bootstrap intervals over twentieths of the recording, mean CV of "
        "intervals, and the coefficient of variation of the rate that neurons share "
        "(modulation). " +
        drawer.lines_words();
    return figure;
}

std::optional<ReportFigure> bursts_by_factor(const RunData& run, const FigureContext& context) {
    if (context.design.factors.empty()) return std::nullopt;
    const auto& probability = run.numbers("populations", "burst_probability");
    // where nothing bursts there is nothing to see
    constexpr double some = 0.02;
    if (std::none_of(probability.begin(), probability.end(), [](double p) { return p > some; }))
        return std::nullopt;
    FactorFigure drawer(run, context);
    ReportFigure figure = drawer.draw(burst_measures);
    figure.file = "bursts_by_factor";
    figure.title = "Events and bursts";
    figure.caption = fmt::format(
        "An event is a spike behind a silence longer than {:g} ms, a burst an event with a second "
        "spike within that time. {}",
        number_member(run, "spec.task.burst_interval", 16), drawer.lines_words());
    return figure;
}

} // namespace lamina::analysis
