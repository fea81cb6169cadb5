/// Body, one item = one hidden cell of one gate: it adds up what dendrites of its own get from a
/// query and a key, and its hazard of a spike is exponential in the sum.
///
///     P(spike in dt) = 1 - exp(-R dt exp(x_q + x_k))
///
/// A cell keeps nothing from step to step. It fires once in a step at most: beyond exp(x_q + x_k) =
/// 1 / (R dt) the hazard tells no more. Jolivet et al. (2006), doi:10.1007/s10827-006-7074-5, for
/// the hazard; docs/model.md, "The spiking column".
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

template <class Real> struct SpikeHidden {
    const Real *query, *key;    ///< [n_units] x_q, x_k of this gate
    const std::uint32_t* words; ///< [n_units] random words of this step
    std::uint8_t* spiked;       ///< [n_units]
    Real log_rate_dt;           ///< log R dt

    /// Of a spike in dt.
    LAMINA_FN static Real probability(Real sum, Real log_rate_dt) {
        return -math::expm1(-math::exp(sum + log_rate_dt));
    }

    LAMINA_FN void operator()(std::size_t unit) const { step(unit, query[unit], key[unit]); }

    /// The same of a cell that gets these.
    LAMINA_FN void step(std::size_t cell, Real x_q, Real x_k) const {
        // 31 bits are a signed integer, which every instruction set turns into a Real
        const Real uniform =
            (Real(static_cast<std::int32_t>(words[cell] >> 1)) + Real(0.5)) * Real(0x1p-31);
        spiked[cell] = uniform <= probability(x_q + x_k, log_rate_dt) ? 1 : 0;
    }
};

/// All cells in one launch: those of a gate are units of its query and its key.
template <class Real> struct SpikeAllHidden {
    SpikeHidden<Real> cells; ///< query, key: [n_heads, n_columns, n_units]; the rest of all
    std::size_t n_columns, n_units;

    LAMINA_FN void operator()(std::size_t cell) const {
        const std::size_t unit = cell % n_units, gate = cell / n_units, row = gate / n_columns,
                          key = row / n_columns * n_columns + gate % n_columns;
        cells.step(cell, cells.query[row * n_units + unit], cells.key[key * n_units + unit]);
    }
};

} // namespace lamina
