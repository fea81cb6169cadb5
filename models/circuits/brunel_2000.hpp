/// The sparse random network of Brunel (2000), J. Comput. Neurosci. 8:183,
/// doi:10.1023/A:1008925309027: its model A, in which excitatory and inhibitory neurons are alike,
/// with the numbers of the simulations in section 5 and figure 8.
#pragma once

namespace lamina::brunel_2000 {

constexpr unsigned n_excitatory = 10000, n_inhibitory = 2500;
constexpr int C_excitatory = 1000, C_inhibitory = 250; ///< synapses of one neuron: a tenth of all
constexpr double tau_m_ms = 20, V_thresh_mV = 20, V_reset_mV = 10, t_ref_ms = 2;
constexpr double J_mV = 0.1, delay_ms = 1.5;

/// The rate of one external synapse at which the mean external input alone reaches the threshold:
/// 10 Hz.
constexpr double threshold_rate_Hz = V_thresh_mV / (J_mV * C_excitatory * tau_m_ms) * 1e3;

} // namespace lamina::brunel_2000
