/// Bodies of the reference block, plain and in double precision. One row belongs to one column, or
/// to one query of one head; rows of many blocks lie one after the other.
///
/// No sum depends on the number of lanes: each is one lane's, in one order. So every executor gives
/// the same bits, unlike the bodies of the column, whose sums over lanes have an order of their
/// own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/dot.hpp"
#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina::reference {

/// out = W x + b
struct LinearRows {
    const double* W; ///< [n_out, n_in]
    const double* b; ///< [n_out]
    const double* x; ///< [n_rows, n_in]
    double* out;     ///< [n_rows, n_out]
    int n_in, n_out;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        for (int i = lanes.first(); i < n_out; i += lanes.count())
            out[row * n_out + i] =
                dot(W + std::size_t(i) * n_in, x + row * n_in, std::size_t(n_in)) + b[i];
    }
};

/// n = scale (x - mu) / sqrt(nu + epsilon) + shift,   mu = mean(x),   nu = mean((x - mu)^2)
///
/// The variance is divided by d, not d - 1. Every lane takes the whole sums.
/// Source: Ba, Kiros & Hinton (2016), arXiv:1607.06450, eq. 4.
struct LayerNormRows {
    const double* x;     ///< [n_rows, d]
    const double* scale; ///< [d]
    const double* shift; ///< [d]
    double* n;           ///< [n_rows, d]
    int d;
    double epsilon;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const double* from = x + row * d;
        double mean = 0;
        for (int i = 0; i < d; ++i) mean += from[i];
        mean /= double(d);

        double variance = 0;
        for (int i = 0; i < d; ++i) variance += (from[i] - mean) * (from[i] - mean);
        variance /= double(d);

        const double spread = math::sqrt(variance + epsilon);
        for (int i = lanes.first(); i < d; i += lanes.count())
            n[row * d + i] = scale[i] * ((from[i] - mean) / spread) + shift[i];
    }
};

/// Where the heads' vectors of many blocks lie, in [block][column][n_heads * d_head]. One row = one
/// query, of [block][head][query].
struct Heads {
    int n_heads, n_columns, d_head;

    LAMINA_FN std::size_t block(std::size_t row) const { return row / n_columns / n_heads; }
    LAMINA_FN std::size_t first_key(std::size_t row) const {
        return (block(row) * n_columns * n_heads + row / n_columns % n_heads) * d_head;
    }
    LAMINA_FN std::size_t query(std::size_t row) const {
        return first_key(row) + row % n_columns * to_next();
    }
    LAMINA_FN std::size_t to_next() const { return std::size_t(n_heads) * d_head; }
};

/// s_ij = scale q_i . k_j where i sees j, else -infinity.
struct ScoreRows {
    const double* q;            ///< [n_blocks][n_columns][n_heads * d_head]
    const double* k;            ///< the same
    const std::uint8_t* masked; ///< [n_blocks][n_columns] 1: no key; null: all are
    double* scores;             ///< [n_blocks][n_heads][n_columns, n_columns]
    Heads heads;
    double scale;
    bool causal; ///< only j <= i are seen

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const int n = heads.n_columns, n_seen = causal ? int(row % n) + 1 : n;
        const double *query = q + heads.query(row), *key = k + heads.first_key(row);
        const std::uint8_t* closed = masked ? masked + heads.block(row) * n : nullptr;
        for (int j = lanes.first(); j < n; j += lanes.count()) {
            const bool seen = j < n_seen && !(closed && closed[j] != 0);
            scores[row * n + j] =
                seen ? scale * dot(query, key + j * heads.to_next(), std::size_t(heads.d_head))
                     : -std::numeric_limits<double>::infinity();
        }
    }
};

/// a_ij = exp(s_ij) / sum_j exp(s_ij), the largest subtracted first; a row without any key is 0.
/// One item = one query.
struct Softmax {
    const double* scores; ///< [n_queries, n] -infinity where nothing is seen
    double* pattern;      ///< [n_queries, n]
    int n;

    LAMINA_FN void operator()(std::size_t query) const {
        const double* s = scores + query * n;
        double* a = pattern + query * n;
        constexpr double closed = -std::numeric_limits<double>::infinity();
        double top = closed, total = 0;
        for (int j = 0; j < n; ++j) top = s[j] > top ? s[j] : top;
        for (int j = 0; j < n; ++j) {
            a[j] = s[j] == closed ? 0 : math::exp(s[j] - top);
            total += a[j];
        }
        if (top == closed) return;
        for (int j = 0; j < n; ++j) a[j] /= total;
    }
};

/// o_i = sum_j a_ij v_j
struct RouteRows {
    const double* pattern; ///< [n_blocks][n_heads][n_columns, n_columns]
    const double* v;       ///< [n_blocks][n_columns][n_heads * d_head]
    double* o;             ///< the same
    Heads heads;

    template <class Lanes> LAMINA_FN void operator()(std::size_t row, Lanes lanes) const {
        const int n = heads.n_columns, first = lanes.first(), step = lanes.count();
        double* to = o + heads.query(row);
        for (int e = first; e < heads.d_head; e += step) to[e] = 0;
        for (int j = 0; j < n; ++j) {
            const double a = pattern[row * n + j];
            const double* from = v + heads.first_key(row) + j * heads.to_next();
            for (int e = first; e < heads.d_head; e += step) to[e] = fma(a, from[e], to[e]);
        }
    }
};

/// One item: out = a + b.
struct Sum {
    const double* a;
    const double* b;
    double* out;
    LAMINA_FN void operator()(std::size_t item) const { out[item] = a[item] + b[item]; }
};

// Activations, written apart from those of the column (models/activation.hpp), for Apply:
// relu x = max(x, 0); gelu x = x Phi(x) with Phi the normal distribution function;
// gelu_tanh x = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
// Source: Hendrycks & Gimpel (2016), arXiv:1606.08415, section 2.
struct Relu {
    LAMINA_FN static double of(double x) { return x > 0 ? x : 0; }
};
struct Gelu {
    LAMINA_FN static double of(double x) {
        return 0.5 * x * (1 + math::erf(x * 0.70710678118654752440));
    }
};
struct GeluTanh {
    LAMINA_FN static double of(double x) {
        constexpr double sqrt_2_over_pi = 0.79788456080286535588;
        return 0.5 * x * (1 + math::tanh(sqrt_2_over_pi * (x + 0.044715 * x * x * x)));
    }
};

} // namespace lamina::reference
