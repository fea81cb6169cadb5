/// PV recruited linearly by its gates: tau_p dp/dt = A - 1, b = p. The fixed point and the
/// linearised law are those of pv_log, but p winds up on large scores, since A is limited by n_keys
/// a_max. Source: docs/model.md, "Inhibition of the gate"; integral control of Jakob & Gershman's
/// log-sum-exp inhibition.
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct PvLinear : IntegratingPv<LinearRecruitment> {
    static constexpr const char* name = "pv_linear";
    static constexpr const char* summary =
        "PV integrates the summed gates minus 1; softmax, slower";
    static constexpr const char* source = "docs/model.md, Inhibition of the gate";
};

} // namespace lamina
