/// The weights that projections with a plastic synapse model have learnt, at the end of a run.
#pragma once

#include <string>
#include <vector>

#include "sim/spikes/network.hpp"

namespace lamina {

struct LearntProjection {
    std::string name, from, to, unit;
    double w_max = 0;
    std::vector<LearntWeight> weights; ///< by source, delay and target
};

/// One per projection that learns, in the order of the network, without weights.
std::vector<LearntProjection> learning_projections(const NetworkSpec&);

/// The same with their weights.
std::vector<LearntProjection> learnt_weights(const NetworkSpec&, const SpikingNetwork&);

} // namespace lamina
