/// An imposed rhythm G(t) on the input of a population, and how it enters the exponential step.
///
///     sinusoid:  G(t) = 1 + depth cos(2 pi f t + phase + jitter z_n)
///     window:    G(t) = 1 in the first `duty` of each cycle, 1 - depth after it, the cycle shifted
///     by
///                the same phases
///
/// n = floor(f t) is the number of the cycle and z_n ~ N(0, 1), drawn under (seed, trial, jitter,
/// item = which rhythm, step = n): each cycle has its own phase error.
#pragma once

#include <cstdint>

#include "models/relaxation.hpp"
#include "sim/area_spec.hpp"

namespace lamina {

class Rhythm {
  public:
    /// @param which  number of this rhythm, so that two rhythms have different jitter
    Rhythm(const RhythmSpec& spec, std::uint32_t which) : spec_(spec), which_(which) {}
    void reset(std::uint64_t seed, std::uint32_t trial) { seed_ = seed, trial_ = trial; }

    double at(double t_ms) const;
    /// Weights of a lag's input at both ends of a step when the input is G(t) u(t), u linear in
    /// time: the integrals of exp(-(h - s) / tau) / tau G(t + s) times 1 - s / h and s / h, by
    /// five-point Gauss quadrature between the places where G jumps. With G = 1 they are
    /// Relaxation::over's.
    Relaxation over(double t_ms, double dt_ms, double tau_ms) const;

  private:
    double phase_of_cycle(double cycle) const;
    double within(double t_ms, double cycle) const;

    RhythmSpec spec_;
    std::uint32_t which_;
    std::uint64_t seed_ = 0;
    std::uint32_t trial_ = 0;
};

} // namespace lamina
