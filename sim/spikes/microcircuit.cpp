#include "sim/spikes/microcircuit.hpp"

#include <cmath>

#include "models/circuits/potjans_diesmann_2014.hpp"

namespace lamina {

namespace pd = potjans_diesmann_2014;

namespace {

double weight_pA() { return pd::psp_mV * pd::pA_per_mV(); }

ProjectionSpec microcircuit_projection(const char* from, const char* to, double number,
                                       double mean_pA, bool inhibitory, double dt_ms) {
    ProjectionSpec p;
    p.from = from, p.to = to, p.rule = "fixed_total";
    p.parameters["number"] = std::round(number);
    p.weight = {LawKind::normal_clipped, mean_pA, std::fabs(mean_pA) * pd::weight_relative_sd};
    (inhibitory ? p.weight.most : p.weight.least) = 0;
    const double delay_ms = inhibitory ? pd::delay_inhibitory_ms : pd::delay_excitatory_ms;
    p.delay_ms = {LawKind::normal_redrawn, delay_ms, delay_ms * pd::delay_relative_sd, dt_ms};
    return p;
}

} // namespace

NetworkSpec microcircuit(double scale, MicrocircuitDrive drive, double dt_ms) {
    const double per_root = 1 / std::sqrt(scale);
    const double w_pA = weight_pA();
    NetworkSpec network;
    network.dt_ms = dt_ms;
    for (int g = 0; g < pd::n_populations; ++g) {
        NeuronPopulationSpec p;
        p.name = pd::names[g];
        p.model = "lif_exp";
        p.n = static_cast<std::uint32_t>(std::lround(scale * pd::n_neurons[g]));
        p.start["V"] = {LawKind::normal_clipped, pd::V_start_mean_mV[g], pd::V_start_sd_mV[g]};
        network.populations.push_back(p);
    }
    std::vector<double> missing_pA(pd::n_populations, 0); // mean recurrent input at full scale
    for (int to = 0; to < pd::n_populations; ++to)
        for (int from = 0; from < pd::n_populations; ++from) {
            const auto n_full = double(pd::n_synapses(pd::connection_probability[to][from],
                                                      pd::n_neurons[to], pd::n_neurons[from]));
            if (n_full == 0) continue;
            const bool inhibitory = from % 2 == 1;
            double mean_pA = w_pA * (inhibitory ? pd::relative_inhibition : 1);
            if (to == 0 && from == 2) mean_pA *= pd::L4E_to_L23E_factor;
            missing_pA[to] += pd::tau_syn_ms * 1e-3 * n_full / pd::n_neurons[to] * mean_pA *
                              pd::full_mean_rate_Hz[from];

            // in-degrees shrink with the scale, and so do populations
            network.projections.push_back(microcircuit_projection(
                pd::names[from], pd::names[to],
                n_full * scale * network.populations[to].n / double(pd::n_neurons[to]),
                mean_pA * per_root, inhibitory, dt_ms));
        }
    const double root = std::sqrt(scale);
    for (int g = 0; g < pd::n_populations; ++g) {
        const double external_Hz = pd::external_indegree[g] * pd::external_rate_Hz;
        const double external_pA = pd::tau_syn_ms * 1e-3 * external_Hz * w_pA;
        double bias_pA = (1 - root) * missing_pA[g];
        if (drive == MicrocircuitDrive::dc) {
            bias_pA += external_pA;
        } else {
            bias_pA += (1 - root) * external_pA;
            network.populations[g].drives.push_back({external_Hz * scale, w_pA * per_root, ""});
        }
        network.populations[g].parameters["I_bias"] = bias_pA;
    }
    return network;
}

void add_thalamus(NetworkSpec& network, double scale, double rate_Hz, double start_ms,
                  double duration_ms) {
    NeuronPopulationSpec thalamus;
    thalamus.name = "thalamus";
    thalamus.model = "poisson";
    thalamus.n = static_cast<std::uint32_t>(std::lround(scale * pd::n_thalamic));
    thalamus.parameters = {{"rate", rate_Hz}, {"from", start_ms}, {"to", start_ms + duration_ms}};
    for (int to = 0; to < pd::n_populations; ++to) {
        const double C = pd::thalamic_probability[to];
        if (C == 0) continue;
        const auto n_full = double(pd::n_synapses(C, pd::n_neurons[to], pd::n_thalamic));
        network.projections.push_back(microcircuit_projection(
            "thalamus", pd::names[to],
            n_full * scale * network.populations[to].n / double(pd::n_neurons[to]),
            weight_pA() / std::sqrt(scale), false, network.dt_ms));
    }
    network.populations.push_back(thalamus);
}

} // namespace lamina
