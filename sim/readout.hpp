/// From routed content to evidence: does what the read-out column received match the probe?
#pragma once

#include <vector>

#include "models/decision/wong_wang.hpp"
#include "sim/weights.hpp"

namespace lamina {

/// How evidence is weighed and decided (docs/model.md, "Working memory and decision").
struct ReadoutSpec {
    double gain = 2;        ///< kappa_e; the reasons for the defaults: task.decision
    double criterion = 0.5; ///< c_0: the similarity at which both answers are equally supported
    double non_decision_ms = 200; ///< added to the crossing time
    double network_dt_ms = 0.5;   ///< step of the decision network, as in its source
    double lead_ms = 500;         ///< the network runs this long without stimulus before the test
    WongWangParameters network;
};

/// What a column sends out for its routed values: W_O concat_h(o_h), [d_model]; without bias and
/// residual.
/// @param o  [heads * d_head]
std::vector<double> routed_content(const AttentionWeights&, const std::vector<double>& o);

/// What should be sent out when the item held is the probe: n(probe), [d_model]; n is the first
/// layer norm when the column has one, else the identity.
///
/// With matched weights, cos(W_O o, n(probe)) is cos(o, W_V n(probe)) exactly, because R is
/// orthogonal. Weights that do not return what was stored have nothing to match, and the answer is
/// at chance.
std::vector<double> match_target(const AreaSpec&, const AttentionWeights&,
                                 const std::vector<double>& probe);

/// kappa_e (cos(content, target) - c_0); the cosine is 0 when nothing is routed.
/// @param content, target  [d_model]
double evidence(const ReadoutSpec&, const std::vector<double>& content,
                const std::vector<double>& target);

} // namespace lamina
