/// Block body, one block = the queries of one tile of one head: scores, gates and routing in one
/// pass, what attention_step does on a CPU. Of the [queries, keys] matrices only the gates' own
/// state goes through memory.
///
///     s = meet(q . k) + m      a, D advance (gate_rows.hpp)      routed = sum_j a_j v_j
///
/// s, a, D and what is routed have the bits of the bodies that do one of these after the other; the
/// two sums of a row are added in another order, which is fixed as well.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/block.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/tiles.hpp"

namespace lamina {

template <class Mechanism, class Real, int extent> struct AttendBlocks {
    using T = Tile<Real, extent>;
    static_assert(extent <= 2 * T::depth, "values lie where queries and keys lay");

    const Real *query, *key;         ///< [n_trials][n_heads][n_columns][n_features]
    const Real *query_log, *key_log; ///< [n_trials][n_heads][n_columns]
    const Real* mask;                ///< [n_trials][n_columns, n_columns] or null
    GateRows<Real> gates;            ///< of all rows; its log_drive is not read
    const Real* value;               ///< [n_trials][n_columns][n_heads * d_head]
    Real* routed;                    ///< the same
    int n_trials, n_heads, n_columns, n_features;
    int d_head; ///< <= extent
    typename Mechanism::template Constants<Real> constants;

    BlockShape shape() const {
        BlockShape shape;
        shape.n_blocks = n_trials * n_heads * T::count(n_columns);
        shape.n_threads = T::n_threads;
        shape.shared_bytes = (2 * T::depth + extent) * T::pitch * sizeof(Real);
        return shape;
    }

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const int n_tiles = T::count(n_columns), matrix = block.index() / n_tiles;
        const std::size_t n = std::size_t(n_columns);
        const int row = T::row_of(block.thread()), column = T::column_of(block.thread());
        const int first_query = block.index() % n_tiles * extent;
        const std::size_t first_row = std::size_t(matrix) * n + first_query;
        const std::size_t width = std::size_t(n_heads) * d_head;
        const std::size_t head_of_trial =
            std::size_t(matrix / n_heads) * n * width + std::size_t(matrix % n_heads) * d_head;
        // of queries and keys, and then of values
        Real* const tiles = block.template shared<Real>();
        Real* const weights = tiles + 2 * T::depth * T::pitch; // [key, query]

        Real out[T::each][T::each] = {}, gate_sum[T::each] = {}, drive_sum[T::each] = {};
        for (int first_key = 0; first_key < n_columns; first_key += extent) {
            const int n_keys = n_columns - first_key;
            Real s[T::each][T::each] = {};
            multiply_features(block, first_row, n_columns - first_query,
                              std::size_t(matrix) * n + first_key, n_keys, tiles, s);
            LAMINA_UNROLL
            for (int i = 0; i < T::each; ++i)
                if (first_query + row + i < n_columns)
                    advance(first_row + row + i, std::size_t(matrix) * n, first_key + column, s[i],
                            gate_sum[i], drive_sum[i]);
            LAMINA_UNROLL
            for (int i = 0; i < T::each; ++i) {
                LAMINA_UNROLL
                for (int j = 0; j < T::each; ++j)
                    weights[(column + j) * T::pitch + row + i] = s[i][j];
            }
            const Real* const values = value + head_of_trial + first_key * width;
            for (int from = 0; from < extent; from += T::depth)
                T::load(block, values + from * width, width, 1, n_keys - from, d_head,
                        tiles + from * T::pitch);
            block.sync();
            T::multiply(weights, tiles, n_keys < extent ? n_keys : extent, row, column, out);
            block.sync(); // the tiles are read before the next are written
        }

        LAMINA_UNROLL
        for (int i = 0; i < T::each; ++i)
            if (first_query + row + i < n_columns)
                write_four(out[i],
                           routed + head_of_trial + (first_query + row + i) * width + column,
                           d_head - column);
        add_up(block, gate_sum, first_row, n_columns - first_query, weights, gates.gate_sum);
        add_up(block, drive_sum, first_row, n_columns - first_query, weights, gates.drive_sum);
    }

  private:
    /// s = q . k of one tile, from the features of its queries and keys.
    template <class Block>
    LAMINA_FN void multiply_features(const Block& block, std::size_t first_query, int n_queries,
                                     std::size_t first_key, int n_keys, Real* tiles,
                                     Real (&s)[T::each][T::each]) const {
        const std::size_t features = std::size_t(n_features);
        Real* const keys = tiles + T::depth * T::pitch;
        for (int f = 0; f < n_features; f += T::depth) {
            T::load(block, query + first_query * features + f, 1, features, n_features - f,
                    n_queries, tiles);
            T::load(block, key + first_key * features + f, 1, features, n_features - f, n_keys,
                    keys);
            block.sync();
            T::multiply(tiles, keys, n_features - f < T::depth ? n_features - f : T::depth,
                        T::row_of(block.thread()), T::column_of(block.thread()), s);
            block.sync(); // the tiles are read before the next are written
        }
    }

    /// Four gates of a row. @param s  in: dot products; out: the gates, 0 where there is no key
    LAMINA_FN void advance(std::size_t row, std::size_t first_of_matrix, int key,
                           Real (&s)[T::each], Real& gate_sum, Real& drive_sum) const {
        const int n_left = n_columns - key;
        const std::size_t at = row * std::size_t(n_columns) + key;
        const Four<Real> of_key = read_four(key_log + first_of_matrix + key, n_left);
        Four<Real> a = read_four(gates.gate + at, n_left), d = read_four(gates.drive + at, n_left);
        Four<Real> seen{}, noise{};
        if (mask) {
            const std::size_t trial = row / n_columns / n_heads;
            seen =
                read_four(mask + (trial * n_columns + row % n_columns) * n_columns + key, n_left);
        }
        if (gates.noise) noise = read_four(gates.noise + at, n_left);
        LAMINA_UNROLL
        for (int j = 0; j < T::each; ++j) {
            if (j < n_left) {
                Real log_drive = Mechanism::meet(s[j], query_log[row], of_key.x[j], constants);
                if (mask) log_drive += seen.x[j];
                gates.step(log_drive, gates.log_divisor[row], a.x[j], d.x[j]);
                if (gates.noise) a.x[j] += noise.x[j];
            }
            s[j] = a.x[j];
            gate_sum += a.x[j];
            drive_sum += d.x[j];
        }
        write_four(a.x, gates.gate + at, n_left);
        write_four(d.x, gates.drive + at, n_left);
    }

    /// sums[row] = what the threads of a row have added, in their order.
    template <class Block>
    LAMINA_FN static void add_up(const Block& block, const Real (&mine)[T::each],
                                 std::size_t first_row, int n_rows, Real* work, Real* sums) {
        LAMINA_UNROLL
        for (int i = 0; i < T::each; ++i)
            work[block.thread() % T::across * T::pitch + T::row_of(block.thread()) + i] = mine[i];
        block.sync();
        for (int row = block.thread(); row < extent && row < n_rows; row += T::n_threads) {
            Real sum = 0;
            for (int part = 0; part < T::across; ++part) sum += work[part * T::pitch + row];
            sums[first_row + row] = sum;
        }
        block.sync(); // read before it is written again
    }
};

} // namespace lamina
