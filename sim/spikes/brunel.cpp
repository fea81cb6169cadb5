#include "sim/spikes/brunel.hpp"

#include <cmath>

#include "models/circuits/brunel_2000.hpp"

namespace lamina {

namespace paper = brunel_2000;

namespace {

NeuronPopulationSpec population(const char* name, unsigned n, double external_Hz) {
    NeuronPopulationSpec p;
    p.name = name, p.model = "lif_delta";
    p.n = static_cast<std::uint32_t>(n);
    p.parameters = {{"tau_m", paper::tau_m_ms},
                    {"V_thresh", paper::V_thresh_mV},
                    {"V_reset", paper::V_reset_mV},
                    {"t_ref", paper::t_ref_ms}};
    // anywhere below threshold, so that not all spike at once to begin with
    p.start["V"] = {LawKind::uniform, 0, 0, 0, paper::V_thresh_mV};
    if (external_Hz > 0) p.drives.push_back({external_Hz, paper::J_mV, ""});
    return p;
}

ProjectionSpec projection(const char* from, const char* to, int number, double weight_mV) {
    ProjectionSpec p;
    p.from = from, p.to = to, p.rule = "fixed_in_degree";
    p.parameters["number"] = number;
    p.autapses = p.multapses = false; // randomly chosen other neurons
    p.weight = {LawKind::constant, weight_mV};
    p.delay_ms = {LawKind::constant, paper::delay_ms};
    return p;
}

} // namespace

NetworkSpec brunel(double g, double eta, double scale, double dt_ms) {
    const double external_Hz = paper::C_excitatory * eta * paper::threshold_rate_Hz;
    const auto scaled = [&](unsigned n) { return unsigned(std::lround(scale * n)); };
    NetworkSpec network;
    network.dt_ms = dt_ms;
    network.populations = {population("E", scaled(paper::n_excitatory), external_Hz),
                           population("I", scaled(paper::n_inhibitory), external_Hz)};
    for (const char* to : {"E", "I"}) {
        network.projections.push_back(projection("E", to, paper::C_excitatory, paper::J_mV));
        network.projections.push_back(projection("I", to, paper::C_inhibitory, -g * paper::J_mV));
    }
    return network;
}

} // namespace lamina
