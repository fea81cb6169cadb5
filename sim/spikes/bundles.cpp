#include "sim/spikes/bundles.hpp"

#include <algorithm>

#include "sim/errors.hpp"

namespace lamina {

Bundles::Bundles(const NetworkSpec& network, const std::vector<PopulationPlace>& places,
                 std::uint32_t n_neurons) {
    of_projection.assign(network.projections.size(), -1);
    const auto index_of = [&](const std::string& name) {
        for (std::size_t g = 0; g < network.populations.size(); ++g)
            if (network.populations[g].name == name) return int(g);
        throw SpecError("a projection names a population `" + name + "` that does not exist");
    };
    n_rows = n_neurons;
    for (const SynapseKind kind : {SynapseKind::emission, SynapseKind::plastic}) {
        if (kind == SynapseKind::plastic) first_plastic_row = n_rows;
        for (std::size_t k = 0; k < network.projections.size(); ++k) {
            const ProjectionSpec& p = network.projections[k];
            if (synapse_model(p.synapse.model).kind != kind) continue;
            const int from = index_of(p.from);
            const auto alike = [&](const Bundle& b) {
                return kind == SynapseKind::emission && b.population == from &&
                       b.synapse.model == p.synapse.model &&
                       b.synapse.parameters == p.synapse.parameters;
            };
            const auto found = std::find_if(list.begin(), list.end(), alike);
            of_projection[k] = int(found - list.begin());
            if (found != list.end()) continue;
            list.push_back(
                {from, p.synapse, kind, n_rows, kind == SynapseKind::plastic ? int(k) : -1});
            n_rows += places[from].n;
        }
    }
}

} // namespace lamina
