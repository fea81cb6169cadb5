/// Softmax with one key that is always there and stands for nothing, and a squared output: an item
/// gets a = 1 / (w + L) of the attention, w = 2.4 the weight of the null key, and expected counts
///
///     Lambda = C f a^2,   f = (w + 1)^2 / 3
///
/// f makes C comparable: an item alone gets C / 3 counts, as under divisive normalisation. The
/// counts are Poisson.
/// Source: a rival to the divisive encoding (docs/model.md); w = 2.4 makes the two curves nearly
/// equal, which is why other observables must tell them apart.
#pragma once

#include "models/capacity/account.hpp"

namespace lamina::null_key {

constexpr double null_weight = 2.4;

inline double expected(const CapacityParameters& p, int load) {
    const double a = 1 / (null_weight + load), alone = 1 / (null_weight + 1);
    return p.counts / 3 * (a * a) / (alone * alone);
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

} // namespace lamina::null_key
