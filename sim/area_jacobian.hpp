/// The exact Jacobian of an area's right-hand side, for rosenbrock4: the right-hand side itself on
/// numbers that carry their derivative (kernels/dual.hpp), one direction per variable.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/dual.hpp"
#include "sim/area_slopes.hpp"

namespace lamina {

class AreaJacobian {
  public:
    AreaJacobian(const AreaSpec&, const AttentionWeights&, std::uint64_t seed);

    void present(const Segment& segment) { circuit_.present(segment); }

    /// J[i * n + j] = d(slope of i) / d(variable j) in 1/ms at state x.
    void matrix(const std::vector<double>& x, double gamma_gain, double beta_gain,
                std::vector<double>& J);
    /// How the slopes change with time alone, through the gains: in 1/ms^2.
    void over_time(const std::vector<double>& x, Dual gamma_gain, Dual beta_gain,
                   std::vector<double>& slope_per_ms);

  private:
    const AreaSpec spec_;
    AreaCircuit<Dual> circuit_;
    std::unique_ptr<GateStage<Dual>> gates_;
    AreaSlopes<Dual> slopes_;
    std::vector<Dual> x_, slope_;
};

} // namespace lamina
