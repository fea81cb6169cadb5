#include "sim/spikes/brunel.hpp"

#include <cmath>

#include "models/circuits/brunel_2000.hpp"

namespace lamina {

namespace {

NeuronPopulationSpec brunel_population(const char* name, unsigned n, double external_Hz) {
    NeuronPopulationSpec p;
    p.name = name, p.model = "lif_delta";
    p.n = static_cast<std::uint32_t>(n);
    p.parameters = {{"tau_m", brunel_2000::tau_m_ms},
                    {"V_thresh", brunel_2000::V_thresh_mV},
                    {"V_reset", brunel_2000::V_reset_mV},
                    {"t_ref", brunel_2000::t_ref_ms}};
    // anywhere below threshold, so that not all spike at once to begin with
    p.start["V"] = {LawKind::uniform, 0, 0, 0, brunel_2000::V_thresh_mV};
    if (external_Hz > 0) p.drives.push_back({external_Hz, brunel_2000::J_mV, ""});
    return p;
}

ProjectionSpec brunel_projection(const char* from, const char* to, int number, double weight_mV) {
    ProjectionSpec p;
    p.from = from, p.to = to, p.rule = "fixed_in_degree";
    p.parameters["number"] = number;
    p.autapses = p.multapses = false; // randomly chosen other neurons
    p.weight = {LawKind::constant, weight_mV};
    p.delay_ms = {LawKind::constant, brunel_2000::delay_ms};
    return p;
}

} // namespace

NetworkSpec brunel(double g, double eta, double scale, double dt_ms) {
    const double external_Hz = brunel_2000::C_excitatory * eta * brunel_2000::threshold_rate_Hz;
    const auto scaled = [&](unsigned n) { return unsigned(std::lround(scale * n)); };
    NetworkSpec network;
    network.dt_ms = dt_ms;
    network.populations = {brunel_population("E", scaled(brunel_2000::n_excitatory), external_Hz),
                           brunel_population("I", scaled(brunel_2000::n_inhibitory), external_Hz)};
    for (const char* to : {"E", "I"}) {
        network.projections.push_back(
            brunel_projection("E", to, brunel_2000::C_excitatory, brunel_2000::J_mV));
        network.projections.push_back(
            brunel_projection("I", to, brunel_2000::C_inhibitory, -g * brunel_2000::J_mV));
    }
    return network;
}

} // namespace lamina
