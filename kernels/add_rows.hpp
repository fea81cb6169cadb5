/// Bodies between matrix products: what is added before, and the function applied after.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

/// out = x + bias, row by row.
template <class Real> struct AddRows {
    const Real* x;    ///< [n_rows, d]; null: 0
    const Real* bias; ///< [d]; null: 0
    Real* out;        ///< [n_rows, d]; may be x
    int d;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t first = row * d;
        for (int j = lanes.first(); j < d; j += lanes.count()) {
            const Real before = x ? x[first + j] : Real(0);
            out[first + j] = bias ? before + bias[j] : before;
        }
    }
};

/// One item: x becomes Function::of(x).
template <class Function, class Real> struct Apply {
    Real* x; ///< [n]
    LAMINA_FN void operator()(std::size_t item) const { x[item] = Function::of(x[item]); }
};

/// One item: x is multiplied.
template <class Real> struct Scale {
    Real* x; ///< [n]
    Real factor;
    LAMINA_FN void operator()(std::size_t item) const { x[item] *= factor; }
};

/// One item: to = from.
template <class Real> struct Copy {
    const Real* from; ///< [n]
    Real* to;         ///< [n]
    LAMINA_FN void operator()(std::size_t item) const { to[item] = from[item]; }
};

/// One item: to += from.
template <class Real> struct Add {
    const Real* from; ///< [n]
    Real* to;         ///< [n]
    LAMINA_FN void operator()(std::size_t item) const { to[item] += from[item]; }
};

/// One item: to += from, and a sum below 0 is 0.
template <class Real> struct AddRectified {
    const Real* from; ///< [n]
    Real* to;         ///< [n]
    LAMINA_FN void operator()(std::size_t item) const {
        const Real sum = to[item] + from[item];
        to[item] = sum > 0 ? sum : Real(0);
    }
};

} // namespace lamina
