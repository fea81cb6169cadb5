/// Retrieval by repeated attention: energy, likeness to the pattern that was cued, and how many
/// patterns share the weights, step by step.
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
namespace {

/// A variable [gain, draw, step] over draws.
std::vector<double> draws_at(const Column& column, std::size_t gain, std::size_t step) {
    std::vector<double> values;
    for (std::size_t draw = 0; draw < column.length("draw"); ++draw)
        values.push_back(column.at({gain, draw, step}));
    return values;
}

/// The energy of each draw above where it ends.
Column above_the_end(const Column& energy) {
    Column above = energy;
    const std::size_t n = energy.length("step");
    for (std::size_t i = 0; i < above.numbers.size(); ++i)
        above.numbers[i] -= energy.numbers[i - i % n + n - 1];
    return above;
}

} // namespace

std::optional<ReportFigure> hopfield_retrieval(const RunData& run, const FigureContext& context) {
    const Column* energy = run.find("hopfield", "energy");
    const Column* cosine = run.find("hopfield", "cosine");
    const Column* patterns = run.find("hopfield", "patterns");
    const std::vector<double>& gains = run.numbers("hopfield", "gain");
    const std::vector<double>& error = run.numbers("hopfield", "attention_error");
    if (!energy || !cosine || !patterns || gains.empty() || error.empty()) return std::nullopt;
    const Column above = above_the_end(*energy);
    const std::size_t n_steps = energy->length("step");

    struct Shown {
        const Column* column;
        const char *title, *label, *name;
    };
    const Shown shown[] = {
        {&above, "energy", "energy above its last", "energy_above_last"},
        {cosine, "the pattern that was cued", "cosine with the pattern", "cosine"},
        {patterns, "patterns in the weights", "effective number", "patterns"}};
    ReportFigure figure;
    Csv csv({"measure", "gain", "step", "mean", "low", "high"});
    for (const Shown& one : shown) {
        Panel panel;
        panel.title = one.title;
        panel.y.label = one.label;
        panel.x.label = "step";
        panel.legend = &one == shown;
        for (std::size_t g = 0; g < gains.size(); ++g) {
            Line line;
            line.label = fmt::format("gain {:g}", gains[g]);
            line.colour =
                gains.size() > 1 ? Colour::ordinal(int(g), int(gains.size())) : Colour::ink();
            line.marker = static_cast<Marker>(1 + g % 4);
            for (std::size_t step = 0; step < n_steps; ++step) {
                const Estimate e =
                    mean_with_interval(draws_at(*one.column, g, step), context.confidence);
                add_estimate(line, double(step), e);
                csv << one.name << gains[g] << double(step) << e.value << e.low << e.high;
                csv.end_row();
            }
            panel.lines.push_back(line);
        }
        figure.drawing.panels.push_back(panel);
    }
    figure.drawing.columns = 3;
    figure.drawing.shared_legend = true;
    figure.file = "hopfield_retrieval";
    figure.section = Section::mechanism;
    figure.title = "Attention whose result is the next query";
    figure.csv = csv.text();
    double largest = 0;
    for (const double one : error) largest = std::max(largest, one);
    figure.caption = fmt::format(
        "Gates and PV weigh stored patterns by their product with the state; what they route is "
        "the next state. Step 0 is a noisy cue; mean over {} with 95 % bootstrap interval. Energy "
        "of the modern Hopfield network above its value at the last step; cosine of the state with "
        "the pattern that was cued; exp of the entropy of the weights. Gain 1 is the scale of a "
        "transformer's scores. The first step differs from the transformer's attention by {} at "
        "most.",
        counted(energy->length("draw"), "draw"), readable(largest, 2));
    return figure;
}

} // namespace lamina::analysis
