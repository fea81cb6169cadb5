#include "analysis/behaviour.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace lamina::analysis {
namespace {

std::int64_t count_from_zero(const std::vector<std::int64_t>& numbers) {
    return numbers.empty() ? 0 : 1 + *std::max_element(numbers.begin(), numbers.end());
}

/// Everything that follows from the four counts and the reaction times.
void complete_behaviour(BehaviourRow& row, const std::vector<double>& rt_ms,
                        const Confidence& confidence) {
    const std::int64_t n_yes = row.hits + row.misses;
    const std::int64_t n_no = row.false_alarms + row.correct_rejections;
    row.accuracy = proportion(row.hits + row.correct_rejections, row.n, confidence.level);
    row.hit_rate = proportion(row.hits, n_yes, confidence.level);
    row.false_alarm_rate = proportion(row.false_alarms, n_no, confidence.level);

    // K = N (h - f), single-probe recognition: Cowan (2001)
    const Estimate gain =
        difference_of_proportions(row.hits, n_yes, row.false_alarms, n_no, confidence.level);
    const double load = static_cast<double>(row.load);
    row.K = {load * gain.value, load * gain.low, load * gain.high, gain.n};
    const Sensitivity s = sensitivity(row.hits, n_yes, row.false_alarms, n_no);
    row.d_prime = s.d_prime;
    row.criterion = s.criterion;

    row.rt_mean_ms = mean(rt_ms);
    row.rt_q10_ms = quantile(rt_ms, 0.1);
    row.rt_q90_ms = quantile(rt_ms, 0.9);
    row.rt_median_ms = median_with_interval(rt_ms, confidence);
}

} // namespace

std::vector<BehaviourRow> behaviour(const TrialColumns& trials, const Confidence& confidence) {
    const std::int64_t n_conditions = count_from_zero(trials.condition);
    const auto n_rows = static_cast<std::size_t>(count_from_zero(trials.variant) * n_conditions);
    std::vector<BehaviourRow> rows(n_rows);
    std::vector<std::vector<double>> rt_ms(n_rows);
    for (std::size_t r = 0; r < n_rows; ++r) {
        rows[r].variant = static_cast<std::int64_t>(r) / n_conditions;
        rows[r].condition = static_cast<std::int64_t>(r) % n_conditions;
        rows[r].change_probability = std::numeric_limits<double>::quiet_NaN();
    }

    // count what was chosen
    for (std::size_t t = 0; t < trials.choice.size(); ++t) {
        const auto r =
            static_cast<std::size_t>(trials.variant[t] * n_conditions + trials.condition[t]);
        BehaviourRow& row = rows[r];
        row.load = trials.load[t];
        if (!trials.change_probability.empty())
            row.change_probability = trials.change_probability[t];
        if (trials.choice[t] > 1) continue; // no choice at all
        ++row.n;
        const bool said_yes = trials.choice[t] == 1;
        if (trials.answer[t] == 1)
            ++(said_yes ? row.hits : row.misses);
        else
            ++(said_yes ? row.false_alarms : row.correct_rejections);
        if (std::isnan(trials.reaction_time_ms[t]))
            ++row.rt_missing;
        else
            rt_ms[r].push_back(trials.reaction_time_ms[t]);
    }

    for (std::size_t r = 0; r < n_rows; ++r) complete_behaviour(rows[r], rt_ms[r], confidence);
    return rows;
}

TrialColumns pooled_by_load(TrialColumns trials) {
    std::map<std::int64_t, std::int64_t> number, first;
    for (std::size_t t = 0; t < trials.load.size(); ++t) {
        const auto found = first.emplace(trials.load[t], trials.condition[t]).first;
        found->second = std::min(found->second, trials.condition[t]);
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> order;
    for (const auto& [load, condition] : first) order.emplace_back(condition, load);
    std::sort(order.begin(), order.end());
    for (const auto& [condition, load] : order)
        number.emplace(load, static_cast<std::int64_t>(number.size()));
    for (std::size_t t = 0; t < trials.load.size(); ++t)
        trials.condition[t] = number[trials.load[t]];
    trials.change_probability.clear();
    return trials;
}

} // namespace lamina::analysis
