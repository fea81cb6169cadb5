/// The microcircuit of models/circuits/potjans_diesmann_2014.hpp as a network.
#pragma once

#include "sim/spikes/network_spec.hpp"

namespace lamina {

enum class MicrocircuitDrive { dc, poisson };

/// @param scale  0 < scale <= 1, of neurons and of in-degrees. Below 1 weights grow by
///               1 / sqrt(scale), and a constant current makes up for the mean input that is
///               missing (van Albada et al. 2015, doi:10.1371/journal.pcbi.1004490): rates stay,
///               correlations do not
NetworkSpec microcircuit(double scale, MicrocircuitDrive drive, double dt_ms = 0.1);

/// A pulse through thalamic Poisson neurons onto layers 4 and 6.
void add_thalamus(NetworkSpec&, double scale, double rate_Hz, double start_ms, double duration_ms);

} // namespace lamina
