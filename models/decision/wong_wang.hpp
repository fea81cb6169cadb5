/// The decision network's contract; see wong_wang_parameters.hpp for the source of its numbers.
#pragma once

#include <cstdint>

#include "models/decision/wong_wang_parameters.hpp"

namespace lamina {

/// Two populations that compete for a choice.
///
///     dS_i/dt = -S_i / tau_S + (1 - S_i) gamma H(x_i)
///     H(x) = (a x - b) / (1 - exp(-d (a x - b)))
///     x_1 = J_N S_1 - J_c S_2 + I_0 + I_1 + eta_1
///     tau_0 deta/dt = -eta + sqrt(tau_0) sigma xi
///     I_1,2 = J_ext mu_0 (1 +- coherence)
///
/// Plain data, stepped by Euler like its source; noise keyed by (seed, trial, step).
struct WongWang {
    struct State {
        double s[2] = {0.1, 0.1}, eta_nA[2] = {0, 0}, rate_Hz[2] = {0, 0}; ///< rate: filtered
    };
    /// One step of dt_ms. `stimulus_on` false: I_1 = I_2 = 0.
    /// @param coherence  in [-1, 1]; positive favours population 0
    static void step(State&, const WongWangParameters&, double coherence, bool stimulus_on,
                     double dt_ms, std::uint64_t seed, std::uint32_t trial, std::uint64_t step);
};

} // namespace lamina
