/// Which measure tells the levels of a factor of words apart, pair by pair: where two theories
/// differ most, from each other and against the block.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_levels = 12;
/// Of numbers near 1; less is left over from settling.
constexpr double least_difference = 1e-6;

struct Observable {
    const char *variable, *meaning, *symbol;
};
constexpr Observable observables[] = {
    {"attention_kl_bits", "divergence of the weights from softmax", "KL"},
    {"attention_top1_agreement", "rows whose largest weight is that of softmax", "top"},
    {"attention_sum_error", "largest |\u03a3a \u2212 1|", "\u03a3a"},
    {"output_relative_error", "relative error of the output", "error"},
    {"output_cosine", "cosine of the output with the block's", "cos"},
    {"settle_time_ms", "time until the weights are softmax", "time"}};

/// One observable over the presentations of every variant.
struct Sample {
    double mean = NAN, variance = NAN;
};
Sample sample_of(const std::vector<double>& values) {
    const std::vector<double> known = finite(values);
    if (known.size() < 2) return {};
    const double sd = standard_deviation(known);
    return {mean(known), sd * sd};
}

/// What tells two levels apart best; no symbol: nothing does.
struct Separator {
    double d = 0;
    const Observable* observable = nullptr;
    double mean_a = NAN, mean_b = NAN;
};

class Presentations {
  public:
    Presentations(const RunData& run, const Design& design, const Factor& factor)
        : run_(run), n_variants_(design.variants.size()), factor_(factor) {
        for (const Observable& one : observables) samples_.push_back(samples_of(one.variable));
    }

    /// d of two levels: over the settings of all other factors, the root mean square of the
    /// difference over the root of the mean variance within variants.
    Separator between(std::size_t a, std::size_t b) const {
        Separator best;
        for (std::size_t o = 0; o < samples_.size(); ++o) {
            const std::vector<Sample> of_a = with(samples_[o], a), of_b = with(samples_[o], b);
            if (of_a.empty() || of_a.size() != of_b.size()) continue;
            double square = 0, variance = 0, mean_a = 0, mean_b = 0;
            const double n = double(of_a.size());
            for (std::size_t k = 0; k < of_a.size(); ++k) {
                const Sample &one = of_a[k], &other = of_b[k];
                square += (one.mean - other.mean) * (one.mean - other.mean) / n;
                variance += (one.variance + other.variance) / (2 * n);
                mean_a += one.mean / n, mean_b += other.mean / n;
            }
            const double scale = std::max({1.0, std::fabs(mean_a), std::fabs(mean_b)});
            if (!(std::sqrt(square) > least_difference * scale)) continue;
            const double d = std::sqrt(square / variance);
            if (d > best.d) best = {d, &observables[o], mean_a, mean_b};
        }
        return best;
    }

  private:
    std::vector<Sample> samples_of(const char* variable) const {
        const std::vector<double>& values = run_.numbers("comparison", variable);
        const std::vector<double>& variant = run_.numbers("comparison", "variant");
        std::vector<std::vector<double>> in(n_variants_);
        for (std::size_t i = 0; i < values.size(); ++i)
            in[static_cast<std::size_t>(variant[i])].push_back(values[i]);
        std::vector<Sample> samples;
        for (const std::vector<double>& one : in) samples.push_back(sample_of(one));
        return samples;
    }
    /// Of the variants of a level, in their order: other factors are crossed with it, so that two
    /// levels meet with the same values of them. Empty when one is not known.
    std::vector<Sample> with(const std::vector<Sample>& samples, std::size_t level) const {
        std::vector<Sample> of_level;
        for (std::size_t v = 0; v < samples.size(); ++v)
            if (factor_.level_of(v) == level) {
                if (std::isnan(samples[v].variance)) return {};
                of_level.push_back(samples[v]);
            }
        return of_level;
    }

    const RunData& run_;
    std::size_t n_variants_;
    const Factor& factor_;
    std::vector<std::vector<Sample>> samples_; ///< [observable][variant]
};

const Factor* factor_of_words(const Design& design) {
    for (const Factor& factor : design.factors)
        if (!factor.numeric && factor.levels.size() > 2 && factor.levels.size() <= most_levels)
            return &factor;
    return nullptr;
}

std::string words_of_d(double d) { return d >= 100 ? ">99" : readable(d, 2); }

} // namespace

std::optional<ReportFigure> separation(const RunData& run, const FigureContext& context) {
    const Factor* factor = factor_of_words(context.design);
    const std::size_t n_presentations = run.numbers("comparison", "variant").size();
    // one presentation of each has no spread to measure a difference by
    if (!factor || n_presentations < 2 * context.design.variants.size() ||
        finite(run.numbers("comparison", "output_relative_error")).empty())
        return std::nullopt;
    const Presentations presentations(run, context.design, *factor);
    const std::size_t n = factor->levels.size();

    Panel panel;
    panel.height_px = 44 * static_cast<double>(n);
    panel.x.categories = panel.y.categories = factor->levels;
    Heat heat;
    heat.rows = heat.columns = static_cast<int>(n);
    heat.values.assign(n * n, NAN);
    heat.log = true, heat.low = 0.1, heat.high = 100;
    heat.label = "largest effect size d";
    Csv csv({factor->name + "_a", factor->name + "_b", "observable", "d", "mean_a", "mean_b"});
    std::size_t alike = 0;
    std::vector<const Observable*> named;
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a + 1; b < n; ++b) {
            const Separator best = presentations.between(a, b);
            csv << factor->levels[a] << factor->levels[b]
                << (best.observable ? best.observable->variable : "") << best.d << best.mean_a
                << best.mean_b;
            csv.end_row();
            alike += best.observable == nullptr;
            if (best.observable && !std::count(named.begin(), named.end(), best.observable))
                named.push_back(best.observable);
            // symbols below the diagonal, colours above it
            heat.values[a * n + b] = best.observable ? best.d : NAN;
            panel.notes.push_back(
                {static_cast<double>(a), static_cast<double>(b),
                 best.observable ? best.observable->symbol + std::string(" ") + words_of_d(best.d)
                                 : std::string("\u2013"),
                 "middle", 0, 4});
        }
    panel.heats.push_back(heat);

    ReportFigure figure;
    figure.file = "separation";
    figure.section = Section::variants;
    figure.title = fmt::format("What tells each {} from each other", factor->name);
    figure.drawing.panels.push_back(panel);
    figure.csv = csv.text();
    std::string symbols;
    std::sort(named.begin(), named.end());
    for (const Observable* one : named)
        symbols += fmt::format("{}{}: {}", symbols.empty() ? "" : "; ", one->symbol, one->meaning);
    if (!symbols.empty()) symbols += ".";
    figure.caption = fmt::format(
        "Below the diagonal the observable in which two of them differ most, and by how many "
        "standard deviations within a variant (Cohen's d, {} presentations each, the largest of "
        "six "
        "measures); above it the same d as a colour. {}{}",
        n_presentations / n, symbols,
        alike == 0 ? ""
                   : fmt::format(" Of {}, no observable differs by more than a millionth (\u2013).",
                                 counted(alike, "pair")));
    return figure;
}

} // namespace lamina::analysis
