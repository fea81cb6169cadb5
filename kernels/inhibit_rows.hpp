/// Body, one item = one row of gates: its PV population over one step, and what PV divides by.
///
/// A row is one query of one head. `Inhibition` is a file of models/inhibition; rows lie side by
/// side, so that this loop vectorises over rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable.hpp"

namespace lamina {

template <class Inhibition, class Real> struct InhibitRows {
    Real* p;                   ///< [n_rows] PV, advanced here
    const Real* gate_sum;      ///< [n_rows] sum of a at the start of the step
    const Real* drive_sum;     ///< [n_rows] sum of the limited drive there
    const Real* pool_now;      ///< [n_rows] log sum exp(s / n) at the start; null if not pooled
    const Real* pool_next;     ///< [n_rows] the same at the end of the step
    const Real* noise;         ///< [n_rows] added to p; null: none
    const Real* gate_noise;    ///< [n_rows] sum of what this step adds to the gates; null: none
    const unsigned char* open; ///< [n_rows] 1: the row has keys; else p is frozen
    Real gate_leak;            ///< 1 - exp(-h / tau_g)
    typename Inhibition::template Constants<Real> constants;

    LAMINA_FN void operator()(std::size_t row) const {
        const Real now = gate_sum[row];
        // where the sum goes if the drive stays: to second order all that PV needs to know. Noise
        // that arrives within the step is half of it seen by PV there, as by the trapezoid
        Real ahead = fma(gate_leak, drive_sum[row] - now, now);
        if (gate_noise) ahead += gate_noise[row];
        const Real before = pool_now ? pool_now[row] : Real(0);
        const Real after = pool_next ? pool_next[row] : Real(0);
        Real next = Inhibition::advance(p[row], now, ahead, before, after, constants);
        if (noise) next += noise[row];
        p[row] = open[row] ? next : p[row];
    }
};

/// One item = one row: the logarithm of what its drive is divided by.
template <class Inhibition, class Real> struct DivisorRows {
    const Real* p_at_gate;     ///< [n_rows] PV as it reaches the gates, after lag and delay
    const Real* pool;          ///< [n_rows] or null
    Real* log_divisor;         ///< [n_rows]
    const unsigned char* open; ///< [n_rows]
    typename Inhibition::template Constants<Real> constants;

    LAMINA_FN void operator()(std::size_t row) const {
        const Real b =
            Inhibition::log_divisor(p_at_gate[row], pool ? pool[row] : Real(0), constants);
        log_divisor[row] = open[row] ? b : Real(0);
    }
};

/// One item = one row: PV as it was a delay ago, linear between the values at past steps.
template <class Real> struct DelayRows {
    const Real* p;                      ///< [n_rows] at the newest step
    Real* past;                         ///< [n_slots, n_rows] a ring of steps
    Real* delayed;                      ///< [n_rows]
    const std::uint64_t* n_steps;       ///< steps so far: says where the ring's newest is
    std::size_t n_rows, n_slots, whole; ///< the delay is whole + fraction steps
    Real fraction;
    bool begins; ///< false: the newest step is there already

    LAMINA_FN void operator()(std::size_t row) const {
        if (begins) past[at(0) + row] = p[row];
        const Real later = past[at(whole) + row], earlier = past[at(whole + 1) + row];
        delayed[row] = fma(fraction, earlier - later, later);
    }

  private:
    LAMINA_FN std::size_t at(std::size_t back) const {
        return (*n_steps % n_slots + n_slots - back) % n_slots * n_rows;
    }
};

/// One item = one row: dp/dt in 1/ms, for the steppers that judge.
template <class Inhibition, class Real> struct InhibitSlope {
    const Real* p;
    const Real* gate_sum;
    const Real* pool;
    Real* slope;
    const unsigned char* open;
    typename Inhibition::template Constants<Real> constants;

    LAMINA_FN void operator()(std::size_t row) const {
        const Real s =
            Inhibition::slope_per_ms(p[row], gate_sum[row], pool ? pool[row] : Real(0), constants);
        slope[row] = open[row] ? s : Real(0);
    }
};

} // namespace lamina
