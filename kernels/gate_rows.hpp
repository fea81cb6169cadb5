/// Bodies, one row = one query of one head: the gates of L5 and the pools of their drive.
///
///     tau_g da_j/dt = -a_j + min(exp(s_j - b), a_max)
///
/// s is the logarithm of the drive (a score is one already), b the logarithm of what inhibition
/// divides by. The exponent is limited at log a_max before exp is taken: no score overflows, and a
/// masked key, s = -infinity, has drive 0.
#pragma once

#include <cstddef>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "kernels/row_sum.hpp"

namespace lamina {

/// The limited drive of one gate.
template <class Real>
LAMINA_FN inline Real gate_drive(Real log_drive, Real log_divisor, Real log_limit) {
    const Real exponent = log_drive - log_divisor;
    // so written, NaN stays NaN; a drive below the normal range is none
    return math::exp_flushed(exponent > log_limit ? log_limit : exponent);
}

/// One step of a row's gates, drive linear in time (see gate_stage.hpp for the scheme).
template <class Real> struct GateRows {
    const Real* log_drive;   ///< [n_rows, n_keys] at the end of the step
    const Real* log_divisor; ///< [n_rows] at the end of the step
    Real* gate;              ///< [n_rows, n_keys] a, advanced here
    Real* drive;             ///< [n_rows, n_keys] in: at the start of the step; out: at its end
    Real* gate_sum;          ///< [n_rows] sum of a at the end
    Real* drive_sum;         ///< [n_rows] sum of the drive at the end
    const Real* noise;       ///< [n_rows, n_keys] added to a; null: none
    int n_keys;
    Real leak, from_now, from_next, log_limit;

    /// One gate. @param b  log divisor
    LAMINA_FN void step(Real log_drive_next, Real b, Real& a, Real& d) const {
        const Real next = gate_drive(log_drive_next, b, log_limit);
        a += fma(-leak, a, fma(from_next, next, from_now * d));
        d = next;
    }

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t first = row * n_keys;
        const Real* s = log_drive + first;
        Real* a = gate + first;
        Real* d = drive + first;
        const Real b = log_divisor[row];
        for (int k = lanes.first(); k < n_keys; k += lanes.count()) step(s[k], b, a[k], d[k]);
        if (noise)
            for (int k = lanes.first(); k < n_keys; k += lanes.count()) a[k] += noise[first + k];
        gate_sum[row] = row_sum(a, n_keys, lanes);
        drive_sum[row] = row_sum(d, n_keys, lanes);
    }
};

/// sum[row] = sum_k x_k
template <class Real> struct SumRows {
    const Real* x; ///< [n_rows, n_keys]
    Real* sum;     ///< [n_rows]
    int n_keys;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        sum[row] = row_sum(x + row * n_keys, n_keys, lanes);
    }
};

/// The drive and both sums at the present state, without a step.
template <class Real> struct DriveRows {
    const Real* log_drive;
    const Real* log_divisor;
    const Real* gate;
    Real* drive;
    Real* gate_sum;
    Real* drive_sum;
    int n_keys;
    Real log_limit;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t first = row * n_keys;
        for (int k = lanes.first(); k < n_keys; k += lanes.count())
            drive[first + k] = gate_drive(log_drive[first + k], log_divisor[row], log_limit);
        gate_sum[row] = row_sum(gate + first, n_keys, lanes);
        drive_sum[row] = row_sum(drive + first, n_keys, lanes);
    }
};

/// log_pool[row] = log sum_k exp(per_n s_k), the row maximum subtracted first; -infinity for a row
/// whose keys are all masked. `work` holds the terms.
template <class Real> struct PoolRows {
    const Real* log_drive; ///< [n_rows, n_keys]
    Real* log_pool;        ///< [n_rows]
    Real* work;            ///< [n_rows, n_keys]
    int n_keys;
    Real per_n;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const Real* s = log_drive + row * n_keys;
        Real* term = work + row * n_keys;
        Real top = s[0];
        for (int k = lanes.first(); k < n_keys; k += lanes.count()) top = s[k] > top ? s[k] : top;
        top = lanes.max(top);
        if (!(top > -math::infinity<Real>)) {
            log_pool[row] = top;
            return;
        }
        for (int k = lanes.first(); k < n_keys; k += lanes.count())
            term[k] = math::exp(per_n * (s[k] - top));
        log_pool[row] = fma(per_n, top, math::log(row_sum(term, n_keys, lanes)));
    }
};

} // namespace lamina
