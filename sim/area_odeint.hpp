/// The steppers that judge the exponential one: Boost.Odeint over the area's state vector.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/area_spec.hpp"

namespace lamina {

/// What a judge may ask of the area at (x, t in ms).
template <class Real> struct RightHandSide {
    /// slope = dx/dt in 1/ms.
    std::function<void(const std::vector<Real>& x, std::vector<Real>& slope, double t_ms)> slopes;
    /// rosenbrock4 alone: J[i * n + j] = d slope_i / d x_j in 1/ms, over_time = d slope / dt.
    std::function<void(const std::vector<double>& x, double t_ms, std::vector<double>& J,
                       std::vector<double>& over_time)>
        jacobian;
};

template <class Real> struct Judge {
    virtual ~Judge() = default;
    /// From t to t + dt; dopri5 and rosenbrock4 take as many steps as their tolerance asks for.
    virtual void advance(const RightHandSide<Real>&, std::vector<Real>& x, double t_ms,
                         double dt_ms) = 0;
    /// Forgets step sizes found so far, as after a jump.
    virtual void restart() = 0;
};

/// Variables that rosenbrock4 takes: it solves with their dense Jacobian in every step.
inline constexpr std::size_t most_rosenbrock_variables = 256;

/// Null for Integrator::exponential. @param tolerance  absolute and relative, of dopri5 and
/// rosenbrock4 (which is made for double alone)
template <class Real> std::unique_ptr<Judge<Real>> make_judge(Integrator, double tolerance);

} // namespace lamina
