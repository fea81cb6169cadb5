/// The criterion of change detection when changes are rare or frequent: with all else as fitted, it
/// is fitted again to each of the published shares of change trials.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/fit/setup.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

struct CriterionByProbability {
    double p_change = 0;
    double fitted = 0; ///< c_0 that fits the answers best
    /// c_0 with most correct answers at this share of change trials, over the set sizes: what an
    /// observer who knows it would choose. Nothing is fitted here.
    double best = 0;
    std::vector<int> load;
    std::vector<AnswerRates> data, law, at_best; ///< [loads]
};

/// Empty unless the data are Rouder et al.'s (2008), whose table has the three shares. The
/// published rates come without trial numbers; each set size is taken to have a third of its trials
/// at each.
std::vector<CriterionByProbability> criteria_by_probability(const FitSetup&,
                                                            const std::vector<double>& values);

/// The same before anything is fitted: the shares, set sizes and data.
std::vector<CriterionByProbability> unfitted_criteria(const FitSetup&);

/// Whether hits and false alarms rise with the share of change trials at every set size.
bool rates_rise(const std::vector<CriterionByProbability>&,
                std::vector<AnswerRates> CriterionByProbability::*rates);

nlohmann::ordered_json criteria_summary(const std::vector<CriterionByProbability>&);
void add_criteria(Image&, const std::vector<CriterionByProbability>&);
std::string criteria_text(const std::vector<CriterionByProbability>&);

} // namespace lamina
