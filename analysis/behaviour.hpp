/// Behaviour of an observer who says yes or no, one row per variant and condition. The
/// run fills /behaviour of results.h5 with it; the report may recompute it from /trials.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/statistics.hpp"

namespace lamina::analysis {

/// Columns of /trials, all [n_trials]. answer: what was right, 1 yes, 0 no;
/// choice: 1 yes, 0 no, 255 none.
struct TrialColumns {
    std::vector<std::int64_t> variant, condition, load;
    std::vector<std::uint8_t> answer, choice;
    std::vector<double> reaction_time_ms;   ///< NaN: no threshold was reached
    std::vector<double> change_probability; ///< NaN where there is none; may be empty
};

/// What one variant did in one condition. A hit is "yes" where yes is right: match, change, ...
/// Trials without any choice are left out of n; a choice without a reaction time counts in n and in
/// rt_missing.
struct BehaviourRow {
    std::int64_t variant = 0, condition = 0, load = 0;
    double change_probability = 0; ///< NaN: none, or several pooled
    std::int64_t n = 0, hits = 0, misses = 0, false_alarms = 0, correct_rejections = 0;
    Estimate accuracy{}; ///< Wilson interval
    Estimate hit_rate{}, false_alarm_rate{};
    Estimate K{}; ///< Cowan: K = load (h - f), interval by Newcombe, items
    double d_prime = 0, criterion = 0;
    double rt_mean_ms = 0, rt_q10_ms = 0, rt_q90_ms = 0;
    Estimate rt_median_ms{}; ///< bootstrap interval of the median
    std::int64_t rt_missing = 0;
};

/// Rows for every pair (variant, condition), variants slowest, conditions in rising number; pairs
/// without trials have n = 0 and NaN. Both numbers count from 0.
std::vector<BehaviourRow> behaviour(const TrialColumns& trials, const Confidence& confidence = {});

/// The same with all conditions of a load taken together: one condition for each load, in the order
/// of their numbers.
TrialColumns pooled_by_load(TrialColumns trials);

} // namespace lamina::analysis
