/// The area's right-hand side: the slopes of the whole state, for the steppers that judge. It is
/// the circuit and the gates' stage that the exponential stepper runs, at one moment.
#pragma once

#include <vector>

#include "sim/area_circuit.hpp"
#include "sim/gate_stage.hpp"

namespace lamina {

template <class Real> class AreaSlopes {
  public:
    /// Uses circuit and gates, which must outlive it; their buffers change.
    AreaSlopes(const AreaSpec&, AreaCircuit<Real>&, GateStage<Real>&);

    /// slope = ds/dt in 1/ms of the whole state, with the gains G of the imposed rhythms.
    void operator()(const std::vector<Real>& s, std::vector<Real>& slope, Real gamma_gain,
                    Real beta_gain);

  private:
    void relax(const StateSpan&, const std::vector<Real>& s, const std::vector<Real>& input,
               Real gain, std::vector<Real>& slope) const;

    const AreaSpec& spec_;
    AreaCircuit<Real>& circuit_;
    const AreaLayout& at_;
    GateStage<Real>& gates_;
    std::vector<Real> drive_v_, drive_k_, drive_q_; ///< as AreaOf's
    std::vector<Real> input_, log_drive_;
};

} // namespace lamina
