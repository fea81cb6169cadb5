#include "experiments/records.hpp"

#include <algorithm>

namespace lamina {

Conditions::Conditions(const std::vector<VariantRun>& runs) {
    for_each_trial(runs, [&](std::int64_t, const TrialRecord& record) {
        const auto next = std::int64_t(labels.size());
        if (number.emplace(record.trial.condition, next).second)
            labels.push_back(record.trial.condition);
    });
}

bool asked(const std::vector<VariantRun>& runs) {
    return std::any_of(runs.begin(), runs.end(), [](const VariantRun& run) {
        return !run.records.empty() && run.records.front().choice != 255;
    });
}

} // namespace lamina
