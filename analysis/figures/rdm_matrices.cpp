/// Representational dissimilarity matrices of people and of the column, side by side.
#include <algorithm>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"
#include "analysis/figures/representations.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_matrices = 6;

/// Ranks scaled to 0..1, ties sharing theirs.
std::vector<double> percentiles(const Rdm& rdm) {
    std::vector<double> ranks = average_ranks(rdm);
    for (double& rank : ranks) rank = (rank - 1) / static_cast<double>(ranks.size() - 1);
    return ranks;
}

/// Lines between categories, over the whole matrix.
void separate(Panel& panel, const std::vector<CategoryBlock>& blocks, double n) {
    for (std::size_t b = 1; b < blocks.size(); ++b) {
        const double at = static_cast<double>(blocks[b].first) - 0.5;
        for (const bool across : {true, false}) {
            Line line;
            line.colour = Colour::ink();
            line.width_px = 0.6;
            line.x = across ? std::vector<double>{-0.5, n - 0.5} : std::vector<double>{at, at};
            line.y = across ? std::vector<double>{at, at} : std::vector<double>{-0.5, n - 0.5};
            panel.lines.push_back(line);
        }
    }
}

Panel rdm_panel(const ShownRdm& shown, const RunData& run) {
    const std::size_t n = n_stimuli_of(shown.values.size());
    Panel panel;
    panel.title = shown.title;
    panel.square = true;
    Heat heat;
    heat.rows = heat.columns = static_cast<int>(n);
    heat.values.assign(n * n, NAN);
    heat.colour_bar = false;
    const std::vector<double> percentile = percentiles(shown.values);
    for (std::size_t i = 0, pair = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j, ++pair)
            heat.values[i * n + j] = heat.values[j * n + i] = percentile[pair];
    panel.heats.push_back(heat);

    const std::vector<CategoryBlock> blocks = category_blocks(run);
    panel.x.tick_labels = panel.y.tick_labels = false;
    for (const CategoryBlock& block : blocks) {
        const double middle = 0.5 * static_cast<double>(block.first + block.end) - 0.5;
        panel.y.marks.emplace_back(middle, block.name);
        panel.x.marks.emplace_back(middle, block.name);
    }
    const Column* names = run.find("representations", "stimulus");
    if (blocks.empty() && names) panel.y.categories = panel.x.categories = names->words;
    separate(panel, blocks, static_cast<double>(n));
    return panel;
}

} // namespace

std::optional<ReportFigure> rdm_matrices(const RunData& run, const FigureContext&) {
    std::vector<ShownRdm> shown = shown_rdms(run);
    if (shown.empty()) return std::nullopt;
    if (shown.size() > most_matrices) shown.resize(most_matrices);
    ReportFigure figure;
    const std::size_t n_columns = shown.size() % 3 == 0 ? 3 : 2;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        Panel panel = rdm_panel(shown[i], run);
        // names at the left edge of the page, the scale at its right edge
        panel.y.tick_labels = i % n_columns == 0;
        panel.heats[0].colour_bar = i % n_columns + 1 == n_columns || i + 1 == shown.size();
        panel.heats[0].label = "percentile of dissimilarity";
        figure.drawing.panels.push_back(panel);
    }
    figure.file = "rdm_matrices";
    figure.section = Section::representations;
    figure.title = "How different two stimuli are, to people and to the column";
    figure.drawing.columns = static_cast<int>(n_columns);

    std::vector<std::string> header = {"stimulus_a", "stimulus_b"};
    for (const ShownRdm& one : shown) header.push_back(one.name);
    Csv csv(header);
    const std::size_t n = n_stimuli_of(shown.front().values.size());
    for (std::size_t i = 0, pair = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j, ++pair) {
            csv << static_cast<double>(i) << static_cast<double>(j);
            for (const ShownRdm& one : shown) csv << one.values[pair];
            csv.end_row();
        }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Dissimilarity of every pair of {} stimuli as its percentile within each matrix ({} "
        "pairs): "
        "dark pairs are alike. Confusion: less evidence for a match, the mean of both orders, when "
        "one of the two is held alone and the other probes. Attention: less weight on the one when "
        "all are held and the other probes. Routed content and thalamic input: squared distance. "
        "All of it without sampling; the block fed the same gives evidence within {} and weights "
        "within {} of the column's.",
        n, n_pairs(n), readable(run.numbers("representations", "evidence_difference").front(), 2),
        readable(run.numbers("representations", "attention_difference").front(), 2));
    return figure;
}

} // namespace lamina::analysis
