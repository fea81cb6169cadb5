/// Every spiking neuron that a spec can name, one line each.
#pragma once

#include "models/neurons/adex.hpp"
#include "models/neurons/escape_exp.hpp"
#include "models/neurons/izhikevich.hpp"
#include "models/neurons/lif_cond_exp.hpp"
#include "models/neurons/lif_delta.hpp"
#include "models/neurons/lif_exp.hpp"
#include "models/neurons/poisson.hpp"
#include "models/neurons/two_compartment_burst.hpp"

namespace lamina {

template <template <class> class... Models> struct NeuronModelList {};

/// circuit.populations.model
using NeuronModels = NeuronModelList< //
    LifExp,                           //
    LifDelta,                         //
    LifCondExp,                       //
    AdEx,                             //
    Izhikevich,                       //
    EscapeExp,                        //
    TwoCompartmentBurst,              //
    Poisson>;

} // namespace lamina
