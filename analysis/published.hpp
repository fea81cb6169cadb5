/// Published behaviour (published_tables.hpp), and a user's own, beside the model's.
#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "analysis/behaviour.hpp"
#include "analysis/run_data.hpp"

namespace lamina::analysis {

/// One published number at one load; `sd` over `n_subjects` when known, else NaN.
struct PublishedPoint {
    double load, value;
    double change_probability = std::numeric_limits<double>::quiet_NaN(); ///< NaN: over all
};

/// Published errors of one load: reports in bins of 12 degrees from -180 on.
struct PublishedErrors {
    double load;
    std::vector<double> counts;
};

/// One measured quantity over load, under the name that /behaviour uses for it (accuracy, hit_rate,
/// false_alarm_rate, K, rt_median_ms, circular_sd_deg), with the counts that give it an interval.
struct PublishedSeries {
    std::string quantity, unit;
    std::vector<PublishedPoint> points;
};

struct PublishedData {
    std::string name;   ///< as in compare_with
    std::string title;  ///< for legends, e.g. "Rouder et al. 2008, 23 people"
    std::string source; ///< full citation
    std::string note;   ///< what the reader must know, e.g. why it could not be read
    bool found = false;
    std::vector<PublishedSeries> series;
    std::vector<PublishedErrors> errors;
    const PublishedSeries* find(const std::string& quantity) const;
};

/// The names that compare_with may give.
std::vector<std::string> published_names();

/// A published set by name. For an unknown name `found` is false and `note` says so; never throws.
/// @param yes_is_change  the model says yes to a change, as the people did; else to a match, and
///                       hits and false alarms of people are given in these terms
PublishedData read_published(const std::string& name, bool yes_is_change = false);

/// A user's CSV: `columns` names theirs for ours, e.g. {"load", "set_size"}; "rt" and "rt_s" are in
/// seconds, "rt_ms" in ms. A relative file is looked for in `folder`.
PublishedData read_own(const std::filesystem::path& file, const std::filesystem::path& folder,
                       const std::vector<std::pair<std::string, std::string>>& columns);

/// Model minus published at one load; the interval is the model's around its own value.
struct Distance {
    double load, model, published, difference, low, high;
    double change_probability = std::numeric_limits<double>::quiet_NaN();
};

/// How far one quantity of the model lies from the published one, over the loads both have.
struct SeriesComparison {
    std::string quantity, unit;
    std::vector<Distance> distances;
    double rmse; ///< root mean square difference, in the quantity's unit
};

struct PublishedComparison {
    PublishedData data;
    std::vector<SeriesComparison> series;
};

/// What the model did, under the name of a published quantity; NaN when it has no such number.
using ModelValue = std::function<Estimate(const std::string& quantity, const PublishedPoint&)>;

/// Compares the model with a data set, quantity by quantity.
PublishedComparison compare_with_published(const PublishedData& data, const ModelValue& model);
PublishedComparison compare_with_published(const PublishedData& data,
                                           const std::vector<BehaviourRow>& rows);

/// Every entry of compare_with in run.json, read and compared with the first variant's behaviour.
std::vector<PublishedComparison> published_of(const RunData& run, const Confidence& confidence);

/// The rows of behaviour() from /trials of a run; empty when no choice was asked for.
std::vector<BehaviourRow> behaviour_of(const RunData& run, const Confidence& confidence);
/// The same with all conditions of a load taken together.
std::vector<BehaviourRow> behaviour_by_load_of(const RunData& run, const Confidence& confidence);

/// A quantity of /behaviour and its interval, "NAME_low" and "NAME_high"; NaN when it is not there.
Estimate behaviour_estimate(const RunData& run, const std::string& name, std::size_t variant,
                            std::size_t condition);

/// Does the task ask whether something has changed?
bool asks_for_change(const RunData& run);

} // namespace lamina::analysis
