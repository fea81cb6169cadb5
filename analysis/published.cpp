#include "analysis/published.hpp"

#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/published_tables.hpp"
#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

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

/// Of the people who looked for a change. Where the model says yes to a match, their hit rate is
/// shown as 1 minus the false-alarm rate, and the other way round; accuracy and K are the same.
std::vector<PublishedSeries> change_detection(bool yes_is_change) {
    std::vector<PublishedSeries> all = {{"accuracy", "1", {}},
                                        {"K", "items", {}},
                                        {"hit_rate", "1", {}},
                                        {"false_alarm_rate", "1", {}},
                                        {"rt_median_ms", "ms", {}}};
    for (const ChangeTable& row : change_by_set_size) {
        const double load = row.set_size, yes = row.hit_rate, no = row.false_alarm_rate;
        all[0].points.push_back({load, row.accuracy});
        all[1].points.push_back({load, row.K});
        all[2].points.push_back({load, yes_is_change ? yes : 1 - no});
        all[3].points.push_back({load, yes_is_change ? no : 1 - yes});
        all[4].points.push_back({load, row.median_rt_ms});
    }
    if (!yes_is_change) return all;
    // by how likely a change was, which they knew
    PublishedSeries hits{"hit_rate_by_change", "1", {}},
        alarms{"false_alarm_rate_by_change", "1", {}};
    for (const ChangeByProbability& row : change_by_probability) {
        const double load = row.set_size;
        hits.points.push_back({load, row.hit_rate, row.p_change});
        alarms.points.push_back({load, row.false_alarm_rate, row.p_change});
    }
    all.push_back(hits);
    all.push_back(alarms);
    return all;
}

std::vector<PublishedSeries> colour_reports(bool) {
    PublishedSeries spread{"circular_sd_deg", "deg", {}}, size{"mean_abs_error_deg", "deg", {}};
    for (std::size_t i = 0; i < colour_spread.size(); ++i) {
        spread.points.push_back({double(i + 1), colour_spread[i].pooled_deg});
        size.points.push_back({double(i + 1), colour_spread[i].mean_abs_error_deg});
    }
    return {spread, size};
}

/// One published set: what it is called, and its series in the model's terms.
struct Source {
    const char *name, *title, *citation, *note;
    std::vector<PublishedSeries> (*series)(bool yes_is_change);
    const char* mirrored; ///< added to the note when the model says yes to a match
};

const std::vector<Source>& sources() {
    static const std::vector<Source> table = {
        {"rouder_2008_change_detection", "people, change detection",
         "Rouder, Morey, Cowan, Zwilling, Morey & Pratte (2008), PNAS 105:5975; 23 people, 12 385 "
         "trials",
         "People judged whether one of N coloured squares had changed", change_detection,
         ": another task than the model's. There \"change\" was the answer counted as a hit, here "
         "\"match\" is; so their hit rate is shown as 1 minus the false-alarm rate, and the other "
         "way round. Accuracy and K do not depend on that"},
        {"van_den_berg_2012_colour", "people, delayed estimation",
         "van den Berg, Shin, Chou, George & Ma (2012), PNAS 109:8780; 13 people, 22 464 trials",
         "Errors of reproducing one of N remembered colours, pooled over people", colour_reports,
         ""}};
    return table;
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

PublishedData read_published(const std::string& name, bool yes_is_change) {
    PublishedData data;
    data.name = data.title = name;
    for (const Source& source : sources()) {
        if (name != source.name) continue;
        data.title = source.title;
        data.source = source.citation;
        data.note = std::string(source.note) + (yes_is_change ? "" : source.mirrored) + ".";
        data.series = source.series(yes_is_change);
        if (source.series == colour_reports)
            for (std::size_t i = 0; i < colour_errors.size(); ++i)
                data.errors.push_back(
                    {double(i + 1), {colour_errors[i].begin(), colour_errors[i].end()}});
        data.found = true;
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

PublishedComparison compare_with_published(const PublishedData& data, const ModelValue& model) {
    PublishedComparison comparison{data, {}};
    for (const PublishedSeries& series : data.series) {
        SeriesComparison one{series.quantity, series.unit, {}, nan};
        double squares = 0;
        for (const PublishedPoint& point : series.points) {
            const Estimate e = model(series.quantity, point);
            if (std::isnan(e.value)) continue;
            one.distances.push_back({point.load, e.value, point.value, e.value - point.value,
                                     e.low - point.value, e.high - point.value,
                                     point.change_probability});
            squares += (e.value - point.value) * (e.value - point.value);
        }
        if (one.distances.empty()) continue;
        one.rmse = std::sqrt(squares / static_cast<double>(one.distances.size()));
        comparison.series.push_back(std::move(one));
    }
    return comparison;
}

PublishedComparison compare_with_published(const PublishedData& data,
                                           const std::vector<BehaviourRow>& rows) {
    return compare_with_published(data, [&](const std::string& quantity, const PublishedPoint& p) {
        for (const BehaviourRow& row : rows)
            if (static_cast<double>(row.load) == p.load) return of_row(row, quantity);
        return Estimate{nan, nan, nan, 0};
    });
}

namespace {

TrialColumns choices_of(const RunData& run) {
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
    trials.change_probability = run.numbers("trials", "change_probability");
    return trials;
}

} // namespace

std::vector<BehaviourRow> behaviour_of(const RunData& run, const Confidence& confidence) {
    return behaviour(choices_of(run), confidence);
}

std::vector<BehaviourRow> behaviour_by_load_of(const RunData& run, const Confidence& confidence) {
    return behaviour(pooled_by_load(choices_of(run)), confidence);
}

Estimate behaviour_estimate(const RunData& run, const std::string& name, std::size_t variant,
                            std::size_t condition) {
    const auto number = [&](const std::string& variable) {
        const Column* column = run.find("behaviour", variable);
        return column ? column->at({variant, condition}) : nan;
    };
    const Column* n = run.find("behaviour", "n");
    return {number(name), number(name + "_low"), number(name + "_high"),
            n ? static_cast<std::int64_t>(n->at({variant, condition})) : 0};
}

bool asks_for_change(const RunData& run) {
    return text_member(run, "spec.task.type", "") == "change_detection";
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
    const std::vector<BehaviourRow> by_load = behaviour_by_load_of(run, confidence),
                                    by_condition = behaviour_of(run, confidence);
    const Design design = design_of(run);
    const bool reports = run.find("behaviour", "circular_sd_deg") != nullptr;
    const auto model = [&](const std::string& quantity, const PublishedPoint& point) -> Estimate {
        if (reports) {
            for (std::size_t c = 0; c < design.loads.size(); ++c)
                if (design.loads[c] == point.load) return behaviour_estimate(run, quantity, 0, c);
            return {nan, nan, nan, 0};
        }
        const bool by_change = !std::isnan(point.change_probability);
        const std::string name = quantity.substr(0, quantity.find("_by_change"));
        for (const BehaviourRow& row : by_change ? by_condition : by_load)
            if (row.variant == 0 && static_cast<double>(row.load) == point.load &&
                (!by_change || std::fabs(row.change_probability - point.change_probability) < 1e-9))
                return of_row(row, name);
        return {nan, nan, nan, 0};
    };
    for (const nlohmann::ordered_json& entry : named) {
        // dissimilarities have figures of their own
        if (entry.is_object() && (entry.contains("rdm") || entry.contains("models"))) continue;
        PublishedData data;
        if (entry.is_string()) {
            data = read_published(entry.get<std::string>(), asks_for_change(run));
        } else if (entry.is_object() && entry.contains("file")) {
            std::vector<std::pair<std::string, std::string>> columns;
            if (entry.contains("columns") && entry["columns"].is_object())
                for (const auto& [ours, theirs] : entry["columns"].items())
                    if (theirs.is_string()) columns.emplace_back(ours, theirs.get<std::string>());
            data = read_own(entry["file"].get<std::string>(), text_member(run, "spec_folder", "."),
                            columns);
        } else if (entry.is_object() && entry.contains("name")) {
            data = read_published(entry["name"].get<std::string>(), asks_for_change(run));
        }
        found.push_back(compare_with_published(data, model));
    }
    return found;
}

} // namespace lamina::analysis
