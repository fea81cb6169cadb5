/// What the population equation read literally costs: how far the attention weights of
/// additive_exponential are from softmax with M units, and how many units a given error would need.
///
/// For one query q (scaled by d^(-1/4) like the keys) the drives of two keys share their units, and
///
///     cov(D_j, D_k) / (D_j D_k) = (exp((q + k_j) . (q + k_k)) - 1) / M
///
/// whose diagonal is the variance law of docs/model.md. To first order the weight a_j = D_j / sum D
/// then errs by a_j (delta_j - sum_k a_k delta_k), delta = relative error of D, so that
///
///     |a - softmax|_F^2 / |softmax|_F^2  ->  V / M,   M = V / error^2
///
/// with V from the covariances above. Far from that limit (few units) the measured error is
/// smaller, because weights cannot leave 0..1.
#pragma once

#include <cstdint>

namespace lamina {

/// Gaussian queries and keys, as in the measurements of the gate loop.
struct DendriteTask {
    int n_keys = 16; ///< also the number of queries
    int d_head = 16;
    double score_sd = 1; ///< SD of q . k / sqrt(d_head)
    bool orthogonal = false;
    int n_draws = 20; ///< of q, k and the units
    std::uint64_t seed = 1;
};

/// |a - softmax|_F / |softmax|_F with M units, mean over draws.
double weights_error(const DendriteTask&, int units);

/// Units for which the weights' error is `error` by the first-order law, mean over draws (of the
/// logarithm: V is dominated by rare pairs). Independent Gaussian units; error > 0.
double units_needed(const DendriteTask&, double error);

} // namespace lamina
