/// Published behaviour, and a user's own, beside the model's: read at report time from the folder
/// named by LAMINA_DATA, never copied.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/behaviour.hpp"
#include "analysis/run_data.hpp"

namespace lamina::analysis {

/// One published number at one load; `sd` over `n_subjects` when known, else NaN.
struct PublishedPoint {
    double load, value;
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
    const PublishedSeries* find(const std::string& quantity) const;
};

/// The names that compare_with may give.
std::vector<std::string> published_names();

/// A published set by name from the folder LAMINA_DATA. When the variable is not set, or the file
/// is not there or not as expected, `found` is false and `note` says why and what to do; never
/// throws.
PublishedData read_published(const std::string& name);

/// A user's CSV: `columns` names theirs for ours, e.g. {"load", "set_size"}; "rt" and "rt_s" are in
/// seconds, "rt_ms" in ms. A relative file is looked for in `folder`.
PublishedData read_own(const std::filesystem::path& file, const std::filesystem::path& folder,
                       const std::vector<std::pair<std::string, std::string>>& columns);

/// Model minus published at one load; the interval is the model's around its own value.
struct Distance {
    double load, model, published, difference, low, high;
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

/// Compares behaviour (one variant's rows) with a data set, quantity by quantity.
PublishedComparison compare_with_published(const PublishedData& data,
                                           const std::vector<BehaviourRow>& rows);

/// Every entry of compare_with in run.json, read and compared with the first variant's behaviour.
std::vector<PublishedComparison> published_of(const RunData& run, const Confidence& confidence);

/// The rows of behaviour() from /trials of a run; empty when there was no question.
std::vector<BehaviourRow> behaviour_of(const RunData& run, const Confidence& confidence);

} // namespace lamina::analysis
