/// The numbers of a run that run.json, `--json` and `expect:` see.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "analysis/behaviour.hpp"
#include "experiments/records.hpp"

namespace lamina {

/// summary of run.json: comparison, behaviour, and each variant's own.
nlohmann::ordered_json summary_of(const std::vector<VariantRun>&);

enum class Pool { nothing, by_load };

/// One row per variant and condition, or per variant and load.
std::vector<analysis::BehaviourRow> behaviour_of(const std::vector<VariantRun>&, const Conditions&,
                                                 Pool = Pool::nothing);

/// The same for a task that asks for an angle.
std::vector<analysis::RecallRow> recall_of(const std::vector<VariantRun>&, const Conditions&);

/// {mean, ci_low, ci_high, n} by bootstrap over the values that are not NaN; a mean of none is
/// null.
nlohmann::ordered_json summary_entry(const std::vector<double>& values, const AnalysisSpec&);

nlohmann::ordered_json summary_entry(const analysis::Estimate&);
nlohmann::ordered_json number_or_null(double x); ///< null for what is not finite

/// How a variant is called in a path: its label with _ for what is no letter or digit, and m for a
/// minus before a digit ("g=4.5, V=-60 mV" is g_4_5_V_m60_mV).
std::string word_of_label(const std::string& label);

/// What stands under this word: of a map the value of the key, of a list that of the number, or the
/// first entry whose label has this word; nullptr when there is none.
const nlohmann::ordered_json* child_of(const nlohmann::ordered_json&, const std::string& word);

/// One line of `expect:` against the summary.
struct ExpectationResult {
    Expectation expectation;
    bool known = false; ///< the path exists in the summary
    double value = 0;   ///< the mean where the path ends at an entry with an interval
    bool met = false;
};
std::vector<ExpectationResult> judge_expectations(const std::vector<Expectation>&,
                                                  const nlohmann::ordered_json& summary);

} // namespace lamina
