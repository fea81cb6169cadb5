/// What synapses can do other than stay as they are; every model that a spec can name, one line
/// each.
#pragma once

#include "models/synapses/extended_tsodyks_markram.hpp"
#include "models/synapses/stdp_pair.hpp"
#include "models/synapses/tsodyks_markram.hpp"

namespace lamina {

template <class... Models> struct SynapseModelList {};

/// Weights scaled by a state of the source, taken when it spikes.
using EmissionModels = SynapseModelList< //
    TsodyksMarkram,                      //
    ExtendedTsodyksMarkram>;

/// Weights of their own that learn.
using PlasticModels = SynapseModelList< //
    StdpPair>;

} // namespace lamina
