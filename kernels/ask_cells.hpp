/// Body, one item = one of n cells behind a number: the drive that makes it fire at the rate that
/// it is asked for, which is its own because it hears its own share of the other cells.
///
///     r* = r_0 + [net + own]_+,  drive = f^-1(R r*) dt
#pragma once

#include <cstddef>

#include "kernels/math.hpp"

namespace lamina {

/// A measured curve turned around: drives at the rates (k root_step)^2, straight lines between.
template <class Real> struct RateTable {
    const Real* drives; ///< [last + 1]
    int last;
    Real root_step;

    /// The rate is taken as 0 below, as the highest above the table.
    LAMINA_FN Real drive(Real rate) const {
        const Real root = math::sqrt(rate > 0 ? rate : Real(0)) / root_step;
        const Real place = root < Real(last) ? root : Real(last);
        const int floor = static_cast<int>(place), k = floor < last ? floor : last - 1;
        return drives[k] + (place - Real(k)) * (drives[k + 1] - drives[k]);
    }
};

template <class Real> struct AskCells {
    RateTable<Real> table;
    const Real* own;     ///< [n] what a cell hears beyond the number's net input
    Real* drive;         ///< [n] of a step
    Real net, rest;      ///< of the number; r_0
    Real rate_Hz, dt_ms; ///< R

    LAMINA_FN void operator()(std::size_t cell) const {
        const Real above = net + own[cell];
        drive[cell] = table.drive(rate_Hz * (rest + (above > 0 ? above : Real(0)))) * dt_ms;
    }
};

} // namespace lamina
