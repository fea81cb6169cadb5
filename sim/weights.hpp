/// The weights of one attention layer: built once, shared by the column and the reference block, so
/// that the comparison can never compare different networks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/area_spec.hpp"

namespace lamina {

/// All matrices row-major [to][from]. Heads are stacked: row h * d_head + i of W_Q is head h.
/// y = W x + b; W_O [d_model][heads * d_head] takes the concatenated heads.
struct AttentionWeights {
    int heads = 0, d_model = 0, d_head = 0, d_ff = 0;
    std::vector<double> W_Q, W_K, W_V; ///< [heads * d_head][d_model]
    std::vector<double> b_Q, b_K, b_V; ///< [heads * d_head]
    std::vector<double> W_O, b_O;      ///< [d_model][heads * d_head], [d_model]
    std::vector<double> W_1, b_1;      ///< [d_ff][d_model], [d_ff]; empty when d_ff = 0
    std::vector<double> W_2, b_2;      ///< [d_model][d_ff], [d_model]
    std::vector<double> g_1, beta_1;   ///< [d_model], scale and shift of the first layer norm
    std::vector<double> g_2, beta_2;   ///< [d_model], of the second
    std::string origin;                ///< "matched", "random", a file name
};

/// One array of AttentionWeights, as it is named in files, and what it has to be in an area.
struct WeightArray {
    const char* name; ///< that of the member
    std::vector<double> AttentionWeights::*entries;
    /// Either is taken: heads stacked, or with an axis of their own. The numbers lie alike.
    std::vector<std::size_t> shape, shape_by_head;
    const char* dims;   ///< of `shape`, in words
    bool required;      ///< else 0, or 1 for the scales of norms, where it is not given
    std::string unused; ///< why the area does not read it, "" when it does
};

/// All of them, in the order of the struct.
std::vector<WeightArray> weight_arrays(const AreaSpec&);

/// Biases 0, norm scales 1, norm shifts 0, matrices 0: what arrays that are given are put into.
AttentionWeights blank_weights(const AreaSpec&);

/// How weights are made.
struct WeightsSpec {
    std::string kind = "matched"; ///< matched | random | file | values
    double match_gain = 6;        ///< matched: mean score of an item with itself
    double score_sd = 1;          ///< random: SD of s over unmasked pairs of distinct tokens
    bool biases = false;          ///< random: biases and norm scales drawn too
};

/// Matched weights: W_Q = W_K = sqrt(g) R_h, W_V = R_h, W_O = [R_h^T], with R a seeded random
/// orthogonal d_model x d_model matrix and R_h its h-th d_head rows; g such that the mean over
/// `items` and heads of the score of an item with itself is `match_gain` (with score_gain = 1; norm
/// pre: of the normed items): g = match_gain heads sqrt(d_head) / mean |x|^2. Biases are 0, norm
/// scales 1; a feed-forward layer is drawn as for random weights.
/// @param items  [n_items][d_model] the stimuli that will be shown; empty: g as if mean |x|^2 =
/// d_model
/// @throws SpecError when heads * d_head != d_model, or when all items are zero
AttentionWeights matched_weights(const AreaSpec&, const WeightsSpec&,
                                 const std::vector<double>& items, std::uint64_t seed);

/// Random weights: every entry N(0, 1/fan_in) from the seed; then W_Q and W_K are scaled by one
/// factor such that the SD of the scores over unmasked pairs is `score_sd`, for queries from
/// `context` and keys from `tokens` (after the first layer norm when norm is pre). Pairs: within a
/// set, j != i (self), j < i (causal), all (cross). Biases, when drawn: N(0, 0.1^2), norm scales
/// around 1; b_Q and b_K are scaled with their matrices.
/// @param tokens, context  [n_sets * columns][d_model]; the same for self-attention
/// @throws SpecError when the scores do not vary, so that no factor gives score_sd
AttentionWeights random_weights(const AreaSpec&, const WeightsSpec&,
                                const std::vector<double>& tokens,
                                const std::vector<double>& context, std::uint64_t seed);

/// SHA-256 over the four sizes (int32) and then, in the order of the struct, each array's length
/// (uint64) and entries (float64), little-endian, as 64 hex digits. `origin` has no part in it.
std::string weights_hash(const AttentionWeights&);

} // namespace lamina
