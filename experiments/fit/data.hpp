/// The data of a fit: counts of what people did at each set size.
#pragma once

#include <string>
#include <vector>

#include "experiments/fit/parameters.hpp"

namespace lamina {

/// One multinomial: counts of an error's bins, or of (changed, same) for changed and for unchanged
/// probes, which makes two.
struct FitCell {
    std::vector<double> counts;
    double n() const;
};

/// All trials at one set size.
struct FitCondition {
    int load = 0;
    std::vector<FitCell> cells; ///< errors: one; changes: {changed probes, unchanged probes}
    double n() const;
};

struct FitData {
    std::string name, source;
    FitKind kind = FitKind::errors;
    std::vector<FitCondition> conditions; ///< rising load

    // how far people differ, where it is published; empty else
    int n_subjects = 0;
    std::vector<double> subject_sd; ///< [conditions] SD over people of what summarises: SD or K
};

/// The data that fit.to names, published or from a file.
///
/// Columns of a file (ours -> theirs), besides `load`:
///
///     error_deg | error_rad                     one trial in each row, error = reported - shown
///     lower_deg, count                          30 bins of 12 degrees, from -180
///     hits, n_change, false_alarms, n_same      counts; "changed" is the answer counted
///     hit_rate, false_alarm_rate, n_trials      rates; half of the trials have a change
/// @throws SpecError naming file, line and column, and what to do
FitData read_fit_data(const FitSpec&, const std::string& folder);

/// The conditions that are fitted, and those that are not.
/// @throws SpecError when fit.conditions names a set size that the data do not have
FitData fitted_part(const FitData&, const std::vector<int>& conditions);
FitData held_out_part(const FitData&, const std::vector<int>& conditions);

/// Circular SD in degrees of binned errors; a bin counts as its middle, and the sum of squares is
/// corrected for the width of the bins (R is divided by sin(w/2) / (w/2)).
double circular_sd_deg(const FitCell&);

/// Shares of the answer "changed".
struct AnswerRates {
    double hit, false_alarm;
    double accuracy() const { return (hit + 1 - false_alarm) / 2; }
    double K(int load) const { return load * (hit - false_alarm); }
};
AnswerRates answer_rates(const FitCondition&);

} // namespace lamina
