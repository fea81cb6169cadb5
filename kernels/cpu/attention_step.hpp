/// One step of one attention head on one thread: scores, gates and routing, a few rows at a time.
///
///     log_drive = query keys;   meet, then gate, row by row;   routed = gate values
///
/// A block of query rows passes through all three while its scores lie in the second-level cache,
/// so that of the [n_queries, n_keys] matrices only the gates' own state goes through memory. The
/// bits are those of the three stages run one after the other over all rows: blocking changes no
/// chain. The area runs it (sim/area_circuit.cpp) and `lamina bench rate` times it.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/cpu/matmul.hpp"

namespace lamina::cpu {

/// Where one head's numbers lie.
template <class Real> struct AttentionHead {
    int n_queries, n_keys, n_features, d_head;
    const Real* query;              ///< [n_queries, n_features]
    int ld_query;                   ///< distance between queries, >= n_features
    const PackedMatrix<Real>* keys; ///< [n_features, n_keys]; null: `meet` compares features itself
    const PackedMatrix<Real>* values; ///< [n_keys, d_head]
    /// [n_queries, n_keys], or the attention_block() rows that are worked on, overwritten by the
    /// next.
    Real* log_drive;
    bool keep_log_drive; ///< true: log_drive has all rows
    const Real* gate;    ///< [n_queries, n_keys], after the gate body
    Real* routed;        ///< [n_queries, d_head]
    int ld_routed;       ///< distance between rows of routed
};

/// Rows worked on together: a multiple of the tiles' 6, as many as have 400 KB of log drives, but
/// enough to use each key panel in the first-level cache eight times.
template <class Real> constexpr int attention_block(int n_keys) {
    const int fitting = 400 * 1024 / int(sizeof(Real)) / n_keys;
    return std::max(48, fitting / 6 * 6);
}

/// @param meet  meet(first, last, log_drive) turns the dot products of these rows into log drives,
///              or writes them where there are no keys
/// @param gate  gate(first, last, log_drive) reads them and advances these rows of `head.gate`
/// `log_drive` points to row 0 of [n_queries, n_keys], of which only these rows are there.
/// @param routed  routed() is told when these rows are routed
template <class Real, class Meet, class Gate, class Routed>
void attention_step(const AttentionHead<Real>& head, const Meet& meet, const Gate& gate,
                    const Routed& routed) {
    const std::size_t n_keys = head.n_keys;
    const int together = attention_block<Real>(head.n_keys);
    for (int first = 0; first < head.n_queries; first += together) {
        const int last = std::min(first + together, head.n_queries);
        Real* block = head.keep_log_drive ? head.log_drive + first * n_keys : head.log_drive;
        if (head.keys)
            head.keys->multiply(last - first, head.query + std::size_t(first) * head.ld_query,
                                head.ld_query, block, head.n_keys);
        meet(std::size_t(first), std::size_t(last), block - first * n_keys);
        gate(std::size_t(first), std::size_t(last), block - first * n_keys);
        head.values->multiply(last - first, head.gate + first * n_keys, head.n_keys,
                              head.routed + std::size_t(first) * head.ld_routed, head.ld_routed);
        routed();
    }
}
template <class Real, class Meet, class Gate>
void attention_step(const AttentionHead<Real>& head, const Meet& meet, const Gate& gate) {
    attention_step(head, meet, gate, [] {});
}

} // namespace lamina::cpu
