/// The sparse random network of models/circuits/brunel_2000.hpp.
#pragma once

#include "sim/spikes/network_spec.hpp"

namespace lamina {

/// @param g      inhibition relative to excitation, at least 0
/// @param eta    rate of external spikes over the rate that reaches the threshold, at least 0
/// @param scale  share of neurons. Every neuron keeps its number of synapses, hence the mean and
///               variance of its input and the rates of the mean-field theory; but a smaller
///               network shares more of its inputs, so correlations grow
NetworkSpec brunel(double g, double eta, double scale, double dt_ms = 0.1);

/// Below this more than half of all pairs would be connected.
constexpr double brunel_smallest_scale = 0.2;

} // namespace lamina
