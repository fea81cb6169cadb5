/// Items share what divisive normalisation leaves them: expected counts
///
///     Lambda = C / (sigma^n + L^n),   n = 1.5, sigma^n = 2
///
/// the fixed point of encoding.hpp for L equal items. The counts are Poisson, so an item may get
/// none: then it is not held.
/// Source: Carandini & Heeger (2012), doi:10.1038/nrn3136, as the encoding of docs/model.md.
#pragma once

#include <cmath>

#include "models/capacity/account.hpp"

namespace lamina::divisive {

inline double expected(const CapacityParameters& p, int load) {
    return p.counts / (p.sigma_n + std::pow(load, p.encoding_n));
}

/// See Account.
inline double another_held(const CapacityParameters& p, int load) {
    return another_with_counts(expected(p, load), load);
}

/// See Account.
inline void hold(const CapacityParameters& p, int load, const CountDirections& directions,
                 std::vector<double>& moments) {
    moments.assign(static_cast<std::size_t>(directions.n_moments()), 0);
    directions.add_poisson(1, expected(p, load), moments);
}

} // namespace lamina::divisive
