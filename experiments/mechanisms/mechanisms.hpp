/// Mechanisms of attention that are no score of a column: they have dynamics of their own. One file
/// per mechanism, each with what it measures, and its part of results.h5 and of the summary.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "experiments/laws/laboratory.hpp"
#include "experiments/laws/laws.hpp"

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

} // namespace lamina::laws
