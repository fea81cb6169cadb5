#include "analysis/published.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/run_file/atomic_file.hpp"

namespace lamina::analysis {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Table = std::map<std::string, std::vector<double>>;

/// A CSV with a header line; fields that are not numbers are NaN. Quotes are taken off.
Table parse_csv(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::vector<std::string> header;
    Table table;
    const auto cells = [](const std::string& row) {
        std::vector<std::string> found(1);
        bool quoted = false;
        for (const char c : row) {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                found.emplace_back();
            else if (c != '\r')
                found.back() += c;
        }
        return found;
    };
    while (std::getline(lines, line)) {
        if (line.empty() || line[0] == '#') continue;
        const std::vector<std::string> row = cells(line);
        if (header.empty()) {
            header = row;
            continue;
        }
        for (std::size_t i = 0; i < header.size(); ++i) {
            char* end = nullptr;
            const char* from = i < row.size() ? row[i].c_str() : "";
            const double value = std::strtod(from, &end);
            table[header[i]].push_back(end == from ? nan : value);
        }
    }
    return table;
}

/// One published set: where it lies, and which of its columns is which of our quantities.
struct Source {
    const char *name, *file, *title, *citation, *note, *load;
    struct Quantity {
        const char *ours, *unit, *theirs;
        double factor;
    };
    std::vector<Quantity> quantities;
};

const std::vector<Source>& sources() {
    static const std::vector<Source> table = {
        {"rouder_2008_change_detection",
         "change_detection/by_set_size.csv",
         "people, change detection",
         "Rouder, Morey, Cowan, Zwilling, Morey & Pratte (2008), PNAS 105:5975; 23 people, 12 385 "
         "trials",
         "Another task than the model's: people judged whether one of N coloured squares had "
         "changed. There \"change\" was the answer counted as a hit, here \"match\" is; so their "
         "hit rate is shown as 1 minus the false-alarm rate, and the other way round. Accuracy and "
         "K do not depend on that.",
         "set_size",
         {{"accuracy", "1", "accuracy", 1},
          {"K", "items", "k_pooled", 1},
          {"change_hit_rate", "1", "hit_rate", 1},
          {"change_false_alarm_rate", "1", "false_alarm_rate", 1},
          {"rt_median_ms", "ms", "median_rt_s", 1000}}},
        {"van_den_berg_2012_colour",
         "delayed_estimation/summary.csv",
         "people, delayed estimation",
         "van den Berg, Shin, Chou, George & Ma (2012), PNAS 109:8780; 13 people, 22 464 trials",
         "Errors of reproducing one of N remembered colours, pooled over people.",
         "set_size",
         {{"circular_sd_deg", "deg", "circular_sd_deg", 1},
          {"mean_abs_error_deg", "deg", "mean_abs_error_deg", 1}}}};
    return table;
}

void add_series(PublishedData& data, const Table& table, const std::string& load,
                const std::string& quantity, const std::string& unit, const std::string& column,
                double factor) {
    const auto x = table.find(load), y = table.find(column);
    if (x == table.end() || y == table.end()) return;
    PublishedSeries series{quantity, unit, {}};
    for (std::size_t i = 0; i < x->second.size(); ++i)
        if (!std::isnan(x->second[i]) && !std::isnan(y->second[i]))
            series.points.push_back({x->second[i], factor * y->second[i]});
    if (!series.points.empty()) data.series.push_back(std::move(series));
}

/// The other way of counting answers: 1 - rate, under the name that /behaviour has for it.
void mirror(PublishedData& data, const char* theirs, const char* ours) {
    for (PublishedSeries& series : data.series)
        if (series.quantity == theirs) {
            series.quantity = ours;
            for (PublishedPoint& point : series.points) point.value = 1 - point.value;
        }
}

/// What the model did, under the name of a quantity; NaN when it has no such number.
Estimate of_row(const BehaviourRow& row, const std::string& quantity) {
    if (quantity == "accuracy") return row.accuracy;
    if (quantity == "K") return row.K;
    if (quantity == "hit_rate") return row.hit_rate;
    if (quantity == "false_alarm_rate") return row.false_alarm_rate;
    if (quantity == "rt_median_ms") return row.rt_median_ms;
    return {nan, nan, nan, 0};
}

} // namespace

const PublishedSeries* PublishedData::find(const std::string& quantity) const {
    for (const PublishedSeries& one : series)
        if (one.quantity == quantity) return &one;
    return nullptr;
}

std::vector<std::string> published_names() {
    std::vector<std::string> names;
    for (const Source& source : sources()) names.push_back(source.name);
    return names;
}

PublishedData read_published(const std::string& name) {
    PublishedData data;
    data.name = data.title = name;
    for (const Source& source : sources()) {
        if (name != source.name) continue;
        data.title = source.title;
        data.source = source.citation;
        const char* folder = std::getenv("LAMINA_DATA");
        if (!folder || !*folder) {
            data.note = fmt::format("{} is not shown: set LAMINA_DATA to the folder that holds {}",
                                    name, source.file);
            return data;
        }
        try {
            const Table table =
                parse_csv(read_whole_text(std::filesystem::path(folder) / source.file));
            for (const Source::Quantity& q : source.quantities)
                add_series(data, table, source.load, q.ours, q.unit, q.theirs, q.factor);
        } catch (const std::exception& error) {
            data.note = fmt::format("{} is not shown: {}", name, error.what());
            return data;
        }
        mirror(data, "change_hit_rate", "false_alarm_rate");
        mirror(data, "change_false_alarm_rate", "hit_rate");
        data.found = !data.series.empty();
        data.note = data.found ? source.note
                               : fmt::format("{} is not shown: {} has none of the columns expected",
                                             name, source.file);
        return data;
    }
    data.note = fmt::format("compare_with: {} is not a data set that Lamina knows", name);
    return data;
}

PublishedData read_own(const std::filesystem::path& file, const std::filesystem::path& folder,
                       const std::vector<std::pair<std::string, std::string>>& columns) {
    PublishedData data;
    data.name = data.title = file.filename().string();
    data.source = data.name;
    std::string load = "load";
    for (const auto& [ours, theirs] : columns)
        if (ours == "load") load = theirs;
    try {
        const Table table = parse_csv(read_whole_text(file.is_absolute() ? file : folder / file));
        for (const auto& [ours, theirs] : columns) {
            if (ours == "load") continue;
            // reaction times go by several names
            const bool seconds = ours == "rt" || ours == "rt_s";
            const bool time = seconds || ours == "rt_ms" || ours == "rt_median_ms";
            const std::string quantity = time ? "rt_median_ms" : ours;
            add_series(data, table, load, quantity, time ? "ms" : "1", theirs, seconds ? 1000 : 1);
        }
    } catch (const std::exception& error) {
        data.note = fmt::format("{} is not shown: {}", data.name, error.what());
        return data;
    }
    data.found = !data.series.empty();
    if (!data.found)
        data.note =
            fmt::format("{} is not shown: none of the columns named was found in it", data.name);
    return data;
}

PublishedComparison compare_with_published(const PublishedData& data,
                                           const std::vector<BehaviourRow>& rows) {
    PublishedComparison comparison{data, {}};
    for (const PublishedSeries& series : data.series) {
        SeriesComparison one{series.quantity, series.unit, {}, nan};
        double squares = 0;
        for (const PublishedPoint& point : series.points)
            for (const BehaviourRow& row : rows) {
                const Estimate e = of_row(row, series.quantity);
                if (static_cast<double>(row.load) != point.load || std::isnan(e.value)) continue;
                one.distances.push_back({point.load, e.value, point.value, e.value - point.value,
                                         e.low - point.value, e.high - point.value});
                squares += (e.value - point.value) * (e.value - point.value);
            }
        if (one.distances.empty()) continue;
        one.rmse = std::sqrt(squares / static_cast<double>(one.distances.size()));
        comparison.series.push_back(std::move(one));
    }
    return comparison;
}

std::vector<BehaviourRow> behaviour_of(const RunData& run, const Confidence& confidence) {
    const Column* choice = run.find("trials", "choice");
    const Column* rt = run.find("trials", "reaction_time_ms");
    if (!choice || !rt) return {};
    TrialColumns trials;
    const auto whole = [&](const char* name, std::vector<std::int64_t>& to) {
        for (const double value : run.numbers("trials", name))
            to.push_back(static_cast<std::int64_t>(value));
        to.resize(choice->numbers.size());
    };
    whole("variant", trials.variant);
    whole("condition", trials.condition);
    whole("load", trials.load);
    for (const double value : run.numbers("trials", "answer"))
        trials.answer.push_back(static_cast<std::uint8_t>(value));
    trials.answer.resize(choice->numbers.size());
    for (const double value : choice->numbers)
        trials.choice.push_back(static_cast<std::uint8_t>(value));
    trials.reaction_time_ms = rt->numbers;
    return behaviour(trials, confidence);
}

namespace {

/// The words of a list that is written as text: "[a, b]".
nlohmann::ordered_json listed(const std::string& text) {
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    std::string word;
    for (const char c : text) {
        const bool separates = c == '[' || c == ']' || c == ',' || c == ' ' || c == '"';
        if (!separates) word += c;
        if ((separates || &c == &text.back()) && !word.empty()) names.push_back(word), word.clear();
    }
    return names;
}

} // namespace

std::vector<PublishedComparison> published_of(const RunData& run, const Confidence& confidence) {
    std::vector<PublishedComparison> found;
    nlohmann::ordered_json named = member(run, "spec.compare_with");
    if (named.is_string()) named = listed(named.get<std::string>());
    if (!named.is_array() || named.empty()) return found;
    std::vector<BehaviourRow> rows;
    for (const BehaviourRow& row : behaviour_of(run, confidence))
        if (row.variant == 0) rows.push_back(row);
    for (const nlohmann::ordered_json& entry : named) {
        // dissimilarities have figures of their own
        if (entry.is_object() && (entry.contains("rdm") || entry.contains("models"))) continue;
        PublishedData data;
        if (entry.is_string()) {
            data = read_published(entry.get<std::string>());
        } else if (entry.is_object() && entry.contains("file")) {
            std::vector<std::pair<std::string, std::string>> columns;
            if (entry.contains("columns") && entry["columns"].is_object())
                for (const auto& [ours, theirs] : entry["columns"].items())
                    if (theirs.is_string()) columns.emplace_back(ours, theirs.get<std::string>());
            data = read_own(entry["file"].get<std::string>(), text_member(run, "spec_folder", "."),
                            columns);
        } else if (entry.is_object() && entry.contains("name")) {
            data = read_published(entry["name"].get<std::string>());
        }
        found.push_back(compare_with_published(data, rows));
    }
    return found;
}

} // namespace lamina::analysis
