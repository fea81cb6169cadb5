/// Bodies of layer norm, one row = one column's vector.
#pragma once

#include <cstddef>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"
#include "kernels/row_sum.hpp"

namespace lamina {

/// mean[row] = mean_k y_k
template <class Real> struct MeanRows {
    const Real* y; ///< [n_rows, d]
    Real* mean;    ///< [n_rows]
    int d;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        mean[row] = row_sum(y + row * d, d, lanes) / Real(d);
    }
};

/// square[row] = mean_k (y_k - mu)^2 about the mean pool's present mu; divided by d, not by d - 1.
template <class Real> struct SquareRows {
    const Real* y;  ///< [n_rows, d]
    const Real* mu; ///< [n_rows]
    Real* square;   ///< [n_rows]
    Real* work;     ///< [n_rows, d]
    int d;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        Real* term = work + row * d;
        for (int k = lanes.first(); k < d; k += lanes.count()) {
            const Real from_mu = y[row * d + k] - mu[row];
            term[k] = from_mu * from_mu;
        }
        square[row] = row_sum(term, d, lanes) / Real(d);
    }
};

/// n = scale (y - mu) / sqrt(nu + epsilon) + shift, with mu and nu from the pools.
template <class Real> struct NormRows {
    const Real* y;     ///< [n_rows, d]
    const Real* mu;    ///< [n_rows]
    const Real* nu;    ///< [n_rows], >= 0
    const Real* scale; ///< [d]
    const Real* shift; ///< [d]
    Real* n;           ///< [n_rows, d]
    int d;
    Real epsilon;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const Real about = mu[row];
        const Real per_sd = 1 / math::sqrt(nu[row] + epsilon);
        for (int k = lanes.first(); k < d; k += lanes.count())
            n[row * d + k] = fma(scale[k] * (y[row * d + k] - about), per_sd, shift[k]);
    }
};

} // namespace lamina
