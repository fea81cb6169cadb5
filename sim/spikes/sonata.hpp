/// Spikes as a SONATA file: /spikes/<population>/{timestamps, node_ids}, by time and then by
/// neuron.
///
/// Layout: Dai et al. (2020), doi:10.1371/journal.pcbi.1007696, and the developer guide of
/// AllenInstitute/sonata. Times in ms at the end of the step in which the neuron crossed; node_ids
/// count from 0 within the population.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run_file/image.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {

/// The attributes of such a file.
void begin_sonata(Image&);

/// One population of it, with or without spikes. @return its group
std::string add_sonata_population(Image&, const std::string& name,
                                  const std::vector<double>& time_ms,
                                  const std::vector<std::uint64_t>& node_ids);

/// A whole file of a network's spikes.
/// @param first   [populations + 1] first neuron of each population in the network's numbers
/// @param spikes  by step and then by neuron; step k ends at (k + 1) dt
/// @param written populations that the file has, with or without spikes; the rest is left out
void add_sonata_spikes(Image&, const std::vector<std::string>& populations,
                       const std::vector<std::uint32_t>& first, const std::vector<Spike>& spikes,
                       double dt_ms, const std::vector<std::string>& written);

} // namespace lamina
