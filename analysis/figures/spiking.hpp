/// What the figures of a spiking circuit share.
#pragma once

#include <string>
#include <vector>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

/// Populations that are called so are drawn as inhibitory: names that end with I, and interneurons.
bool is_inhibitory(const std::string& population);

/// Names of /populations, empty when the run has none.
std::vector<std::string> spiking_populations(const RunData& run);

/// The numbers of a variable in one variant; of a run that varies nothing all of them.
std::vector<double> numbers_in(const RunData& run, const std::string& group,
                               const std::string& variable, std::size_t variant);

/// Spikes or neurons of one variant: which rows of a group belong to it.
std::vector<std::size_t> rows_in(const RunData& run, const std::string& group, std::size_t variant);

/// Variants that have a panel of their own: all, or `most` of them evenly.
std::vector<std::size_t> shown_variants(const FigureContext&, std::size_t most);
/// " 6 of 11 variants are shown." when some are left out.
std::string left_out_words(const FigureContext&, std::size_t shown);

/// Colour of a variant among others: a ramp along one numeric factor, else categories.
Colour colour_of_variant(const Design&, std::size_t variant);

/// E solid and I dashed, colours by layer.
void dress(Line& line, const std::vector<std::string>& names, std::size_t population);

/// task.windows as shaded, named stretches.
std::vector<Span> window_spans(const RunData& run);

} // namespace lamina::analysis
