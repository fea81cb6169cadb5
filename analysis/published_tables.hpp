/// Published figures that reports and fits use, as aggregate facts with their sources; no file is
/// needed.
#pragma once

#include <array>

namespace lamina::analysis {

/// Errors of reporting the colour of one of L = 1 .. 8 items, counted in 30 bins of 12 degrees from
/// -180; 13 people, 216 trials each at every set size.
///
/// Data of van den Berg, Shin, Chou, George & Ma (2012), doi:10.1073/pnas.1117465109, as
/// distributed with MemToolbox (Suchow, Brady, Fougnie & Alvarez 2013, doi:10.1167/13.10.9;
/// BSD-2-Clause); counted from the file of errors, not quoted from the paper.
extern const std::array<std::array<int, 30>, 8> colour_errors;

/// Circular SD of the same errors in degrees, pooled over people; mean and SD (n - 1) over the 13
/// people of their own; and the mean absolute error, pooled.
struct ColourSpread {
    double pooled_deg, subject_mean_deg, subject_sd_deg, mean_abs_error_deg;
};
extern const std::array<ColourSpread, 8> colour_spread;
constexpr int n_colour_subjects = 13;

/// Single-probe change detection; 23 people, 12 385 trials, half of them with a change: shares of
/// the answer "change" when there was one (hits) and when there was none (false alarms), the SD
/// over people of K = N (hit - false alarm), share correct, K of the pooled trials, median reaction
/// time.
///
/// Data of Rouder, Morey, Cowan, Zwilling, Morey & Pratte (2008), doi:10.1073/pnas.0711295105;
/// computed from the trials they published.
struct ChangeTable {
    int set_size, n_trials;
    double hit_rate, false_alarm_rate, K_subject_sd, accuracy, K, median_rt_ms;
};
extern const std::array<ChangeTable, 3> change_by_set_size;
constexpr int n_change_subjects = 23;

/// The same by the share of trials with a change in a block, which people knew.
struct ChangeByProbability {
    int set_size;
    double p_change, hit_rate, false_alarm_rate;
};
extern const std::array<ChangeByProbability, 9> change_by_probability;

} // namespace lamina::analysis
