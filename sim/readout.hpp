/// From routed content to an answer: evidence for a choice, or a reported angle.
#pragma once

#include <cstdint>
#include <vector>

#include "models/decision/wong_wang.hpp"
#include "sim/trial.hpp"
#include "sim/weights.hpp"

namespace lamina {

/// How evidence is weighed and decided (docs/model.md, "Working memory and decision").
struct ReadoutSpec {
    double gain = 2;              ///< kappa_e; the reason for the default: task.decision
    double non_decision_ms = 200; ///< added to the crossing time
    double network_dt_ms = 0.5;   ///< step of the decision network, as in its source
    double lead_ms = 500;         ///< the network runs this long without stimulus before the test
    WongWangParameters network;
    double motor_noise_deg = 12; ///< SD of a reported angle around what was read
};

/// What a column sends out for its routed values: W_O concat_h(o_h), [d_model]; without bias and
/// residual.
/// @param o  [heads * d_head]
std::vector<double> routed_content(const AttentionWeights&, const std::vector<double>& o);

/// What should be sent out when the item held is the target: n(target), [d_model]; n is the first
/// layer norm when the column has one, else the identity.
///
/// With matched weights, cos(W_O o, n(target)) is cos(o, W_V n(target)) exactly, because R is
/// orthogonal. Weights that do not return what was stored have nothing to match, and the answer is
/// at chance.
std::vector<double> match_target(const AreaSpec&, const AttentionWeights&,
                                 const std::vector<double>& target);

/// Evidence for yes, see Question; the cosine is 0 when nothing is routed.
/// @param content, target  [d_model]
double evidence(const ReadoutSpec&, const Question&, const std::vector<double>& content,
                const std::vector<double>& target);

/// What is reported: the population vector of the content, moved by motor noise
/// N(0, motor_noise^2), in (-pi, pi]. When the units that are read hold nothing that points
/// anywhere, a guess: each angle is equally likely. Keyed by (seed, trial).
/// @param content  [d_model]
double reported_angle(const ReadoutSpec&, const Question&, const std::vector<double>& content,
                      std::uint64_t seed, std::uint32_t trial);

} // namespace lamina
