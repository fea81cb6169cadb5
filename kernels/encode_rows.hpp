/// Body, one row = one vector of rates of one head: what a score compares of it.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

/// @tparam Mechanism  a file of models/scores
/// @tparam role       what its vectors are, in the mechanism's own words
template <class Mechanism, auto role, class Real> struct EncodeRows {
    const Real* rate;       ///< [n_trials][n_columns][n_heads * d_head]
    const Real* suppressed; ///< [n_trials][n_columns] r of the gain lambda (1 - r); null: gain 1
    Real* features;         ///< [n_trials][n_heads][n_columns][n_features]
    Real* factor_log;       ///< [n_trials][n_heads][n_columns]
    int n_columns, n_heads, d_head, n_features;
    Real lambda;
    typename Mechanism::template Constants<Real> constants;

    template <class Lanes> LAMINA_FN void operator()(std::size_t vector, Lanes lanes) const {
        const std::size_t column = vector % n_columns, head = vector / n_columns % n_heads;
        const std::size_t place = vector / n_columns / n_heads * n_columns + column;
        const Real gain = suppressed ? lambda * (1 - suppressed[place]) : Real(1);
        factor_log[vector] = Mechanism::encode(rate + (place * n_heads + head) * d_head, gain,
                                               features + vector * n_features, constants,
                                               static_cast<int>(head), role, lanes);
    }
};

} // namespace lamina
