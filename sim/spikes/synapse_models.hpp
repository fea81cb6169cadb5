/// The synapse models that a spec can name.
#pragma once

#include <string>
#include <vector>

#include "sim/spikes/model_parameters.hpp"

namespace lamina {

/// fixed: the weight is the weight. emission: it is scaled by a state of the source, taken when it
/// spikes. plastic: every synapse has a weight of its own, which learns.
enum class SynapseKind { fixed, emission, plastic };

/// One line of models/synapse_catalogue.hpp; `static` is the first.
struct SynapseModelEntry {
    const char *name, *summary, *source;
    SynapseKind kind;
    std::vector<ModelParameter> parameters; ///< unit "weight": that of the projection's weight
};
const std::vector<SynapseModelEntry>& synapse_models();

/// @throws SpecError when there is none of this name
const SynapseModelEntry& synapse_model(const std::string& name);

} // namespace lamina
