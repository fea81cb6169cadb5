/// An imposed rhythm G(t) on the input of a population, and the quadrature of one step over it.
///
///     sinusoid:  G(t) = 1 + depth cos(2 pi f t + phase + jitter z_n)
///     window:    G(t) = 1 in the first `duty` of each cycle, 1 - depth after it
///
/// The cycles of a window are shifted by the same phases.
///
/// n = floor(f t) is the number of the cycle and z_n ~ N(0, 1), drawn under (seed, trial, jitter,
/// item = which rhythm, step = n): each cycle has its own phase error.
#pragma once

#include <cstdint>
#include <vector>

#include "models/relaxation.hpp"
#include "sim/area_spec.hpp"

namespace lamina {

/// A place inside a step and its weight: the sum of weight f(s) is the integral of G(t + s) f(s)
/// ds.
struct StepNode {
    double s_ms, weight_ms;
};

/// Places on a piece of a step without jumps.
inline constexpr int nodes_of_a_piece = 12;

class Rhythm {
  public:
    /// G = 1.
    Rhythm() = default;
    /// @param which  number of this rhythm, so that two rhythms have different jitter
    Rhythm(const RhythmSpec& spec, std::uint32_t which)
        : imposed_(true), spec_(spec), which_(which) {}
    void reset(std::uint64_t seed, std::uint32_t trial) { seed_ = seed, trial_ = trial; }

    bool imposed() const { return imposed_; }
    double at(double t_ms) const;
    /// dG/dt in 1/ms, the jumps of windows and of phases left out.
    double slope_per_ms(double t_ms) const;
    /// Quadrature of the step [t, t + dt]: twelve Gauss points in w, s = from + length w^3, on each
    /// piece between the places where G jumps. The points crowd at the beginning, where layer norm
    /// bends sharply when an input begins: the error there is 1e-4 at most for steps of 0.1 to 2 ms
    /// (plain Gauss points: 2e-2), and rounding for smooth functions.
    void nodes(double t_ms, double dt_ms, std::vector<StepNode>& out) const;

  private:
    double phase_of_cycle(double cycle) const;
    double within(double t_ms, double cycle) const;

    bool imposed_ = false;
    RhythmSpec spec_;
    std::uint32_t which_ = 0;
    std::uint64_t seed_ = 0;
    std::uint32_t trial_ = 0;
};

/// Weight of a node in a lag's mean over the step: exp(-(h - s) / tau) / tau ds.
inline double remembered(const StepNode& node, double dt_ms, double tau_ms) {
    return node.weight_ms / tau_ms * math::exp((node.s_ms - dt_ms) / tau_ms);
}

/// Coefficients of a lag whose input is G(t) u(t), u linear in time over the step: the integrals of
/// exp(-(h - s) / tau) / tau G(t + s) times 1 - s / h and s / h. With G = 1 they are
/// Relaxation::over's.
Relaxation relaxation_over(const std::vector<StepNode>&, double dt_ms, double tau_ms);

} // namespace lamina
