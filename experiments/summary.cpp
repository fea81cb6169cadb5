#include "experiments/summary.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "experiments/spike_measures.hpp"
#include "sim/column_cells.hpp"

namespace lamina {

namespace {

analysis::Confidence confidence_of(const AnalysisSpec& spec) { return {spec.ci, spec.bootstrap}; }

} // namespace

nlohmann::ordered_json number_or_null(double x) {
    return std::isfinite(x) ? nlohmann::ordered_json(x) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json summary_entry(const analysis::Estimate& e) {
    return {{"mean", number_or_null(e.value)},
            {"ci_low", number_or_null(e.low)},
            {"ci_high", number_or_null(e.high)},
            {"n", e.n}};
}

std::vector<analysis::BehaviourRow> behaviour_of(const std::vector<VariantRun>& runs,
                                                 const Conditions& conditions, Pool pool) {
    analysis::TrialColumns columns;
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        columns.variant.push_back(v);
        columns.condition.push_back(conditions.of(record));
        columns.load.push_back(record.trial.load);
        columns.answer.push_back(record.trial.question.yes);
        columns.choice.push_back(std::uint8_t(record.choice));
        columns.reaction_time_ms.push_back(record.reaction_time_ms);
        columns.change_probability.push_back(record.trial.change_probability);
    });
    if (pool == Pool::by_load) columns = analysis::pooled_by_load(std::move(columns));
    return analysis::behaviour(columns, confidence_of(runs.front().variant.spec.analysis));
}

std::vector<analysis::RecallRow> recall_of(const std::vector<VariantRun>& runs,
                                           const Conditions& conditions) {
    analysis::RecallColumns columns;
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        columns.variant.push_back(v);
        columns.condition.push_back(conditions.of(record));
        columns.load.push_back(record.trial.load);
        columns.reports.push_back(report_of(runs[std::size_t(v)], record));
    });
    return analysis::recall(columns, confidence_of(runs.front().variant.spec.analysis));
}

nlohmann::ordered_json summary_entry(const std::vector<double>& values, const AnalysisSpec& spec) {
    return summary_entry(analysis::mean_with_interval(values, confidence_of(spec)));
}

namespace {

nlohmann::ordered_json comparison_summary(const std::vector<const VariantRun*>& runs,
                                          const AnalysisSpec& spec) {
    static const std::pair<const char*, double Fidelity::*> measures[] = {
        {"attention_kl_bits", &Fidelity::attention_kl_bits},
        {"attention_top1_agreement", &Fidelity::attention_top1_agreement},
        {"attention_sum_error", &Fidelity::attention_sum_error},
        {"output_relative_error", &Fidelity::output_relative_error},
        {"output_cosine", &Fidelity::output_cosine},
        {"y_relative_error", &Fidelity::y_relative_error},
        {"settle_time_ms", &Fidelity::settle_time_ms}};
    nlohmann::ordered_json summary;
    for (const auto& [name, member] : measures) {
        std::vector<double> values;
        for (const VariantRun* run : runs)
            for (const TrialRecord& record : run->records)
                for (const PresentationRecord& shown : record.presentations)
                    values.push_back(shown.fidelity.*member);
        if (!values.empty()) summary[name] = summary_entry(values, spec);
    }
    return summary;
}

/// Largest over time, and last, of what both rates of a pair share above their baseline: mean over
/// trials and over the units of the population where it is largest.
nlohmann::ordered_json coactivation_summary(const VariantRun& run, const AnalysisSpec& spec) {
    std::vector<double> largest, last;
    for (const TrialRecord& record : run.records) {
        if (record.coactivation.empty()) return nullptr;
        double most = 0, end = 0;
        const std::size_t tail = record.coactivation.size() - run.populations.size();
        for (std::size_t i = 0; i < record.coactivation.size(); ++i) {
            if (!std::isfinite(record.coactivation[i])) continue;
            most = std::max(most, record.coactivation[i]);
            if (i >= tail) end = std::max(end, record.coactivation[i]);
        }
        largest.push_back(most);
        last.push_back(end);
    }
    if (largest.empty()) return nullptr;
    return {{"largest", summary_entry(largest, spec)}, {"last", summary_entry(last, spec)}};
}

/// What a presentation leaves each population at: root mean square over its units, over the second
/// half of the samples, mean over trials. Null where something is asked, or nothing was sampled.
nlohmann::ordered_json rates_summary(const VariantRun& run, const AnalysisSpec& spec) {
    nlohmann::ordered_json summary;
    for (const char* name : {"L4E", "L23E", "L5apical", "L5gate", "L5E", "L6E"}) {
        const std::size_t n = run.populations.size();
        const auto at =
            std::find_if(run.populations.begin(), run.populations.end(),
                         [&](const PopulationInfo& population) { return population.name == name; });
        const auto p = std::size_t(at - run.populations.begin());
        std::vector<double> values;
        for (const TrialRecord& record : run.records) {
            if (record.rate_rms.empty() || record.trial.asks) return nullptr;
            double sum = 0;
            const std::size_t n_times = n > 0 ? record.rate_rms.size() / n : 0;
            for (std::size_t t = n_times / 2; p < n && t < n_times; ++t)
                sum += record.rate_rms[t * n + p] / double(n_times - n_times / 2);
            values.push_back(p < n ? sum : std::numeric_limits<double>::quiet_NaN());
        }
        if (values.empty()) return nullptr;
        summary[name] = summary_entry(values, spec);
    }
    return summary;
}

/// Neurons, what they fire, and all their spikes by token: a column in one presentation.
nlohmann::ordered_json spikes_summary(const VariantRun& run, const AnalysisSpec& spec) {
    std::vector<double> per_token, rate_Hz, bits;
    nlohmann::ordered_json populations;
    std::int64_t neurons = 0;
    const AreaSpec& area = run.variant.spec.area;
    for (const TrialRecord& record : run.records) {
        const double tokens = double(record.presentations.size()) * area.columns;
        double sum = 0;
        for (const PopulationSpikes& one : record.spikes) sum += double(one.n_spikes);
        if (record.spikes.empty() || tokens == 0) continue;
        per_token.push_back(sum / tokens);
        double of_trial = 0;
        for (const PresentationRecord& shown : record.presentations)
            of_trial += shown.attended_bits / double(record.presentations.size());
        bits.push_back(of_trial);
    }
    if (per_token.empty()) return nullptr;
    const auto& first = run.records.front().spikes;
    for (std::size_t i = 0; i < first.size(); ++i) {
        rate_Hz.clear();
        for (const TrialRecord& record : run.records)
            rate_Hz.push_back(
                double(record.spikes[i].n_spikes) /
                (double(first[i].n_neurons) * double(record.trial.n_steps) * area.dt_ms * 1e-3));
        populations[first[i].name] = {{"neurons", first[i].n_neurons},
                                      {"rate_Hz", summary_entry(rate_Hz, spec)}};
        neurons += first[i].n_neurons;
    }
    std::int64_t synapses = 0;
    for (const ColumnSynapses& one : column_synapses(area)) synapses += one.n;
    add_spike_measures(run, populations);
    // of the trials whose bits are known
    double spikes = 0, known_bits = 0;
    for (std::size_t t = 0; t < bits.size(); ++t)
        if (std::isfinite(bits[t])) spikes += per_token[t], known_bits += bits[t];
    return {{"neurons", neurons},
            {"synapses", synapses},
            {"per_token", summary_entry(per_token, spec)},
            {"attended_bits", summary_entry(bits, spec)},
            {"per_attended_bit", number_or_null(spikes / known_bits)},
            {"populations", populations}};
}

nlohmann::ordered_json choice_summary(const std::vector<analysis::BehaviourRow>& rows,
                                      std::size_t variant, double level) {
    nlohmann::ordered_json summary;
    std::int64_t correct = 0, n = 0;
    for (const auto& row : rows) {
        if (std::size_t(row.variant) != variant || row.n == 0) continue;
        auto& entry = summary["load_" + std::to_string(row.load)];
        entry["accuracy"] = summary_entry(row.accuracy);
        entry["hit_rate"] = summary_entry(row.hit_rate);
        entry["false_alarm_rate"] = summary_entry(row.false_alarm_rate);
        entry["K"] = summary_entry(row.K);
        entry["rt_median_ms"] = summary_entry(row.rt_median_ms);
        entry["d_prime"] = row.d_prime;
        entry["criterion"] = row.criterion;
        correct += row.hits + row.correct_rejections;
        n += row.n;
    }
    if (n > 0) summary["all"]["accuracy"] = summary_entry(analysis::proportion(correct, n, level));
    return summary;
}

nlohmann::ordered_json recall_summary(const std::vector<analysis::RecallRow>& rows,
                                      std::size_t variant) {
    nlohmann::ordered_json summary;
    for (const auto& row : rows) {
        if (std::size_t(row.variant) != variant || row.n == 0) continue;
        auto& entry = summary["load_" + std::to_string(row.load)];
        entry["circular_sd_deg"] = summary_entry(row.circular_sd_deg);
        entry["mean_abs_error_deg"] = summary_entry(row.mean_abs_error_deg);
        entry["p_target"] = summary_entry(row.p_target);
        entry["p_swap"] = summary_entry(row.p_swap);
        entry["p_guess"] = summary_entry(row.p_guess);
    }
    return summary;
}

/// Where a load has several conditions, each of them too: load_5.change_30 for p(change) = 0.3, or
/// the label in small letters, digits and _.
void add_condition_summaries(const std::vector<VariantRun>& runs, const Conditions& conditions,
                             std::vector<nlohmann::ordered_json>& summaries) {
    const auto rows = behaviour_of(runs, conditions);
    std::map<std::int64_t, int> n_of_load;
    for (const auto& row : rows) n_of_load[row.load] += row.variant == 0 && row.n > 0;
    for (const auto& row : rows) {
        if (row.n == 0 || n_of_load[row.load] < 2) continue;
        std::string name =
            std::isnan(row.change_probability)
                ? conditions.labels[std::size_t(row.condition)]
                : "change_" + std::to_string(std::lround(100 * row.change_probability));
        for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        auto& entry = summaries[std::size_t(row.variant)]["load_" + std::to_string(row.load)][name];
        entry["accuracy"] = summary_entry(row.accuracy);
        entry["hit_rate"] = summary_entry(row.hit_rate);
        entry["false_alarm_rate"] = summary_entry(row.false_alarm_rate);
        entry["K"] = summary_entry(row.K);
        entry["rt_median_ms"] = summary_entry(row.rt_median_ms);
    }
}

/// `behaviour` of each variant.
std::vector<nlohmann::ordered_json> behaviour_summaries(const std::vector<VariantRun>& runs) {
    const Conditions conditions(runs);
    std::vector<nlohmann::ordered_json> summaries;
    if (asked_for(runs, Answer::angle)) {
        const auto rows = recall_of(runs, conditions);
        for (std::size_t variant = 0; variant < runs.size(); ++variant)
            summaries.push_back(recall_summary(rows, variant));
    } else {
        const auto rows = behaviour_of(runs, conditions, Pool::by_load);
        const double level = runs.front().variant.spec.analysis.ci;
        for (std::size_t variant = 0; variant < runs.size(); ++variant)
            summaries.push_back(choice_summary(rows, variant, level));
        add_condition_summaries(runs, conditions, summaries);
    }
    return summaries;
}

} // namespace

nlohmann::ordered_json summary_of(const std::vector<VariantRun>& runs) {
    const AnalysisSpec& spec = runs.front().variant.spec.analysis;
    nlohmann::ordered_json summary;
    std::vector<const VariantRun*> all;
    for (const VariantRun& run : runs) all.push_back(&run);
    summary["comparison"] = comparison_summary(all, spec);
    if (const auto pairs = coactivation_summary(runs.front(), spec); !pairs.is_null())
        summary["coactivation"] = pairs;
    if (const auto rates = rates_summary(runs.front(), spec); !rates.is_null())
        summary["rates"] = rates;
    if (const auto spikes = spikes_summary(runs.front(), spec); !spikes.is_null())
        summary["spikes"] = spikes;
    std::vector<nlohmann::ordered_json> behaviour;
    if (asked(runs)) behaviour = behaviour_summaries(runs);
    if (!behaviour.empty()) summary["behaviour"] = behaviour.front();
    if (runs.size() > 1)
        for (std::size_t variant = 0; variant < runs.size(); ++variant) {
            nlohmann::ordered_json entry;
            entry["label"] = runs[variant].variant.label;
            entry["comparison"] = comparison_summary({&runs[variant]}, spec);
            if (const auto pairs = coactivation_summary(runs[variant], spec); !pairs.is_null())
                entry["coactivation"] = pairs;
            if (const auto rates = rates_summary(runs[variant], spec); !rates.is_null())
                entry["rates"] = rates;
            if (const auto spikes = spikes_summary(runs[variant], spec); !spikes.is_null())
                entry["spikes"] = spikes;
            if (!behaviour.empty()) entry["behaviour"] = behaviour[variant];
            summary["variants"].push_back(std::move(entry));
        }
    return summary;
}

std::string word_of_label(const std::string& label) {
    std::string word;
    for (std::size_t i = 0; i < label.size(); ++i) {
        const auto c = static_cast<unsigned char>(label[i]);
        const bool before_digit =
            i + 1 < label.size() && std::isdigit(static_cast<unsigned char>(label[i + 1])) != 0;
        if (c < 0x80 && std::isalnum(c))
            word += label[i];
        else if (c == '-' && before_digit)
            word += 'm';
        else if (!word.empty() && word.back() != '_')
            word += '_';
    }
    while (!word.empty() && word.back() == '_') word.pop_back();
    return word;
}

const nlohmann::ordered_json* child_of(const nlohmann::ordered_json& value,
                                       const std::string& word) {
    const bool number = !word.empty() && word.size() < 7 &&
                        word.find_first_not_of("0123456789") == std::string::npos;
    if (value.is_array() && number && std::stoul(word) < value.size())
        return &value[std::stoul(word)];
    if (value.is_array())
        for (const nlohmann::ordered_json& entry : value)
            if (entry.is_object() && entry.contains("label") &&
                word_of_label(entry["label"].get<std::string>()) == word)
                return &entry;
    return value.is_object() && value.contains(word) ? &value[word] : nullptr;
}

std::vector<ExpectationResult> judge_expectations(const std::vector<Expectation>& expectations,
                                                  const nlohmann::ordered_json& summary) {
    std::vector<ExpectationResult> results;
    for (const Expectation& expectation : expectations) {
        ExpectationResult result{expectation};
        // walk down the path, word by word
        const nlohmann::ordered_json* at = &summary;
        std::size_t from = 0;
        while (at && from <= expectation.path.size()) {
            const std::size_t dot =
                std::min(expectation.path.find('.', from), expectation.path.size());
            const std::string word = expectation.path.substr(from, dot - from);
            at = child_of(*at, word);
            from = dot + 1;
        }
        if (at && at->is_object() && at->contains("mean")) at = &(*at)["mean"];
        if (at && at->is_number()) {
            result.known = true;
            result.value = at->get<double>();
            const double x = result.value, bound = expectation.bound;
            const std::string& relation = expectation.relation;
            result.met = relation == "<"    ? x < bound
                         : relation == "<=" ? x <= bound
                         : relation == ">"  ? x > bound
                         : relation == ">=" ? x >= bound
                                            : x == bound;
        }
        results.push_back(result);
    }
    return results;
}

} // namespace lamina
