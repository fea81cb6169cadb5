#include "analysis/figures/spiking.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace lamina::analysis {
namespace {

/// The name without what tells E from I: "L4" of "L4E" and "L4I".
std::string layer_part(const std::string& name) {
    const bool marked = !name.empty() && (name.back() == 'E' || name.back() == 'I');
    return marked ? name.substr(0, name.size() - 1) : name;
}

} // namespace

bool is_inhibitory(const std::string& population) {
    if (!population.empty() && population.back() == 'I') return true;
    for (const char* interneuron : {"PV", "SST", "SOM", "VIP"})
        if (population.rfind(interneuron, 0) == 0) return true;
    return false;
}

std::vector<std::string> spiking_populations(const RunData& run) {
    const Column* names = run.find("populations", "population");
    return names ? names->words : std::vector<std::string>();
}

std::vector<double> numbers_in(const RunData& run, const std::string& group,
                               const std::string& variable, std::size_t variant) {
    const Column* column = run.find(group, variable);
    if (!column) return {};
    if (column->dims.empty() || column->dims[0] != "variant") return column->numbers;
    const std::size_t n = column->numbers.size() / column->shape[0];
    const auto first = column->numbers.begin() + std::ptrdiff_t(variant * n);
    return {first, first + std::ptrdiff_t(n)};
}

std::vector<std::size_t> rows_in(const RunData& run, const std::string& group,
                                 std::size_t variant) {
    const std::vector<double>& population = run.numbers(group, "population");
    const std::vector<double>& of = run.numbers(group, "variant");
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < population.size(); ++i)
        if (of.empty() || std::size_t(of[i]) == variant) rows.push_back(i);
    return rows;
}

std::vector<std::size_t> shown_variants(const FigureContext& context, std::size_t most) {
    const std::size_t n = context.design.variants.size(), shown = std::min(n, most);
    std::vector<std::size_t> variants;
    for (std::size_t i = 0; i < shown; ++i)
        variants.push_back(shown == 1 ? 0 : i * (n - 1) / (shown - 1));
    return variants;
}

std::string left_out_words(const FigureContext& context, std::size_t shown) {
    const std::size_t n = context.design.variants.size();
    return shown < n ? fmt::format(" {} of {} variants are shown.", shown, n) : "";
}

Colour colour_of_variant(const Design& design, std::size_t variant) {
    if (design.variants.size() == 1) return Colour::category(0);
    if (design.factors.size() != 1 || !design.factors[0].numeric)
        return Colour::category(int(variant % 8));
    const Factor& factor = design.factors[0];
    return Colour::ordinal(int(factor.level_of(variant)), int(factor.levels.size()));
}

void dress(Line& line, const std::vector<std::string>& names, std::size_t population) {
    std::vector<std::string> layers;
    for (const std::string& name : names)
        if (std::find(layers.begin(), layers.end(), layer_part(name)) == layers.end())
            layers.push_back(layer_part(name));
    const auto place =
        std::find(layers.begin(), layers.end(), layer_part(names[population])) - layers.begin();
    line.colour = Colour::category(int(place) % 8);
    line.dashed = is_inhibitory(names[population]);
    line.label = names[population];
    line.width_px = 1.4;
}

std::vector<Span> window_spans(const RunData& run) {
    const Column* names = run.find("windows", "window");
    if (!names) return {};
    const auto& from = run.numbers("windows", "from_ms");
    const auto& to = run.numbers("windows", "to_ms");
    std::vector<Span> spans;
    for (std::size_t w = 0; w < names->words.size(); ++w) {
        // of two that meet, the second is darker
        const bool meets = w > 0 && spans.back().shade == 1 && from[w] <= to[w - 1];
        spans.push_back({from[w], to[w], names->words[w], meets ? 2 : 1});
    }
    return spans;
}

} // namespace lamina::analysis
