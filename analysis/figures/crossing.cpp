#include "analysis/figures/crossing.hpp"

#include <algorithm>

namespace lamina::analysis {

Crossing cross(const Design& design) {
    Crossing crossing;
    for (const Factor& factor : design.factors) {
        const auto rank = [](const Factor& f) {
            return std::make_pair(f.numeric && f.levels.size() > 2, f.levels.size());
        };
        if (!crossing.across || rank(factor) > rank(*crossing.across)) crossing.across = &factor;
    }
    std::size_t n_series = 1;
    for (const Factor& factor : design.factors)
        if (&factor != crossing.across) {
            crossing.others.push_back(&factor);
            n_series *= factor.levels.size();
        }
    crossing.series.resize(n_series);
    for (std::size_t v = 0; v < design.variants.size(); ++v) {
        std::size_t series = 0;
        std::string label;
        for (const Factor* factor : crossing.others) {
            series = series * factor->levels.size() + factor->level_of(v);
            if (!label.empty()) label += ", ";
            label += words_of(*factor, v);
        }
        crossing.series[series] = label;
        crossing.series_of.push_back(series);
        crossing.level_of.push_back(crossing.across->level_of(v));
    }
    return crossing;
}

std::vector<std::pair<double, std::size_t>> Crossing::along(std::size_t s, double rank,
                                                            double n) const {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t v = 0; v < series_of.size(); ++v)
        if (series_of[v] == s)
            order.emplace_back(numeric() ? across->numbers[v]
                                         : static_cast<double>(level_of[v]) +
                                               0.5 * (rank + 0.5) / n - 0.25,
                               v);
    std::sort(order.begin(), order.end());
    return order;
}

std::string axis_label(const Factor& factor) {
    const bool unit = factor.units != "1" && !factor.units.empty();
    return unit ? factor.name + " (" + factor.units + ")" : factor.name;
}

} // namespace lamina::analysis
