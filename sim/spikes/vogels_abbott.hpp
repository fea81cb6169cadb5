/// The self-sustained network of models/circuits/vogels_abbott_2005.hpp.
#pragma once

#include "sim/spikes/network_spec.hpp"

namespace lamina {

/// @param scale  share of neurons; they keep their mean number of synapses
NetworkSpec vogels_abbott(double scale, double dt_ms = 0.1);

/// Below this more than a fifth of all pairs would be connected.
constexpr double vogels_abbott_smallest_scale = 0.1;

} // namespace lamina
