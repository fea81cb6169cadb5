/// Mechanisms of attention that are no score of a column: they have dynamics of their own. One file
/// per mechanism, each with what it measures, and its part of results.h5 and of the summary.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "experiments/laws/laboratory.hpp"
#include "experiments/laws/laws.hpp"
#include "experiments/mechanisms/naka_rushton.hpp"

namespace lamina::laws {

/// A modern Hopfield network made of gates and PV: attention over stored patterns, whose result is
/// the next query (hopfield.cpp).
struct Hopfield {
    Numbers gain; ///< beta sqrt(d_head)
    std::size_t n_draws = 0, n_steps = 0;
    Numbers energy;          ///< [gain, draw, step + 1] E(xi); step 0: the cue
    Numbers cosine;          ///< [gain, draw, step + 1] of xi with the pattern cued
    Numbers n_patterns;      ///< [gain, draw, step + 1] exp of the entropy of the weights
    Numbers attention_error; ///< [gain, draw] first step against the block's attention
};
std::size_t hopfield_items(const Laboratory&);
Hopfield measure_hopfield(const Laboratory&);
void add(Image&, const Hopfield&);
Json summary_of(const Hopfield&, const Laboratory&);

/// Match and control: keys whose spikes come with the query's are potentiated, and then drive the
/// cell alone (match_and_control.cpp).
struct MatchAndControl {
    static constexpr std::size_t n_windows = 3;
    double kernel_ms = none, threshold = none; ///< fitted at the window of 1 s
    Numbers success, spurious;                 ///< [window]
    Numbers success_one_threshold;             ///< [window] the threshold of 1 s everywhere
    std::size_t n_draws = 0;
    Numbers coincidences;   ///< [window, draw] m of the key that matches
    Numbers best_of_others; ///< [window, draw] largest m of those that do not
    Numbers reproduced;     ///< [window, draw] alpha of the key that matches
};
std::size_t match_and_control_items(const Laboratory&);
MatchAndControl measure_match_and_control(const Laboratory&);
void add(Image&, const MatchAndControl&);
Json summary_of(const MatchAndControl&, const Laboratory&);

/// Linear attention by fast weights: a memory of products of value and key, its gradient against
/// finite differences, and how far it is from softmax (linear_attention.cpp).
struct LinearAttention {
    /// Unnormalised or normalised, over all tokens or causal; W_Q, W_K, W_V; steps of 1e-1 to 1e-9.
    static constexpr std::size_t n_forms = 4, n_matrices = 3, n_steps = 9;
    Numbers score_sd;
    std::size_t n_draws = 0;
    Numbers memory_error;                        ///< [form, draw]
    Numbers gradient_error;                      ///< [form, matrix, step, draw]
    Numbers output_error, kl_bits, top1, n_keys; ///< [score_sd, draw] of the normalised form
    Numbers even_output_error, even_kl_bits;     ///< [score_sd, draw] of equal weights
    Numbers softmax_n_keys;                      ///< [score_sd, draw]
};
std::size_t linear_attention_items(const Laboratory&);
LinearAttention measure_linear_attention(const Laboratory&);
void add(Image&, const LinearAttention&);
Json summary_of(const LinearAttention&, const Laboratory&);

/// The normalization model of attention: an attention field multiplies what drives neurons before a
/// pool divides it (normalization.cpp).
struct Normalization {
    /// A small stimulus in a large attention field, and the reverse; nothing attended, attended.
    static constexpr std::size_t n_conditions = 2, n_attentions = 2;
    Numbers contrast;
    Numbers response;                  ///< [condition, attention, contrast] where it is largest
    std::vector<NakaRushton> fit;      ///< [condition, attention] to them
    Numbers orientation_deg;           ///< of the stimulus 0
    Numbers tuning;                    ///< [condition, attention, orientation] at contrast 1
    Numbers width;                     ///< of the attention field
    Numbers response_share, law_share; ///< [condition, width] of log gamma
};
std::size_t normalization_items(const Laboratory&);
Normalization measure_normalization(const Laboratory&);
void add(Image&, const Normalization&);
Json summary_of(const Normalization&, const Laboratory&);

/// additive_exponential by cells whose hazard is exponential: how well their spikes tell exp(q.k)
/// (exponential_spikes.cpp).
struct ExponentialSpikes {
    Numbers score_sd, units, window_ms;
    std::size_t n_draws = 0;
    Numbers square, product; ///< [score_sd] |q + k|^2, q.k of the pair that is asked
    Numbers estimate;        ///< [score_sd, units, window, draw] over exp(q.k)
    // [score_sd, units, window]
    Numbers variance, law_variance, law_of_cells; ///< relative; what of it the cells make
    Numbers ratio_error;                          ///< standard error of variance / law_variance
    Numbers ratio_low, ratio_high;                ///< where 95 % of it lie; NaN: cannot be seen
    Numbers needed;                               ///< [score_sd, window] cells for an error of 10 %
};
std::size_t exponential_spikes_items(const Laboratory&);
ExponentialSpikes measure_exponential_spikes(const Laboratory&);
void add(Image&, const ExponentialSpikes&);
Json summary_of(const ExponentialSpikes&, const Laboratory&);

} // namespace lamina::laws
