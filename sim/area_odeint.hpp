/// The steppers that judge the exponential one: Boost.Odeint over the area's state vector.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/area_spec.hpp"

namespace lamina {

/// slope = dx/dt in 1/ms at (x, t in ms).
template <class Real>
using RightHandSide =
    std::function<void(const std::vector<Real>& x, std::vector<Real>& slope, double t_ms)>;

template <class Real> struct Judge {
    virtual ~Judge() = default;
    /// From t to t + dt; dopri5 takes as many controlled steps as its tolerance asks for.
    virtual void advance(const RightHandSide<Real>&, std::vector<Real>& x, double t_ms,
                         double dt_ms) = 0;
    /// Forgets step sizes found so far, as after a jump.
    virtual void restart() = 0;
};

/// Null for Integrator::exponential. @param tolerance  absolute and relative, of dopri5
template <class Real> std::unique_ptr<Judge<Real>> make_judge(Integrator, double tolerance);

} // namespace lamina
