#include "sim/spikes/vogels_abbott.hpp"

#include <cmath>

#include "models/circuits/vogels_abbott_2005.hpp"

namespace lamina {

namespace paper = vogels_abbott_2005;

namespace {

NeuronPopulationSpec population(const char* name, double n) {
    NeuronPopulationSpec p;
    p.name = name, p.model = "lif_cond_exp";
    p.n = static_cast<std::uint32_t>(std::lround(n));
    p.start["V"] = {LawKind::normal_clipped, paper::V_start_mean_mV, paper::V_start_sd_mV};
    p.start["g_exc"] = {LawKind::normal_clipped, paper::excitatory_start_mean_nS,
                        paper::excitatory_start_sd_nS, 0};
    p.start["g_inh"] = {LawKind::normal_clipped, paper::inhibitory_start_mean_nS,
                        paper::inhibitory_start_sd_nS, 0};
    return p;
}

ProjectionSpec projection(const char* from, const char* to, double probability, double weight_nS,
                          const char* channel, double delay_ms) {
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
    const double probability = paper::connection_probability / scale;
    NetworkSpec network;
    network.dt_ms = dt_ms;
    network.populations = {population("E", scale * paper::n_excitatory),
                           population("I", scale * paper::n_inhibitory)};
    for (const char* to : {"E", "I"}) {
        network.projections.push_back(
            projection("E", to, probability, paper::excitatory_nS, "excitatory", paper::delay_ms));
        network.projections.push_back(
            projection("I", to, probability, paper::inhibitory_nS, "inhibitory", paper::delay_ms));
    }
    return network;
}

} // namespace lamina
