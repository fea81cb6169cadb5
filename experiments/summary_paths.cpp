#include "experiments/summary_paths.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "experiments/circuits/resting_state.hpp"
#include "experiments/experiment.hpp"
#include "experiments/fit/run_fit.hpp"
#include "experiments/fit/set_size.hpp"
#include "experiments/representations.hpp"
#include "experiments/studies.hpp"
#include "experiments/suggest.hpp"
#include "experiments/summary.hpp"
#include "sim/column_cells.hpp"
#include "sim/run_file/json.hpp"

namespace lamina {
namespace {

/// The record of a trial that nobody ran: what its description alone tells.
TrialRecord unrun(const ExperimentSpec& spec, Trial trial) {
    TrialRecord record;
    for (const Presentation& shown : trial.presentations)
        record.presentations.emplace_back().name = shown.name;
    const bool sampled = spec.record.rates_every_ms > 0 &&
                         double(trial.n_steps) * spec.area.dt_ms >= spec.record.rates_every_ms;
    if (sampled) record.rate_rms = {0};
    if (spec.area.spiking.on) {
        record.spikes = spiking_populations(spec.area);
        for (PopulationSpikes& one : record.spikes) one.n_spikes = 1;
    }
    if (spec.area.paired() && sampled) record.coactivation = {0};
    if (trial.asks && trial.question.answer == Answer::choice) record.choice = 1;
    record.reaction_time_ms = std::numeric_limits<double>::quiet_NaN();
    trial.segments.clear();
    record.trial = std::move(trial);
    return record;
}

Json trials_summary(ExperimentSpec spec) {
    std::vector<VariantRun> runs;
    for (Variant& variant : variants_of(spec)) {
        // each condition once; intervals have no part in a path
        variant.spec.task.per_condition = variant.spec.task.n_presentations = 1;
        variant.spec.analysis.bootstrap = 1;
        VariantRun run = describe_trials(variant);
        for (std::int64_t n = 0; n < run.task->n_trials(); ++n)
            run.records.push_back(unrun(run.variant.spec, run.task->trial(n)));
        runs.push_back(std::move(run));
    }
    Json summary = summary_of(runs);
    if (Json found = representations_summary(represent_unprobed(runs.front())); !found.is_null())
        summary["representations"] = std::move(found);
    return summary;
}

bool is_entry(const Json& value) { return value.is_object() && value.contains("mean"); }
bool is_number_or_null(const Json& value) { return value.is_number() || value.is_null(); }

/// How an entry of a list is called: by its label, or by its number.
std::string word_of(const Json& list, std::size_t i) {
    const std::string label =
        list[i].is_object() ? list[i].value("label", std::string()) : std::string();
    const std::string word = word_of_label(label);
    return !word.empty() && child_of(list, word) == &list[i] ? word : std::to_string(i);
}

void walk_numbers(const Json& value, const std::string& path,
                  const std::function<void(const std::string&, const Json&)>& use) {
    if (is_number_or_null(value)) use(path, value);
    const std::string before = path.empty() ? "" : path + ".";
    if (value.is_object())
        for (const auto& [key, below] : value.items()) walk_numbers(below, before + key, use);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i)
            walk_numbers(value[i], before + word_of(value, i), use);
}

/// The keys of a map, or the words of a list.
std::vector<std::string> words_below(const Json& value) {
    std::vector<std::string> words;
    if (value.is_object())
        for (const auto& [key, below] : value.items()) words.push_back(key);
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
        words.push_back(word_of(value, i));
    return words;
}

std::string some_of(const std::vector<std::string>& words) {
    constexpr std::size_t most = 12;
    const auto end = words.begin() + std::ptrdiff_t(std::min(words.size(), most));
    const std::string list = quoted_list({words.begin(), end}, "and");
    return words.size() > most ? fmt::format("{}, and {} more", list, words.size() - most) : list;
}

std::string last_word(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// A path that could be meant: with the word in question spelled right, or one that ends alike.
std::string help_for(const std::string& path, const std::string& walked, const std::string& word,
                     const Json& here, const Json& summary) {
    if (words_below(here).empty()) return "write " + walked;
    const std::string near = nearest_word(word, words_below(here));
    const std::size_t behind = walked.size() + (walked.empty() ? 0 : 1) + word.size();
    if (!near.empty()) {
        const std::string meant = (walked.empty() ? "" : walked + ".") + near + path.substr(behind);
        if (path_complaint(meant, summary).message.empty())
            return fmt::format("did you mean `{}`?", meant);
    }
    std::vector<std::string> alike;
    for (const std::string& known : paths_of(summary)) {
        const std::string of_entry =
            last_word(known) == "mean" ? known.substr(0, known.rfind('.')) : known;
        if (last_word(of_entry) == last_word(path)) alike.push_back(of_entry);
    }
    if (!alike.empty())
        return "there is " +
               some_of({alike.begin(),
                        alike.begin() + std::min<std::ptrdiff_t>(3, std::ptrdiff_t(alike.size()))});
    return near.empty() ? "name one of these" : fmt::format("did you mean `{}`?", near);
}

} // namespace

Json summary_without_run(const ExperimentSpec& spec) {
    Json summary;
    if (const Study* const study = study_of(spec))
        summary = study_summary_unmeasured(*study, spec);
    else if (spec.task.type == "resting_state")
        return resting_state_summary_without_run(spec);
    else if (spec.task.type == "set_size")
        return set_size_summary_unfitted(spec);
    else
        summary = trials_summary(spec);
    // the file may be meant for both commands
    if (spec.fit.given()) summary.update(fit_summary_unfitted(spec));
    return summary;
}

void for_each_number(const Json& summary,
                     const std::function<void(const std::string&, const Json&)>& use) {
    walk_numbers(summary, "", use);
}

std::vector<std::string> paths_of(const Json& summary) {
    std::vector<std::string> paths;
    for_each_number(summary, [&](const std::string& path, const Json&) { paths.push_back(path); });
    return paths;
}

PathComplaint path_complaint(const std::string& path, const Json& summary) {
    const Json* at = &summary;
    std::string walked;
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t dot = std::min(path.find('.', from), path.size());
        const std::string word = path.substr(from, dot - from);
        const Json* next = child_of(*at, word);
        if (!next) {
            PathComplaint complaint{
                fmt::format("the summary of this experiment will have no `{}`", path), "", ""};
            const std::vector<std::string> known = words_below(*at);
            const std::string where = walked.empty() ? "it" : "`" + walked + "`";
            complaint.note = known.empty() ? where + " is a number, and has nothing below it"
                                           : where + " will have " + some_of(known);
            complaint.help = help_for(path, walked, word, *at, summary);
            return complaint;
        }
        at = next;
        walked = path.substr(0, dot);
        from = dot + 1;
    }
    if (is_entry(*at) || is_number_or_null(*at)) return {};
    const std::vector<std::string> known = words_below(*at);
    return {fmt::format("`{}` will be no number in the summary of this experiment", path),
            known.empty() ? "it is text, or true or false" : "it will have " + some_of(known),
            known.empty() ? "name a number"
                          : fmt::format("write for example {}.{}", path, known[0])};
}

} // namespace lamina
