#include "sim/spikes/synapse_models.hpp"

#include "models/synapse_catalogue.hpp"

namespace lamina {
namespace {

template <class... Models>
void append(SynapseModelList<Models...>, SynapseKind kind, std::vector<SynapseModelEntry>& table) {
    (table.push_back(
         {Models::name, Models::summary, Models::source, kind, parameters_of<Models>()}),
     ...);
}

} // namespace

const std::vector<SynapseModelEntry>& synapse_models() {
    static const auto table = [] {
        std::vector<SynapseModelEntry> all = {
            {"static", "the weight is the weight", "", SynapseKind::fixed, {}}};
        append(EmissionModels{}, SynapseKind::emission, all);
        append(PlasticModels{}, SynapseKind::plastic, all);
        return all;
    }();
    return table;
}

const SynapseModelEntry& synapse_model(const std::string& name) {
    for (const SynapseModelEntry& entry : synapse_models())
        if (name == entry.name) return entry;
    throw SpecError("there is no synapse model `" + name + "`");
}

} // namespace lamina
