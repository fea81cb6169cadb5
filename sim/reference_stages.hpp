/// The reference block, stage by stage, of one or many inputs, through any executor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/add_rows.hpp"
#include "kernels/reference_rows.hpp"
#include "sim/reference_block.hpp"

namespace lamina {

/// The weights of AttentionWeights, where the executor sees them.
struct ReferenceWeights {
    const double *W_Q, *b_Q, *W_K, *b_K, *W_V, *b_V, *W_O, *b_O;
    const double *W_1, *b_1, *W_2, *b_2, *g_1, *beta_1, *g_2, *beta_2;
};
/// @param place  brings an array there, and says where it lies
template <class Place>
ReferenceWeights place_weights(const AttentionWeights& w, const Place& place) {
    return {place(w.W_Q), place(w.b_Q),    place(w.W_K), place(w.b_K),   place(w.W_V), place(w.b_V),
            place(w.W_O), place(w.b_O),    place(w.W_1), place(w.b_1),   place(w.W_2), place(w.b_2),
            place(w.g_1), place(w.beta_1), place(w.g_2), place(w.beta_2)};
}

/// What the stages read and write, there as well, each [n_blocks] times as long as that of one
/// block. They are named as in ReferenceResult.
struct ReferenceArrays {
    const double *x = nullptr, *c = nullptr;
    const std::uint8_t* masked = nullptr; ///< null: nothing is masked
    double *q, *k, *v, *scores, *pattern, *z_heads, *attn_out, *sum_mid, *resid_mid, *mlp_out,
        *sum_post, *resid_post;
    double *normed, *f; ///< no results: a stream after its norm, and the feed-forward layer
};

/// An array that the stages write.
struct ReferenceArray {
    double* ReferenceArrays::*at;
    std::vector<double> ReferenceResult::*result; ///< null: no result
    std::size_t n;                                ///< of one block
};
inline std::vector<ReferenceArray> reference_arrays(const AreaSpec& spec) {
    using At = ReferenceArrays;
    using R = ReferenceResult;
    const std::size_t N = std::size_t(spec.columns), stream = N * std::size_t(spec.d_model),
                      by_head = N * std::size_t(spec.heads) * std::size_t(spec.d_head),
                      pairs = N * std::size_t(spec.heads) * N;
    return {{&At::q, &R::q, by_head},
            {&At::k, &R::k, by_head},
            {&At::v, &R::v, by_head},
            {&At::scores, &R::scores, pairs},
            {&At::pattern, &R::pattern, pairs},
            {&At::z_heads, &R::z_heads, by_head},
            {&At::attn_out, &R::attn_out, stream},
            {&At::sum_mid, &R::sum_mid, stream},
            {&At::resid_mid, &R::resid_mid, stream},
            {&At::mlp_out, &R::mlp_out, stream},
            {&At::sum_post, &R::sum_post, stream},
            {&At::resid_post, &R::resid_post, stream},
            {&At::normed, nullptr, stream},
            {&At::f, nullptr, N * std::size_t(spec.d_ff)}};
}

/// A block's result before its arrays are written.
inline ReferenceResult blank_reference(const AreaSpec& spec, const std::vector<double>& x) {
    ReferenceResult r;
    r.columns = spec.columns, r.heads = spec.heads, r.d_model = spec.d_model;
    r.d_head = spec.d_head, r.d_ff = spec.d_ff, r.norm = spec.norm;
    r.resid_pre = x;
    return r;
}

/// The stages of reference_block().
/// @param r  mlp_out is 0 before when there is no feed-forward layer; the rest may hold anything
template <class Exec>
void compute_reference(const Exec& exec, const AreaSpec& spec, const ReferenceWeights& w,
                       std::size_t n_blocks, const ReferenceArrays& r) {
    const int d = spec.d_model, stacked = spec.heads * spec.d_head;
    const bool pre = spec.norm == Norm::pre, post = spec.norm == Norm::post;
    const std::size_t n_rows = n_blocks * std::size_t(spec.columns), n_values = n_rows * d,
                      n_queries = n_rows * std::size_t(spec.heads);
    const auto linear = [&](const char* label, const double* W, const double* b, const double* rows,
                            int n_in, double* out, int n_out) {
        exec.for_each_row(label, n_rows, reference::LinearRows{W, b, rows, out, n_in, n_out});
    };
    const auto norm = [&](const double* rows, const double* scale, const double* shift,
                          double* out) {
        exec.for_each_row("reference.norm", n_rows,
                          reference::LayerNormRows{rows, scale, shift, out, d, spec.norm_epsilon});
        return out;
    };
    const auto add = [&](const double* a, const double* b, double* sum) {
        exec.for_each("reference.sum", n_values, reference::Sum{a, b, sum});
    };
    const auto copy = [&](const double* from, double* to) {
        exec.for_each("reference.copy", n_values, Copy<double>{from, to});
    };

    // queries, keys and values: both streams pass the same first norm
    const double* context = pre ? norm(r.c, w.g_1, w.beta_1, r.normed) : r.c;
    linear("reference.q", w.W_Q, w.b_Q, context, d, r.q, stacked);
    const double* tokens = pre ? norm(r.x, w.g_1, w.beta_1, r.normed) : r.x;
    linear("reference.k", w.W_K, w.b_K, tokens, d, r.k, stacked);
    linear("reference.v", w.W_V, w.b_V, tokens, d, r.v, stacked);

    // attention
    const reference::Heads heads{spec.heads, spec.columns, spec.d_head};
    const double scale = spec.score_gain / math::sqrt(double(spec.d_head));
    exec.for_each_row("reference.scores", n_queries,
                      reference::ScoreRows{r.q, r.k, r.masked, r.scores, heads, scale,
                                           spec.attention == Attention::causal});
    exec.for_each("reference.pattern", n_queries,
                  reference::Softmax{r.scores, r.pattern, spec.columns});
    exec.for_each_row("reference.route", n_queries,
                      reference::RouteRows{r.pattern, r.v, r.z_heads, heads});
    linear("reference.attn_out", w.W_O, w.b_O, r.z_heads, stacked, r.attn_out, d);

    // residual stream
    add(r.x, r.attn_out, r.sum_mid);
    if (post)
        norm(r.sum_mid, w.g_1, w.beta_1, r.resid_mid);
    else
        copy(r.sum_mid, r.resid_mid);

    // feed-forward layer
    if (spec.d_ff > 0) {
        const double* stream = pre ? norm(r.resid_mid, w.g_2, w.beta_2, r.normed) : r.resid_mid;
        linear("reference.f", w.W_1, w.b_1, stream, d, r.f, spec.d_ff);
        const auto activate = [&](auto function) {
            exec.for_each("reference.activate", n_rows * std::size_t(spec.d_ff),
                          Apply<decltype(function), double>{r.f});
        };
        switch (spec.activation) {
        case Activation::relu:
            activate(reference::Relu());
            break;
        case Activation::gelu:
            activate(reference::Gelu());
            break;
        case Activation::gelu_tanh:
            activate(reference::GeluTanh());
            break;
        }
        linear("reference.mlp_out", w.W_2, w.b_2, r.f, spec.d_ff, r.mlp_out, d);
    }
    add(r.resid_mid, r.mlp_out, r.sum_post);
    if (post)
        norm(r.sum_post, w.g_2, w.beta_2, r.resid_post);
    else
        copy(r.sum_post, r.resid_post);
}

} // namespace lamina
