#include "experiments/records.hpp"

#include <algorithm>

#include "models/angle.hpp"

namespace lamina {

Conditions::Conditions(const std::vector<VariantRun>& runs) {
    for_each_trial(runs, [&](std::int64_t, const TrialRecord& record) {
        const auto next = std::int64_t(labels.size());
        if (number.emplace(record.trial.condition, next).second)
            labels.push_back(record.trial.condition);
    });
}

bool asked(const std::vector<VariantRun>& runs) {
    return asked_for(runs, Answer::choice) || asked_for(runs, Answer::angle);
}

bool asked_for(const std::vector<VariantRun>& runs, Answer answer) {
    return std::any_of(runs.begin(), runs.end(), [&](const VariantRun& run) {
        if (run.records.empty()) return false;
        const Trial& trial = run.records.front().trial;
        return trial.asks && trial.question.answer == answer;
    });
}

analysis::Report report_of(const VariantRun& run, const TrialRecord& record) {
    const Trial& trial = record.trial;
    analysis::Report report{
        record.response_rad * deg_per_rad, trial.question.right_rad * deg_per_rad, {}};
    for (std::size_t column = 0; column < trial.items.size(); ++column) {
        const int item = trial.items[column];
        if (item < 0 || static_cast<int>(column) == trial.target_column) continue;
        report.others_deg.push_back(run.stimuli.angle_deg[static_cast<std::size_t>(item)]);
    }
    return report;
}

} // namespace lamina
