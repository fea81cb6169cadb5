/// Data and law side by side at every set size, as one figure each: circular SD of errors, or
/// accuracy and K of answers.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/statistics.hpp"
#include "experiments/fit/setup.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

struct ConditionFit {
    int load = 0;
    bool fitted = false;
    double n = 0;
    double not_held = 0;         ///< by the law
    analysis::Estimate sd_deg{}; ///< errors: of the data
    double law_sd_deg = 0;
    AnswerRates data{}, law{};                 ///< changes
    analysis::Estimate K{};                    ///< of the data
    std::vector<std::vector<double>> expected; ///< counts, cell by cell
};

/// Intervals of the data are Student's over people, where their scatter is published (around the
/// pooled figure), else bootstraps over trials.
std::vector<ConditionFit> condition_fits(const FitSetup&, const std::vector<double>& values,
                                         const FitOptions&);

/// The same without the numbers: which set sizes there are, and which of them are fitted.
std::vector<ConditionFit> unfitted_conditions(const FitSetup&);

/// summary.fit.set_size_N of one condition.
nlohmann::ordered_json condition_summary(const ConditionFit&, FitKind);

/// /fit/conditions and, for errors, /fit/errors.
void add_conditions(Image&, const std::vector<ConditionFit>&, const FitData&);

/// The table of `lamina fit`.
std::string conditions_text(const std::vector<ConditionFit>&, FitKind);

} // namespace lamina
