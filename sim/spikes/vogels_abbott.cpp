#include "sim/spikes/vogels_abbott.hpp"

#include <cmath>

#include "models/circuits/vogels_abbott_2005.hpp"

namespace lamina {

namespace {

NeuronPopulationSpec vogels_abbott_population(const char* name, double n) {
    NeuronPopulationSpec p;
    p.name = name, p.model = "lif_cond_exp";
    p.n = static_cast<std::uint32_t>(std::lround(n));
    p.start["V"] = {LawKind::normal_clipped, vogels_abbott_2005::V_start_mean_mV,
                    vogels_abbott_2005::V_start_sd_mV};
    p.start["g_exc"] = {LawKind::normal_clipped, vogels_abbott_2005::excitatory_start_mean_nS,
                        vogels_abbott_2005::excitatory_start_sd_nS, 0};
    p.start["g_inh"] = {LawKind::normal_clipped, vogels_abbott_2005::inhibitory_start_mean_nS,
                        vogels_abbott_2005::inhibitory_start_sd_nS, 0};
    return p;
}

ProjectionSpec vogels_abbott_projection(const char* from, const char* to, double probability,
                                        double weight_nS, const char* channel, double delay_ms) {
    ProjectionSpec p;
    p.from = from, p.to = to, p.rule = "pairwise_bernoulli";
    p.parameters["probability"] = probability;
    p.weight = {LawKind::constant, weight_nS};
    p.delay_ms = {LawKind::constant, delay_ms};
    p.channel = channel;
    return p;
}

} // namespace

NetworkSpec vogels_abbott(double scale, double dt_ms) {
    const double probability = vogels_abbott_2005::connection_probability / scale;
    NetworkSpec network;
    network.dt_ms = dt_ms;
    network.populations = {vogels_abbott_population("E", scale * vogels_abbott_2005::n_excitatory),
                           vogels_abbott_population("I", scale * vogels_abbott_2005::n_inhibitory)};
    for (const char* to : {"E", "I"}) {
        network.projections.push_back(
            vogels_abbott_projection("E", to, probability, vogels_abbott_2005::excitatory_nS,
                                     "excitatory", vogels_abbott_2005::delay_ms));
        network.projections.push_back(
            vogels_abbott_projection("I", to, probability, vogels_abbott_2005::inhibitory_nS,
                                     "inhibitory", vogels_abbott_2005::delay_ms));
    }
    return network;
}

} // namespace lamina
