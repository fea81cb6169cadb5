/// Every spiking neuron that a spec can name, one line each.
#pragma once

#include "models/neurons/lif_exp.hpp"

namespace lamina {

template <template <class> class... Models> struct NeuronModelList {};

/// circuit.populations.model
using NeuronModels = NeuronModelList< //
    LifExp>;

} // namespace lamina
