/// /behaviour and /confusion of results.h5.
#include <algorithm>
#include <cmath>

#include "experiments/results_parts.hpp"
#include "experiments/summary.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {

namespace {

/// Choices: counts, rates and reaction times.
void add_choice_behaviour(Image& image, const std::vector<VariantRun>& runs,
                          const Conditions& conditions) {
    const auto rows = behaviour_of(runs, conditions);
    const std::string g = "behaviour";
    const std::vector<std::string> dims = {"variant", "condition"};
    image.dimension(g, "variant", runs.size());
    image.coordinate(g, "condition", conditions.labels, "1", "task condition");
    using Row = analysis::BehaviourRow;
    const auto counts = [&](const char* name, std::int64_t Row::*member,
                            const std::string& meaning) {
        std::vector<std::int64_t> values;
        for (const Row& row : rows) values.push_back(row.*member);
        image.variable(g, name, dims, values, "1", meaning);
    };
    const auto numbers = [&](const char* name, const char* unit, const char* meaning, auto get) {
        std::vector<double> values;
        for (const Row& row : rows) values.push_back(get(row));
        image.variable(g, name, dims, values, unit, meaning);
    };
    counts("load", &Row::load, "items shown");
    const bool has_probability = std::any_of(
        rows.begin(), rows.end(), [](const Row& r) { return !std::isnan(r.change_probability); });
    if (has_probability)
        numbers("change_probability", "1", "probability of a change",
                [](const Row& r) { return r.change_probability; });
    counts("n", &Row::n, "trials with a choice");
    const auto [yes, no] = runs.front().task->answers();
    const auto chosen = [&](const std::string& choice, const std::string& right) {
        return choice + " chosen where " + right + " was right";
    };
    counts("hits", &Row::hits, chosen(yes, yes));
    counts("misses", &Row::misses, chosen(no, yes));
    counts("false_alarms", &Row::false_alarms, chosen(yes, no));
    counts("correct_rejections", &Row::correct_rejections, chosen(no, no));
    counts("rt_missing", &Row::rt_missing, "choices without a reaction time");
    numbers("accuracy", "1", "fraction correct", [](const Row& r) { return r.accuracy.value; });
    numbers("accuracy_low", "1", "lower end of its interval",
            [](const Row& r) { return r.accuracy.low; });
    numbers("accuracy_high", "1", "upper end of its interval",
            [](const Row& r) { return r.accuracy.high; });
    numbers("hit_rate", "1", "hits, of the trials where yes was right",
            [](const Row& r) { return r.hit_rate.value; });
    numbers("false_alarm_rate", "1", "false alarms, of the trials where no was right",
            [](const Row& r) { return r.false_alarm_rate.value; });
    numbers("K", "1", "Cowan's K = load (h - f)", [](const Row& r) { return r.K.value; });
    numbers("K_low", "1", "lower end of its interval", [](const Row& r) { return r.K.low; });
    numbers("K_high", "1", "upper end of its interval", [](const Row& r) { return r.K.high; });
    numbers("d_prime", "1", "sensitivity", [](const Row& r) { return r.d_prime; });
    numbers("criterion", "1", "criterion", [](const Row& r) { return r.criterion; });
    numbers("rt_mean_ms", "ms", "mean reaction time", [](const Row& r) { return r.rt_mean_ms; });
    numbers("rt_median_ms", "ms", "median reaction time",
            [](const Row& r) { return r.rt_median_ms.value; });
    numbers("rt_low_ms", "ms", "lower end of the median's interval",
            [](const Row& r) { return r.rt_median_ms.low; });
    numbers("rt_high_ms", "ms", "upper end of the median's interval",
            [](const Row& r) { return r.rt_median_ms.high; });
    numbers("rt_q10_ms", "ms", "10th percentile", [](const Row& r) { return r.rt_q10_ms; });
    numbers("rt_q90_ms", "ms", "90th percentile", [](const Row& r) { return r.rt_q90_ms; });
}

/// The same for reports.
void add_recall(Image& image, const std::vector<VariantRun>& runs, const Conditions& conditions) {
    using Row = analysis::RecallRow;
    const std::vector<Row> rows = recall_of(runs, conditions);
    const std::string g = "behaviour";
    const std::vector<std::string> dims = {"variant", "condition"};
    image.dimension(g, "variant", runs.size());
    image.coordinate(g, "condition", conditions.labels, "1", "task condition");
    std::vector<double> edges;
    for (int bin = 0; bin < analysis::n_error_bins; ++bin)
        edges.push_back(-180 + 360.0 / analysis::n_error_bins * bin);
    image.coordinate(g, "bin", edges, "degree", "lower edge of the bin of an error");

    std::vector<std::int64_t> load, n, histogram;
    for (const Row& row : rows) {
        load.push_back(row.load);
        n.push_back(row.n);
        histogram.insert(histogram.end(), row.histogram.begin(), row.histogram.end());
    }
    image.variable(g, "load", dims, load, "1", "items shown");
    image.variable(g, "n", dims, n, "1", "reports");
    image.variable(g, "error_histogram", {"variant", "condition", "bin"}, histogram, "1",
                   "reports by error, bins of 12 degrees");
    const auto estimates = [&](const std::string& name, const char* unit,
                               const std::string& meaning, analysis::Estimate Row::*member) {
        std::vector<double> value, low, high;
        for (const Row& row : rows) {
            value.push_back((row.*member).value);
            low.push_back((row.*member).low);
            high.push_back((row.*member).high);
        }
        image.variable(g, name, dims, value, unit, meaning);
        image.variable(g, name + "_low", dims, low, unit, "lower end of its interval");
        image.variable(g, name + "_high", dims, high, unit, "upper end of its interval");
    };
    estimates("circular_sd_deg", "degree", "circular SD of the errors", &Row::circular_sd_deg);
    estimates("mean_abs_error_deg", "degree", "mean absolute error", &Row::mean_abs_error_deg);
    estimates("p_target", "1", "mixture: share of reports around the target", &Row::p_target);
    estimates("p_swap", "1", "mixture: share of reports around another item", &Row::p_swap);
    estimates("p_guess", "1", "mixture: share of uniform reports", &Row::p_guess);
    std::vector<double> kappa;
    for (const Row& row : rows) kappa.push_back(row.mixture.kappa);
    image.variable(g, "kappa", dims, kappa, "1", "mixture: von Mises concentration");
}

/// Non-match trials of the first variant: the probe against the item that was attended.
void add_confusion(Image& image, const VariantRun& run) {
    const std::size_t n = std::size_t(run.stimuli.number);
    if (n > 1000) return; // a matrix of all pairs would outgrow everything else
    std::vector<std::int64_t> pairings(n * n), errors(n * n);
    std::vector<double> evidence(n * n);
    for (const TrialRecord& record : run.records) {
        const Trial& trial = record.trial;
        if (!trial.asks || trial.question.yes || trial.probe < 0 || record.attended_column < 0)
            continue;
        const int held = trial.items[std::size_t(record.attended_column)];
        if (held < 0) continue;
        const std::size_t at = std::size_t(held) * n + std::size_t(trial.probe);
        ++pairings[at];
        errors[at] += !record.correct;
        evidence[at] += record.evidence_end;
    }
    for (std::size_t i = 0; i < evidence.size(); ++i)
        evidence[i] = pairings[i] ? evidence[i] / double(pairings[i]) : nan;
    const std::string g = "confusion";
    const std::vector<std::string> dims = {"stimulus_a", "stimulus_b"};
    image.coordinate(g, "stimulus_a", run.stimuli.names, "1", "item held and attended");
    image.coordinate(g, "stimulus_b", run.stimuli.names, "1", "probe that did not match");
    image.variable(g, "n", dims, pairings, "1", "non-match trials with this pair");
    image.variable(g, "errors", dims, errors, "1", "of these, judged a match");
    image.variable(g, "evidence", dims, evidence, "1", "mean evidence at the end of the test");
}

/// Is a probe judged against items of the same kind, so that a pair can be taken for equal?
bool is_matched_to_probe(const VariantRun& run) {
    return run.stimuli.number > 0 && run.variant.spec.task.type == "delayed_match_to_sample";
}

} // namespace

void add_behaviour(Image& image, const std::vector<VariantRun>& runs,
                   const Conditions& conditions) {
    if (asked_for(runs, Answer::choice)) {
        add_choice_behaviour(image, runs, conditions);
        if (is_matched_to_probe(runs.front())) add_confusion(image, runs.front());
    }
    if (asked_for(runs, Answer::angle)) add_recall(image, runs, conditions);
}

} // namespace lamina
