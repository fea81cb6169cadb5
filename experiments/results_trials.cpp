/// /trials of results.h5.
#include <cmath>
#include <limits>

#include "experiments/results_parts.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {

namespace {

/// What every task that asks has: the items, and which of them was asked for.
void add_items(Image& image, const std::vector<VariantRun>& runs) {
    std::vector<std::int64_t> load, item, place, probe, target, stored;
    std::vector<double> change_probability;
    bool has_places = false, has_probability = false;
    const auto slots = std::size_t(runs.front().variant.spec.area.columns);
    for_each_trial(runs, [&](std::int64_t, const TrialRecord& record) {
        const Trial& trial = record.trial;
        load.push_back(trial.load);
        probe.push_back(trial.probe);
        target.push_back(trial.target_column);
        change_probability.push_back(trial.change_probability);
        has_probability = has_probability || !std::isnan(trial.change_probability);
        has_places = has_places || !trial.places.empty();
        for (std::size_t slot = 0; slot < slots; ++slot) {
            item.push_back(slot < trial.items.size() ? trial.items[slot] : -1);
            place.push_back(slot < trial.places.size() ? trial.places[slot] : -1);
            const bool shown = item.back() >= 0 && slot < trial.stored.size();
            stored.push_back(shown ? trial.stored[slot] : -1);
        }
    });
    const std::string g = "trials";
    image.dimension(g, "slot", slots);
    image.variable(g, "load", {"trial"}, load, "1", "items shown");
    image.variable(g, "item", {"trial", "slot"}, item, "1",
                   "stimulus shown to each column, -1: none");
    if (has_places)
        image.variable(g, "place", {"trial", "slot"}, place, "1",
                       "place of the item of each column, -1: none");
    image.variable(g, "stored", {"trial", "slot"}, stored, "1",
                   "counts stored of each item, -1: no item");
    image.variable(g, "probe", {"trial"}, probe, "1", "stimulus of the probe, -1: none");
    image.variable(g, "target_column", {"trial"}, target, "1",
                   "column of the item that is asked for, -1: none");
    if (has_probability)
        image.variable(g, "change_probability", {"trial"}, change_probability, "1",
                       "probability of a change, as the observer knows it");
}

void add_choices(Image& image, const std::vector<VariantRun>& runs) {
    std::vector<std::uint8_t> answer, choice, correct;
    std::vector<double> rt, evidence_mean, evidence_end;
    for_each_trial(runs, [&](std::int64_t, const TrialRecord& record) {
        answer.push_back(record.trial.asks && record.trial.question.yes);
        choice.push_back(std::uint8_t(record.choice));
        correct.push_back(record.correct);
        rt.push_back(record.reaction_time_ms);
        evidence_mean.push_back(record.evidence_mean);
        evidence_end.push_back(record.evidence_end);
    });
    const std::string g = "trials";
    const auto [yes, no] = runs.front().task->answers();
    image.flags(g, "answer", {"trial"}, answer, {0, 1}, {no, yes}, "what was right");
    image.flags(g, "choice", {"trial"}, choice, {0, 1, 255}, {no, yes, "none"}, "what was chosen");
    image.flags(g, "correct", {"trial"}, correct, {0, 1}, {"error", "correct"},
                "the choice was right");
    image.variable(g, "reaction_time_ms", {"trial"}, rt, "ms",
                   "time from test onset to the choice");
    image.variable(g, "evidence", {"trial"}, evidence_mean, "1",
                   "mean evidence until the decision");
    image.variable(g, "evidence_end", {"trial"}, evidence_end, "1",
                   "evidence at the end of the test");
}

/// The column whose item is nearest to the response; -1 when there is no response.
std::int64_t nearest_column(const VariantRun& run, const Trial& trial, double response_deg) {
    std::int64_t nearest = -1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t column = 0; column < trial.items.size(); ++column) {
        if (trial.items[column] < 0) continue;
        const double item_deg = run.stimuli.angle_deg[std::size_t(trial.items[column])];
        const double away = std::fabs(analysis::wrapped_deg(response_deg - item_deg));
        if (away < least) least = away, nearest = std::int64_t(column);
    }
    return nearest;
}

void add_reports(Image& image, const std::vector<VariantRun>& runs) {
    std::vector<std::int64_t> nearest;
    std::vector<double> response, target, error, other_error;
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        const VariantRun& run = runs[std::size_t(v)];
        const analysis::Report report = report_of(run, record);
        response.push_back(analysis::wrapped_deg(report.response_deg));
        target.push_back(report.target_deg);
        error.push_back(analysis::wrapped_deg(report.response_deg - report.target_deg));
        nearest.push_back(nearest_column(run, record.trial, report.response_deg));
        double least = nan;
        for (const double other : report.others_deg) {
            const double away = analysis::wrapped_deg(report.response_deg - other);
            if (!(std::fabs(away) >= std::fabs(least))) least = away;
        }
        other_error.push_back(least);
    });
    const std::string g = "trials";
    image.variable(g, "response_deg", {"trial"}, response, "degree", "the reported angle");
    image.variable(g, "target_deg", {"trial"}, target, "degree", "the angle that was asked for");
    image.variable(g, "error_deg", {"trial"}, error, "degree",
                   "response minus target, -180 to 180");
    image.variable(g, "nearest_column", {"trial"}, nearest, "1",
                   "column of the item nearest to the response");
    image.variable(g, "nontarget_error_deg", {"trial"}, other_error, "degree",
                   "response minus the nearest of the other items");
}

} // namespace

void add_trials(Image& image, const std::vector<VariantRun>& runs, const Conditions& conditions) {
    std::vector<std::int64_t> variant, condition;
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        variant.push_back(v);
        condition.push_back(conditions.of(record));
    });
    const std::string g = "trials";
    image.dimension(g, "trial", variant.size());
    image.variable(g, "variant", {"trial"}, variant, "1", "row of /variants");
    image.variable(g, "condition", {"trial"}, condition, "1", "number of the condition");
    if (asked(runs)) add_items(image, runs);
    if (asked_for(runs, Answer::choice)) add_choices(image, runs);
    if (asked_for(runs, Answer::angle)) add_reports(image, runs);
}

} // namespace lamina
