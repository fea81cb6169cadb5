#include "experiments/circuits/learnt_weights.hpp"

#include <algorithm>

#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/plastic_rows.hpp"
#include "sim/spikes/synapse_models.hpp"

namespace lamina {
namespace {

bool learns(const ProjectionSpec& p) {
    return synapse_model(p.synapse.model).kind == SynapseKind::plastic;
}

/// The unit of weights at the projection's target.
std::string unit_of(const NetworkSpec& network, const ProjectionSpec& p) {
    const auto to = std::find_if(network.populations.begin(), network.populations.end(),
                                 [&](const auto& population) { return population.name == p.to; });
    for (const NeuronModelEntry& model : neuron_models())
        for (std::size_t c = 0; to->model == model.name && c < model.channels.size(); ++c)
            if (p.channel.empty() || p.channel == model.channels[c]) return model.channel_units[c];
    return "";
}

} // namespace

std::vector<LearntProjection> learning_projections(const NetworkSpec& network) {
    std::vector<LearntProjection> all;
    for (const ProjectionSpec& p : network.projections)
        if (learns(p))
            all.push_back({p.name.empty() ? p.from + "_to_" + p.to : p.name,
                           p.from,
                           p.to,
                           unit_of(network, p),
                           largest_learnt_weight(p),
                           {}});
    return all;
}

std::vector<LearntProjection> learnt_weights(const NetworkSpec& network,
                                             const SpikingNetwork& built) {
    std::vector<LearntProjection> all = learning_projections(network);
    auto next = all.begin();
    for (std::size_t k = 0; k < network.projections.size(); ++k)
        if (learns(network.projections[k])) (next++)->weights = built.learnt_weights(k);
    return all;
}

} // namespace lamina
