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
struct ReferenceResult {
    int columns = 0, heads = 0, d_model = 0, d_head = 0, d_ff = 0;
    std::vector<double> q, k, v;      ///< [N][H * d_head]     hook_q, hook_k, hook_v
    std::vector<double> scores;       ///< [H][N][N]           hook_attn_scores; -inf where masked
    std::vector<double> pattern;      ///< [H][N][N]           hook_pattern; a fully masked row is 0
    std::vector<double> z_heads;      ///< [N][H * d_head]     hook_z: o of each head
    std::vector<double> attn_out;     ///< [N][d_model]        hook_attn_out
    std::vector<double> resid_mid;    ///< [N][d_model]        y
    std::vector<double> mlp_out;      ///< [N][d_model]
    std::vector<double> resid_post;   ///< [N][d_model]        z
    /// Name -> (shape, pointer into this object), e.g. "blocks.0.attn.hook_pattern".
    struct Named { std::vector<int> shape; const std::vector<double>* values; };
    std::map<std::string, Named> named(int layer = 0) const;
};

/// @param x       [N][d_model] input stream (keys, values, residual)
/// @param c       [N][d_model] context stream (queries); pass x for self-attention
/// @param masked  [N] 1 where the key's column holds nothing (padding); empty: none
/// Spec fields used: columns, heads, d_model, d_head, d_ff, attention (causal or not), norm,
/// norm_epsilon, activation, score_gain. Softmax subtracts the row maximum; nothing overflows.
ReferenceResult reference_block(const AreaSpec&, const AttentionWeights&, const std::vector<double>& x,
                                const std::vector<double>& c,
                                const std::vector<std::uint8_t>& masked);

} // namespace lamina
