/// Parameters of the reduced decision network of Wong & Wang (2006), J Neurosci 26:1314,
/// doi:10.1523/JNEUROSCI.3733-05.2006, as in the reference implementation that accompanies
/// X.-J. Wang's "Theoretical Neuroscience" (xjwanglab/book, wong2006.py).
#pragma once

namespace lamina {

struct WongWangParameters {
    double a_Hz_per_nA = 270, b_Hz = 108, d_s = 0.154, gamma = 0.641, tau_s_ms = 100;
    double j_n_nA = 0.2609, j_c_nA = 0.0497, i_0_nA = 0.3255, j_ext_nA_per_Hz = 5.2e-4;
    double sigma_nA = 0.02, tau_0_ms = 2, mu_0_Hz = 30;
    double threshold_Hz = 15, rate_filter_ms = 20; ///< crossing is judged on the filtered rate
};

} // namespace lamina
