/// The records of all variants as the tables of a run see them: numbered conditions, trial by
/// trial.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/recall.hpp"
#include "experiments/experiment.hpp"

namespace lamina {

/// Conditions of a run, in order of first appearance over all variants.
struct Conditions {
    std::vector<std::string> labels;
    std::map<std::string, std::int64_t> number;

    explicit Conditions(const std::vector<VariantRun>&);
    std::int64_t of(const TrialRecord& record) const { return number.at(record.trial.condition); }
    std::size_t size() const { return labels.size(); }
};

/// Calls see(variant, record) for every trial, variants slowest.
template <class See> void for_each_trial(const std::vector<VariantRun>& runs, See see) {
    for (std::size_t variant = 0; variant < runs.size(); ++variant)
        for (const TrialRecord& record : runs[variant].records) see(std::int64_t(variant), record);
}

/// Did the task ask a question, and one of this kind?
bool asked(const std::vector<VariantRun>&);
bool asked_for(const std::vector<VariantRun>&, Answer);

/// What was reported in a trial that asked for an angle, among the items that were shown.
analysis::Report report_of(const VariantRun&, const TrialRecord&);

} // namespace lamina
