/// What the figures of a spiking circuit share.
#pragma once

#include <string>
#include <vector>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

/// Populations whose names end with I are drawn as inhibitory.
inline bool is_inhibitory(const std::string& population) {
    return !population.empty() && population.back() == 'I';
}
inline Colour colour_of_population(const std::string& population) {
    return is_inhibitory(population) ? Colour::category(1) : Colour::category(0);
}
inline const char* kind_of_population(const std::string& population) {
    return is_inhibitory(population) ? "inhibitory" : "excitatory";
}

/// Names of /populations, empty when the run has none.
inline std::vector<std::string> spiking_populations(const RunData& run) {
    const Column* names = run.find("populations", "population");
    return names ? names->words : std::vector<std::string>();
}

} // namespace lamina::analysis
