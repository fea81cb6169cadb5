/// The cortical microcircuit of Potjans & Diesmann (2014), Cereb. Cortex 24:785,
/// doi:10.1093/cercor/bhs358: eight populations below 1 mm^2 of early sensory cortex.
///
/// Numbers as in the reference implementation (INM-6/microcircuit-PD14-model, network and stimulus
/// parameters); tables of the paper are named where it has them.
#pragma once

#include <cmath>
#include <cstdint>

namespace lamina::potjans_diesmann_2014 {

constexpr int n_populations = 8;
constexpr const char* names[n_populations] = {"L23E", "L23I", "L4E", "L4I",
                                              "L5E",  "L5I",  "L6E", "L6I"};
/// Table 5 of the paper.
constexpr std::uint32_t n_neurons[n_populations] = {20683, 5834, 21915, 5479,
                                                    4850,  1065, 14395, 2948};
/// External synapses of one neuron (table 5).
constexpr int external_indegree[n_populations] = {1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100};

/// Probability that a pair has at least one synapse (table 5): [to][from].
constexpr double connection_probability[n_populations][n_populations] = {
    {0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0000, 0.0076, 0.0000},
    {0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0000, 0.0042, 0.0000},
    {0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0000},
    {0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0000, 0.1057, 0.0000},
    {0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0000},
    {0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0000},
    {0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252},
    {0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443}};

/// Mean and SD of the potential at the start that spare a long transient ("optimized").
constexpr double V_start_mean_mV[n_populations] = {-68.28, -63.16, -63.33, -63.45,
                                                   -63.11, -61.66, -66.72, -61.43};
constexpr double V_start_sd_mV[n_populations] = {5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48};

/// Stored mean rates of the reference implementation, by which a smaller network is compensated.
constexpr double full_mean_rate_Hz[n_populations] = {0.903, 2.965, 4.414, 5.876,
                                                     7.569, 8.633, 1.105, 7.829};

/// What the rates should be, by drive. Poisson: the rates that the reference implementation stores.
/// DC: a run of the reference implementation with NEST, 2 x 1 s after 0.5 s, made for Lamina.
constexpr const double* reference_rate_Hz_poisson = full_mean_rate_Hz;
constexpr double reference_rate_Hz_dc[n_populations] = {0.91, 2.96, 4.18, 5.70,
                                                        8.05, 8.46, 1.12, 7.65};

/// The thalamic pulse: 902 Poisson neurons (table 5, and figure 10 of the paper).
constexpr std::uint32_t n_thalamic = 902;
constexpr double thalamic_probability[n_populations] = {0, 0, 0.0983, 0.0619, 0, 0, 0.0512, 0.0196};
constexpr double thalamic_rate_Hz = 120, thalamic_start_ms = 700, thalamic_duration_ms = 10;

constexpr double psp_mV = 0.15, relative_inhibition = -4, weight_relative_sd = 0.1;
constexpr double L4E_to_L23E_factor = 2;
constexpr double delay_excitatory_ms = 1.5, delay_inhibitory_ms = 0.75, delay_relative_sd = 0.5;
constexpr double external_rate_Hz = 8; ///< of one external synapse
constexpr double tau_m_ms = 10, C_m_pF = 250, tau_syn_ms = 0.5;

/// Amplitude of the exponential current whose potential peaks at 1 mV, in pA per mV: 585.39 in the
/// neurons of the circuit.
inline double pA_per_mV(double tau_m_ms = potjans_diesmann_2014::tau_m_ms,
                        double C_m_pF = potjans_diesmann_2014::C_m_pF) {
    const double ratio = tau_m_ms / tau_syn_ms, apart = tau_m_ms - tau_syn_ms;
    const double GOhm = tau_m_ms / C_m_pF;
    return 1 / (GOhm * tau_syn_ms / -apart *
                (std::pow(ratio, -tau_m_ms / apart) - std::pow(ratio, -tau_syn_ms / apart)));
}

/// Synapses of a projection: those that give the pair probability C when drawn with replacement.
///
///     Q = ln(1 - C) / ln(1 - 1 / (N_to N_from))
inline std::uint64_t n_synapses(double C, double n_to, double n_from) {
    return static_cast<std::uint64_t>(
        std::llround(std::log1p(-C) / std::log1p(-1 / (n_to * n_from))));
}

} // namespace lamina::potjans_diesmann_2014
