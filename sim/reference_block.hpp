/// The transformer block, computed plainly in double precision from the same weights and inputs as
/// the column (docs/model.md, "The reference block").
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/weights.hpp"

namespace lamina {

/// Every intermediate of one block, [row-major], under the names TransformerLens users know.
/// N queries and N keys (columns); H heads.
///
/// y and z are the stream that the next stage sees: with post-norm, after the norm. What the norm
/// was applied to is kept beside them, because there TransformerLens calls the sums hook_resid_mid
/// and hook_resid_post, and y and z hook_normalized_resid_mid and hook_normalized_resid_post.
struct ReferenceResult {
    int columns = 0, heads = 0, d_model = 0, d_head = 0, d_ff = 0;
    Norm norm = Norm::none;
    std::vector<double> resid_pre;  ///< [N][d_model]        x
    std::vector<double> q, k, v;    ///< [N][H * d_head]     hook_q, hook_k, hook_v
    std::vector<double> scores;     ///< [H][N][N]           hook_attn_scores; -inf where masked
    std::vector<double> pattern;    ///< [H][N][N]           hook_pattern; a fully masked row is 0
    std::vector<double> z_heads;    ///< [N][H * d_head]     hook_z: o of each head
    std::vector<double> attn_out;   ///< [N][d_model]        hook_attn_out
    std::vector<double> sum_mid;    ///< [N][d_model]        x + attn_out
    std::vector<double> resid_mid;  ///< [N][d_model]        y
    std::vector<double> mlp_out;    ///< [N][d_model]        0 without a feed-forward layer
    std::vector<double> sum_post;   ///< [N][d_model]        y + mlp_out
    std::vector<double> resid_post; ///< [N][d_model]        z, the output
    struct Named {
        std::vector<int> shape;
        const std::vector<double>* values;
    };
    /// Name -> (shape, pointer into this object), e.g. "blocks.0.attn.hook_pattern".
    std::map<std::string, Named> named(int layer = 0) const;
};

/// One transformer block, for queries i, keys j and heads h:
///
///     n_0 = x, n_0^c = c            (norm pre: LN_1 of each, with the same scale and shift)
///     q_i = W_Q n_0^c_i + b_Q       k_j = W_K n_0_j + b_K       v_j = W_V n_0_j + b_V
///     s_ij = score_gain q_i . k_j / sqrt(d_head) + m_ij         m_ij = 0, or -inf where masked
///     a_ij = softmax_j(s_ij)        o_i = sum_j a_ij v_j        a row without any key: a = 0, o =
///     0 y_i = x_i + W_O concat_h(o_i) + b_O                       (norm post: LN_1 of that) z_i =
///     y_i + W_2 phi(W_1 n_i + b_1) + b_2                  (norm post: LN_2 of that) n = y (norm
///     none, post), LN_2(y) (norm pre);  d_ff = 0: z = y (norm post: LN_2(y))
///
/// Masked columns are no keys; their own rows are computed like all others.
/// @param x       [N][d_model] input stream (keys, values, residual)
/// @param c       [N][d_model] context stream (queries); pass x for self-attention
/// @param masked  [N] 1 where the key's column holds nothing (padding); empty: none
/// Spec fields used: columns, heads, d_model, d_head, d_ff, attention (causal or not), norm,
/// norm_epsilon, activation, score_gain. Softmax subtracts the row maximum; nothing overflows.
/// @throws  nothing; a NaN that comes in goes out
/// @source  Vaswani et al. (2017), arXiv:1706.03762, section 3; norm placement: Xiong et al.
/// (2020),
///          arXiv:2002.04745, table 1
ReferenceResult reference_block(const AreaSpec&, const AttentionWeights&,
                                const std::vector<double>& x, const std::vector<double>& c,
                                const std::vector<std::uint8_t>& masked);

} // namespace lamina
