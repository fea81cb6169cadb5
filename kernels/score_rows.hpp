/// Body, one row = one query of one head: the query meets every key, in logarithms of the drive.
///
/// `Mechanism` is a file of models/scores. One that meets by the dot product of its features is run
/// by the executor's matrix product on the CPU; a test holds the two to each other.
#pragma once

#include <cstddef>

#include "kernels/portable.hpp"

namespace lamina {

template <class Mechanism, class Real> struct ScoreRows {
    const Real* query;     ///< [n_heads][n_queries][n_features]
    const Real* key;       ///< [n_heads][n_features][n_keys]
    const Real* query_log; ///< [n_heads][n_queries] logarithm of a factor of the query
    const Real* key_log;   ///< [n_heads][n_keys]
    const Real* mask;      ///< [n_queries, n_keys] m_ij: 0, or -infinity where not seen
    Real* log_drive;       ///< [n_heads][n_queries][n_keys]
    int n_queries, n_keys, n_features;
    typename Mechanism::template Constants<Real> constants;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t head = row / n_queries, i = row % n_queries;
        const Real* q = query + row * n_features;
        for (int j = lanes.first(); j < n_keys; j += lanes.count()) {
            const Real* k = key + head * n_features * n_keys + j;
            Real dot = 0;
            for (int f = 0; f < n_features; ++f) dot = fma(q[f], k[std::size_t(f) * n_keys], dot);
            const Real met =
                Mechanism::meet(dot, query_log[row], key_log[head * n_keys + j], constants);
            log_drive[row * n_keys + j] = met + mask[i * n_keys + j];
        }
    }
};

/// What `meet` gets of a mechanism that compares pair by pair, in the place of dot products.
template <class Mechanism, class Real> struct PairRows {
    const Real* query; ///< [n_heads][n_queries][n_features]
    const Real* key;   ///< [n_heads][n_keys][n_features]
    Real* met;         ///< [n_heads][n_queries][n_keys]
    int n_queries, n_keys, n_features;
    typename Mechanism::template Constants<Real> constants;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const Real* q = query + row * n_features;
        const Real* keys = key + row / n_queries * n_keys * n_features;
        for (int j = lanes.first(); j < n_keys; j += lanes.count())
            met[row * n_keys + j] =
                Mechanism::pair(q, keys + std::size_t(j) * n_features, constants);
    }
};

/// The same as ScoreRows after a matrix product, or PairRows, has left its numbers in log_drive.
template <class Mechanism, class Real> struct MeetRows {
    const Real* query_log;
    const Real* key_log;
    const Real* mask; ///< null: every key is seen by every query
    Real* log_drive;  ///< in: dot products, or what pairs gave; out: log drive
    int n_queries, n_keys;
    typename Mechanism::template Constants<Real> constants;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t head = row / n_queries, i = row % n_queries;
        Real* s = log_drive + row * n_keys;
        for (int j = lanes.first(); j < n_keys; j += lanes.count())
            s[j] = Mechanism::meet(s[j], query_log[row], key_log[head * n_keys + j], constants);
        if (!mask) return;
        for (int j = lanes.first(); j < n_keys; j += lanes.count()) s[j] += mask[i * n_keys + j];
    }
};

/// Closes what is not seen, of several trials: log_drive += m.
template <class Real> struct MaskRows {
    const Real* mask; ///< [n_trials][n_queries, n_keys] 0 or -infinity
    Real* log_drive;  ///< [n_trials][n_heads][n_queries, n_keys]
    int n_heads, n_queries, n_keys;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const std::size_t trial = row / n_queries / n_heads;
        const Real* m = mask + (trial * n_queries + row % n_queries) * n_keys;
        Real* s = log_drive + row * n_keys;
        for (int j = lanes.first(); j < n_keys; j += lanes.count()) s[j] += m[j];
    }
};

} // namespace lamina
