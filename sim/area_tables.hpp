/// What the step of an area reads and never writes, as plain arrays: made on the host by
/// AreaCircuit, read there, or on a device that has been given copies.
#pragma once

#include <vector>

#include "models/relaxation.hpp"
#include "models/scores/score.hpp"
#include "sim/area_spec.hpp"
#include "sim/gate_stage.hpp"

namespace lamina {

/// A matrix and its magnitude W+ + W-, [from][to].
template <class Real> struct SignedWeights { std::vector<Real> W, magnitude; };

/// The weights between populations; matrices [from][to].
template <class Real> struct StepWeights {
    std::vector<Real> W_O, b_O, W_1, b_1, W_2, b_2;
    std::vector<Real> g_1, beta_1, g_2, beta_2;
    SignedWeights<Real> V, K, Q;          ///< of the input streams, column.dale
    std::vector<Real> size_W_O, size_W_2; ///< magnitudes, column.dale
};

/// W n_0 + b with n_0 the norm of the input: by linearity, centred (x - mean) through W diag(g)
/// once per segment, and per step only two numbers per column.
template <class Real> struct Projection {
    std::vector<Real> fixed;    ///< [columns][width] W (x) + b; norm pre: W diag(g) (x - mean)
    std::vector<Real> per_mean; ///< [width] W g, norm pre
    std::vector<Real> constant; ///< [width] W beta + b, norm pre
    std::vector<Real> common;   ///< [columns][width] |W| (x), column.dale
};

/// What an area is told by a segment.
template <class Real> struct StepInput {
    std::vector<Real> x, c; ///< [columns][d_model]; c only with column.dale
    Projection<Real> value, key, query;
    std::vector<Real> mean_x, var_x, mean_c, var_c; ///< [columns] what L4I relaxes to, norm pre
    std::vector<Real> mask;                         ///< [columns, columns] 0 or -infinity
    bool all_seen = true;                           ///< mask is 0 throughout
    std::vector<unsigned char> open_rows;           ///< [heads * columns] 1: the row has keys
};

/// What the area's scores are made of.
inline ScoreParameters score_parameters(const AreaSpec& spec) {
    ScoreParameters par;
    par.n_heads = spec.heads;
    par.d_head = spec.d_head;
    par.units = spec.score_units;
    par.orthogonal = spec.score_orthogonal;
    par.threshold = spec.score_threshold;
    par.soma_pA = spec.score_soma_pA;
    par.dendrite_pA = spec.score_dendrite_pA;
    return par;
}

/// What the area's gates are made of.
inline GateParameters gate_parameters(const AreaSpec& spec) {
    GateParameters par;
    par.inhibition = spec.inhibition;
    par.n_rows = spec.heads * spec.columns;
    par.n_keys = spec.columns;
    par.tau_gate_ms = spec.tau.gate_ms;
    par.tau_PV_ms = spec.tau.PV_ms;
    par.PV_lag_ms = spec.tau.PV_lag_ms;
    par.PV_delay_ms = spec.PV_delay_ms;
    par.gate_max = spec.gate_max;
    par.kappa = spec.kappa;
    par.divisive_n = spec.divisive_n;
    par.divisive_sigma_n = spec.divisive_sigma_n;
    par.dt_ms = spec.dt_ms;
    return par;
}

/// One step's coefficients of each population's lag.
struct AreaLags {
    explicit AreaLags(const AreaSpec& spec)
        : L4I(over(spec, spec.tau.L4I_ms)), v(over(spec, spec.tau.L4E_ms)),
          k(over(spec, spec.tau.L23E_ms)), q(over(spec, spec.tau.L5apical_ms)),
          r(over(spec, spec.tau.SST_ms)), o(over(spec, spec.tau.L5E_ms)),
          y(over(spec, spec.tau.L6E_ms)), L6I(over(spec, spec.tau.L6I_ms)),
          mlp(over(spec, spec.tau.L23mlp_ms)), interneuron(over(spec, spec.tau.interneuron_ms)) {}

    Relaxation L4I, v, k, q, r, o, y, L6I, mlp, interneuron;

  private:
    static Relaxation over(const AreaSpec& spec, double tau_ms) {
        return Relaxation::over(spec.dt_ms, tau_ms);
    }
};

} // namespace lamina
