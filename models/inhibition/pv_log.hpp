/// PV recruited compressively by its gates, the default:
///
///     tau_p dp/dt = psi(A),  psi(A) = log((eps + A) / (eps + 1)),  A = sum_j a_j,  b = p
///
/// Its only fixed point is A = 1: a = softmax(s), p = log sum_j exp s_j. Without the gates' own lag
/// this is tau_p dp/dt = log sum_j exp s_j - p, globally stable.
/// Source: docs/model.md, "Inhibition of the gate".
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct PvLog : IntegratingPv<CompressiveRecruitment> {
    static constexpr const char* name = "pv_log";
    static constexpr const char* summary = "PV integrates log of the summed gates; softmax exactly";
    static constexpr const char* source = "docs/model.md, Inhibition of the gate";
};

} // namespace lamina
