/// What one query and one key of a mechanism come to, through its own functions.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/lanes.hpp"
#include "models/scores/score.hpp"

namespace lamina::test {

/// The score, or the logarithm of the drive.
template <class Mechanism, class Real = double>
Real score_of(const std::vector<Real>& q, const std::vector<Real>& k, ScoreParameters par = {},
              Real gain = 1) {
    par.n_heads = 1, par.d_head = int(q.size());
    std::vector<Real> projections;
    const auto constants = Mechanism::template prepare<Real>(par, 1, projections);
    const std::size_t n = std::size_t(Mechanism::n_features(par));
    std::vector<Real> query(n), key(n);
    const Real query_log =
        Mechanism::encode(q.data(), gain, query.data(), constants, 0, Role::query, OneLane{});
    const Real key_log =
        Mechanism::encode(k.data(), Real(1), key.data(), constants, 0, Role::key, OneLane{});
    Real met = 0;
    if constexpr (meets_pairwise<Mechanism>)
        met = Mechanism::pair(query.data(), key.data(), constants);
    else
        for (std::size_t f = 0; f < n; ++f) met += query[f] * key[f];
    return Mechanism::meet(met, query_log, key_log, constants);
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

} // namespace lamina::test
