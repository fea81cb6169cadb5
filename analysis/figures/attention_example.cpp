/// The two attention matrices of one trial side by side, and their difference.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_heads = 3; // rows of matrices that fit a page

/// One matrix with the names of its rows and columns.
struct Matrix {
    std::vector<double> values;
    std::vector<std::string> rows, columns;
};

std::string shortened(const std::string& name, std::size_t most) {
    return name.size() <= most ? name : name.substr(0, most - 1) + "\u2026";
}

/// Names of the keys: the item a column holds, or the number of the column.
std::vector<std::string> key_names(const RunData& run, std::size_t condition) {
    const Column* item = run.find("example", "key_item");
    const Column* weights = run.find("example", "weights");
    const Column* stimuli = run.find("stimuli", "stimulus");
    std::vector<std::string> names;
    for (std::size_t k = 0; k < weights->length("key"); ++k) {
        const double i = item ? item->at({0, condition, k}) : -1;
        std::string name = std::to_string(k + 1);
        if (i >= 0)
            name += ": " + (stimuli && static_cast<std::size_t>(i) < stimuli->words.size()
                                ? shortened(stimuli->words[static_cast<std::size_t>(i)], 12)
                                : fmt::format("item {:.0f}", i));
        names.push_back(name);
    }
    return names;
}

/// Rows and columns that hold any weight at all.
struct Kept {
    std::vector<std::size_t> queries, keys;
};

/// @param held  item of each key of this condition, -1: none
Kept kept(const Column& weights, const Column& reference, std::size_t condition,
          const std::vector<double>& held) {
    const std::size_t n_heads = weights.length("head"), n_q = weights.length("query"),
                      n_k = weights.length("key");
    std::vector<bool> query(n_q), key(n_k);
    for (std::size_t h = 0; h < n_heads; ++h)
        for (std::size_t q = 0; q < n_q; ++q)
            for (std::size_t k = 0; k < n_k; ++k) {
                const double r = reference.at({0, condition, h, q, k});
                if (std::isnan(r) || r == 0) continue;
                query[q] = key[k] = true;
            }
    Kept found;
    const bool named = std::any_of(held.begin(), held.end(), [](double i) { return i >= 0; });
    for (std::size_t q = 0; q < n_q; ++q) {
        // an empty column asks nothing; where items are held, the last column reads out
        const bool asks = !named || q + 1 == n_q || (q < held.size() && held[q] >= 0);
        if (query[q] && asks) found.queries.push_back(q);
    }
    for (std::size_t k = 0; k < n_k; ++k)
        if (key[k]) found.keys.push_back(k);
    return found;
}

Panel attention_matrix_panel(const Matrix& matrix, const std::string& title, Ramp ramp, double low,
                             double high, const std::string& label, bool colour_bar) {
    Panel panel;
    panel.title = title;
    panel.x.categories = matrix.columns;
    panel.y.categories = matrix.rows;
    Heat heat;
    heat.rows = static_cast<int>(matrix.rows.size());
    heat.columns = static_cast<int>(matrix.columns.size());
    heat.values = matrix.values;
    heat.ramp = ramp;
    heat.low = low, heat.high = high;
    heat.label = label;
    heat.numbers = ramp == Ramp::sequential;
    heat.decimals = 2;
    heat.colour_bar = colour_bar;
    panel.heats.push_back(heat);
    return panel;
}

} // namespace

std::optional<ReportFigure> attention_example(const RunData& run, const FigureContext& context) {
    const Column* weights = run.find("example", "weights");
    const Column* reference = run.find("example", "reference");
    if (!weights || !reference || finite(weights->numbers).empty()) return std::nullopt;

    // the condition with most items: the hardest choice
    std::size_t condition = 0;
    for (std::size_t c = 0; c < weights->length("condition"); ++c)
        if (context.design.loads[c] > context.design.loads[condition]) condition = c;
    std::vector<double> held;
    if (const Column* item = run.find("example", "key_item"))
        for (std::size_t k = 0; k < weights->length("key"); ++k)
            held.push_back(item->at({0, condition, k}));
    const Kept keep = kept(*weights, *reference, condition, held);
    if (keep.keys.empty()) return std::nullopt;
    const std::vector<std::string> names = key_names(run, condition);
    const std::size_t n_heads = weights->length("head");
    const bool one_query = keep.queries.size() == 1;

    // one query: heads become the rows of a single matrix; several: one matrix per head
    std::vector<Matrix> column, block, difference;
    Csv csv({"head", "query", "key", "column", "softmax"});
    for (std::size_t h = 0; h < n_heads; ++h) {
        if (column.empty() || !one_query) {
            for (std::vector<Matrix>* list : {&column, &block, &difference}) {
                list->emplace_back();
                for (const std::size_t k : keep.keys) list->back().columns.push_back(names[k]);
            }
        }
        for (const std::size_t q : keep.queries) {
            for (std::vector<Matrix>* list : {&column, &block, &difference})
                list->back().rows.push_back(one_query ? fmt::format("head {}", h + 1)
                                                      : std::to_string(q + 1));
            for (const std::size_t k : keep.keys) {
                const double a = weights->at({0, condition, h, q, k});
                const double r = reference->at({0, condition, h, q, k});
                column.back().values.push_back(a);
                block.back().values.push_back(r);
                difference.back().values.push_back(a - r);
                csv << static_cast<double>(h + 1) << static_cast<double>(q + 1)
                    << static_cast<double>(k + 1) << a << r;
                csv.end_row();
            }
        }
    }
    double most = 0, off = 0;
    for (const auto* list : {&column, &block})
        for (const Matrix& matrix : *list)
            for (const double value : finite(matrix.values)) most = std::max(most, value);
    for (const Matrix& matrix : difference)
        for (const double value : finite(matrix.values)) off = std::max(off, std::fabs(value));

    ReportFigure figure;
    figure.file = "attention_example";
    figure.section = Section::attention;
    figure.title = "Attention of the column and its softmax";
    figure.drawing.columns = 3;
    figure.drawing.letters = false;
    const std::size_t shown = std::min(column.size(), most_heads);
    for (std::size_t m = 0; m < shown; ++m) {
        const std::string head = one_query ? "" : fmt::format(", head {}", m + 1);
        Panel left = attention_matrix_panel(column[m], "column" + head, Ramp::sequential, 0, most,
                                            "", false);
        Panel middle = attention_matrix_panel(block[m], "softmax" + head, Ramp::sequential, 0, most,
                                              "weight", true);
        Panel right = attention_matrix_panel(difference[m], "difference", Ramp::diverging,
                                             off > 0 ? -off : -1e-16, off > 0 ? off : 1e-16,
                                             "column \u2212 softmax", true);
        left.y.label = one_query ? "" : "query (column)";
        for (Panel* panel : {&left, &middle, &right}) {
            panel->square = !one_query;
            panel->height_px = std::max(90.0, 26.0 * static_cast<double>(column[m].rows.size()));
            if (m + 1 == shown) panel->x.label = "key (column: item)";
            if (panel != &left) panel->y.tick_labels = false;
        }
        const bool named = std::any_of(held.begin(), held.end(), [](double i) { return i >= 0; });
        if (m + 1 == shown && !named)
            left.x.label = middle.x.label = right.x.label = "key (column)";
        for (Panel* panel : {&left, &middle, &right}) figure.drawing.panels.push_back(*panel);
    }
    figure.csv = csv.text();
    const Column* trial = run.find("example", "trial");
    figure.caption = fmt::format(
        "Trial number {}{}, {} of its last presentation: weights a_ij of the column's "
        "{}, the "
        "softmax of the reference block fed the same input, and their difference (largest: {}). {}"
        "Columns that hold nothing are left out.{}{}",
        trial ? fmt::format("{:.0f}", trial->at({0, condition})) : std::string("shown"),
        context.design.loads[condition] > 0 ? " (" + context.design.conditions[condition] + ")"
                                            : "",
        of_neurons(run) ? "mean over the end" : "last step",
        by_fast_weights(run) ? "fast weights" : "gates", readable(off),
        one_query ? fmt::format("The query is that of column {}. ", keep.queries[0] + 1) : "",
        n_heads > shown && !one_query
            ? fmt::format(" Heads 1\u2013{} of {}; the CSV has all.", shown, n_heads)
            : "",
        context.design.variants.size() > 1 ? " Variant: " + context.design.short_names[0] + "."
                                           : "");
    return figure;
}

} // namespace lamina::analysis
