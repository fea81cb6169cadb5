/// The self-sustained balanced network of Vogels & Abbott (2005), J. Neurosci. 25:10786,
/// doi:10.1523/JNEUROSCI.3508-05.2005, as benchmark 1 ("COBA") of Brette et al. (2007),
/// J. Comput. Neurosci. 23:349, doi:10.1007/s10827-007-0038-6, appendix B: 4000 neurons instead of
/// 10 000, and synapses as much stronger. The neuron is lif_cond_exp with the parameters it has.
#pragma once

namespace lamina::vogels_abbott_2005 {

constexpr unsigned n_excitatory = 3200, n_inhibitory = 800;
constexpr double connection_probability = 0.02;
constexpr double excitatory_nS = 6, inhibitory_nS = 67; ///< added by a spike
/// The benchmark knows no delay. A spike acts at the end of the next step at the earliest, so this
/// is the least that a step of 0.1 ms can have.
constexpr double delay_ms = 0.1;

// Nothing drives the network: it goes on because it begins in activity. Where every neuron begins,
// normal laws; a conductance below 0 begins at 0. As in the scripts of the benchmark.
constexpr double V_start_mean_mV = -65, V_start_sd_mV = 5;
constexpr double excitatory_start_mean_nS = 40, excitatory_start_sd_nS = 15;
constexpr double inhibitory_start_mean_nS = 200, inhibitory_start_sd_nS = 120;

/// Mean rates of the same network in Brian2 2.9.0, four runs of 10 s after 0.5 s, made for Lamina
/// (tests/bench/brian2_vogels_abbott.py 1 10 1 SEED): E 19.5, 19.2, 18.9, 20.0; I 19.1 to 19.5 Hz.
constexpr double reference_excitatory_Hz = 19.40, reference_inhibitory_Hz = 19.29;

} // namespace lamina::vogels_abbott_2005
