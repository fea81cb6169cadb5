/// The files that a circuit's tables name: spikes to replay, and synapses one by one.
#pragma once

#include <string>

#include "experiments/spec.hpp"

namespace lamina {

/// The neurons of a table, with the spikes of its file.
/// @param folder  where the file's name is found from
/// @throws SpecError "FILE:LINE: what; what to do"
NeuronPopulationSpec with_spikes(const PopulationTable&, const std::string& folder);

/// The projection of a table, with the synapses of its file.
/// @throws SpecError as above
ProjectionSpec with_synapses(const ProjectionTable&, const std::string& folder);

} // namespace lamina
