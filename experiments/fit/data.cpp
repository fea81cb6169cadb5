#include "experiments/fit/data.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/published_tables.hpp"
#include "experiments/csv.hpp"
#include "experiments/data_path.hpp"
#include "experiments/read_spec.hpp"
#include "models/angle.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

constexpr double most_data_trials = 1e9; ///< of one row

FitData published_errors() {
    FitData data;
    data.name = "van_den_berg_2012_colour";
    data.source = "van den Berg, Shin, Chou, George & Ma (2012), PNAS 109:8780; 13 people, 2808 "
                  "trials per set size";
    data.n_subjects = analysis::n_colour_subjects;
    for (std::size_t i = 0; i < analysis::colour_errors.size(); ++i) {
        const auto& counts = analysis::colour_errors[i];
        data.conditions.push_back(
            {static_cast<int>(i) + 1, {{std::vector<double>(counts.begin(), counts.end())}}});
        data.subject_sd.push_back(analysis::colour_spread[i].subject_sd_deg);
    }
    return data;
}

/// Changed and unchanged probes of one set size, from rates; counts are rounded to whole trials.
FitCondition condition_of_rates(int load, double hit_rate, double false_alarm_rate, double n_change,
                                double n_same) {
    const double hits = std::round(hit_rate * n_change);
    const double alarms = std::round(false_alarm_rate * n_same);
    return {load, {{{hits, n_change - hits}}, {{alarms, n_same - alarms}}}};
}

FitData published_changes() {
    FitData data;
    data.name = "rouder_2008_change_detection";
    data.source =
        "Rouder, Morey, Cowan, Zwilling, Morey & Pratte (2008), PNAS 105:5975; 23 people, "
        "12 385 trials, half of them taken to have a change";
    data.kind = FitKind::changes;
    data.n_subjects = analysis::n_change_subjects;
    for (const analysis::ChangeTable& row : analysis::change_by_set_size) {
        const double half = std::floor(row.n_trials / 2.0);
        data.conditions.push_back(condition_of_rates(
            row.set_size, row.hit_rate, row.false_alarm_rate, half, row.n_trials - half));
        data.subject_sd.push_back(row.K_subject_sd);
    }
    return data;
}

/// A table of the user's with the columns that fit.to names.
class OwnTable {
  public:
    OwnTable(const ComparisonDataSpec& spec, const std::string& folder)
        : table_(read_csv(input_path(spec.file, folder))) {
        for (const auto& [ours, theirs] : spec.columns) column_[ours] = column_of(table_, theirs);
        for (const auto& [ours, theirs] : spec.columns) theirs_[ours] = theirs;
        if (table_.rows.size() < 2)
            refuse(0, "there is a header and no line of data",
                   "add a line for each trial or set size");
    }
    std::size_t n_rows() const { return table_.rows.size() - 1; }
    bool has(const std::string& ours) const { return column_.count(ours) > 0; }

    /// A number within a range. `what` names the range in the message.
    double number(std::size_t row, const std::string& ours, double low, double high,
                  const std::string& remedy) const {
        const std::size_t column = column_.at(ours);
        double value = 0;
        try {
            value = number_at(table_, row + 1, column);
        } catch (const SpecError&) {
            refuse(row + 1,
                   fmt::format("column '{}' holds '{}', which is not a finite number",
                               theirs_.at(ours), table_.rows[row + 1][column].substr(0, 60)),
                   "write a number, or delete the line; lines that begin with # are passed over");
        }
        if (value < low || value > high)
            refuse(row + 1,
                   fmt::format("column '{}' holds {:g}; {:g} to {:g} are possible",
                               theirs_.at(ours), value, low, high),
                   remedy);
        return value;
    }
    int whole(std::size_t row, const std::string& ours, double low,
              const std::string& remedy) const {
        const double value = number(row, ours, low, most_data_trials, remedy);
        if (value != std::floor(value))
            refuse(
                row + 1,
                fmt::format("column '{}' holds {:g}, which is not whole", theirs_.at(ours), value),
                remedy);
        return static_cast<int>(value);
    }
    [[noreturn]] void refuse(std::size_t row, const std::string& why,
                             const std::string& help) const {
        throw SpecError(fmt::format("error[L0372]: {}:{}: {}\n  = help: {}", table_.name,
                                    table_.lines[row], why, help));
    }
    const std::string& name() const { return table_.name; }

  private:
    CsvTable table_;
    std::map<std::string, std::size_t> column_;
    std::map<std::string, std::string> theirs_;
};

using ConditionsByLoad = std::map<int, FitCondition>;

int load_at(const OwnTable& table, std::size_t row) {
    const int load = table.whole(row, "load", 1, "a set size is a whole number from 1");
    if (load > 1000)
        table.refuse(row + 1, fmt::format("a set size of {}", load), "use 1000 at most");
    return load;
}

FitCondition& errors_at(ConditionsByLoad& conditions, int load) {
    FitCondition& condition = conditions[load];
    condition.load = load;
    if (condition.cells.empty()) condition.cells = {{std::vector<double>(n_error_bins, 0)}};
    return condition;
}

ConditionsByLoad raw_errors(const OwnTable& table) {
    const bool degrees = table.has("error_deg");
    ConditionsByLoad conditions;
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
        const double limit = degrees ? 360 : 2 * pi;
        const double error =
            table.number(row, degrees ? "error_deg" : "error_rad", -limit, limit,
                         degrees ? "an error is reported minus shown, in degrees of the circle"
                                 : "an error is reported minus shown, in radians");
        const double turns = error / limit + 0.5;
        const auto bin =
            static_cast<std::size_t>((turns - std::floor(turns)) * n_error_bins) % n_error_bins;
        ++errors_at(conditions, load_at(table, row)).cells[0].counts[bin];
    }
    return conditions;
}

ConditionsByLoad histogram(const OwnTable& table) {
    const double width = 360.0 / n_error_bins;
    ConditionsByLoad conditions;
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
        const double lower =
            table.number(row, "lower_deg", -180, 180 - width, "bins begin at -180, -168, ... 168");
        const double bin = (lower + 180) / width;
        if (std::abs(bin - std::round(bin)) > 1e-6)
            table.refuse(row + 1, fmt::format("no bin begins at {:g} degrees", lower),
                         "give 30 bins of 12 degrees from -180, or one error in each row");
        errors_at(conditions, load_at(table, row))
            .cells[0]
            .counts[static_cast<std::size_t>(std::lround(bin))] +=
            table.whole(row, "count", 0, "a count is a whole number from 0");
    }
    return conditions;
}

ConditionsByLoad answers(const OwnTable& table) {
    const bool rates = table.has("hit_rate");
    ConditionsByLoad conditions;
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
        const int load = load_at(table, row);
        FitCondition here;
        if (rates) {
            const int n = table.whole(row, "n_trials", 2, "a set size needs at least two trials");
            const char* const remedy = "a rate is a share, not a percentage";
            here = condition_of_rates(load, table.number(row, "hit_rate", 0, 1, remedy),
                                      table.number(row, "false_alarm_rate", 0, 1, remedy), n / 2,
                                      n - n / 2);
        } else {
            const char* const remedy = "counts are whole numbers from 0";
            const double change = table.whole(row, "n_change", 0, remedy);
            const double same = table.whole(row, "n_same", 0, remedy);
            const double hits = table.whole(row, "hits", 0, remedy);
            const double alarms = table.whole(row, "false_alarms", 0, remedy);
            if (hits > change || alarms > same)
                table.refuse(row + 1, "there are more answers than trials",
                             "hits are some of n_change, false_alarms some of n_same");
            here = {load, {{{hits, change - hits}}, {{alarms, same - alarms}}}};
        }
        FitCondition& sum = conditions[load];
        if (sum.cells.empty()) {
            sum = here;
            continue;
        }
        for (std::size_t cell = 0; cell < 2; ++cell)
            for (std::size_t i = 0; i < 2; ++i)
                sum.cells[cell].counts[i] += here.cells[cell].counts[i];
    }
    return conditions;
}

FitData own_data(const ComparisonDataSpec& spec, const std::string& folder) {
    const OwnTable table(spec, folder);
    const auto all = [&](std::initializer_list<const char*> names) {
        return std::all_of(names.begin(), names.end(), [&](const char* n) { return table.has(n); });
    };
    FitData data;
    data.name = spec.name.empty() ? spec.file : spec.name;
    data.source = spec.file;
    // what a row can be, and the column that no other kind of row has
    struct RowKind {
        const char* own;
        bool complete;
        FitKind kind;
        ConditionsByLoad (*read)(const OwnTable&);
    };
    const RowKind kinds[] = {
        {"error_deg", all({"load", "error_deg"}), FitKind::errors, raw_errors},
        {"error_rad", all({"load", "error_rad"}), FitKind::errors, raw_errors},
        {"lower_deg", all({"load", "lower_deg", "count"}), FitKind::errors, histogram},
        {"hits", all({"load", "hits", "n_change", "false_alarms", "n_same"}), FitKind::changes,
         answers},
        {"hit_rate", all({"load", "hit_rate", "false_alarm_rate", "n_trials"}), FitKind::changes,
         answers}};
    const RowKind* row = nullptr;
    for (const RowKind& kind : kinds) {
        if (!kind.complete) continue;
        if (row)
            table.refuse(0,
                         fmt::format("`{}` and `{}` are both named, and a row can be one of them",
                                     row->own, kind.own),
                         "name one of the two under fit.to.columns");
        row = &kind;
    }
    if (!row)
        table.refuse(0, "these columns cannot be fitted",
                     "name `load` and one of: `error_deg`; `error_rad`; `lower_deg` and `count`; "
                     "`hits`, `n_change`, `false_alarms` and `n_same`; `hit_rate`, "
                     "`false_alarm_rate` and `n_trials`");
    data.kind = row->kind;
    ConditionsByLoad conditions = row->read(table);
    for (auto& [load, condition] : conditions) {
        for (const FitCell& cell : condition.cells)
            if (cell.n() < 1)
                table.refuse(0, fmt::format("set size {} has no trials of one kind", load),
                             "add trials, or delete the lines of this set size");
        data.conditions.push_back(std::move(condition));
    }
    return data;
}

FitData part(const FitData& data, const std::vector<int>& conditions, bool fitted) {
    const auto is_named = [&](int load) {
        return conditions.empty() ||
               std::find(conditions.begin(), conditions.end(), load) != conditions.end();
    };
    FitData out = data;
    out.conditions.clear();
    out.subject_sd.clear();
    for (std::size_t i = 0; i < data.conditions.size(); ++i) {
        if (is_named(data.conditions[i].load) != fitted) continue;
        out.conditions.push_back(data.conditions[i]);
        if (!data.subject_sd.empty()) out.subject_sd.push_back(data.subject_sd[i]);
    }
    return out;
}

} // namespace

double FitCell::n() const {
    double sum = 0;
    for (const double count : counts) sum += count;
    return sum;
}

double FitCondition::n() const {
    double sum = 0;
    for (const FitCell& cell : cells) sum += cell.n();
    return sum;
}

const std::vector<std::string>& fit_data_sets() {
    static const std::vector<std::string> names = {"van_den_berg_2012_colour",
                                                   "rouder_2008_change_detection"};
    return names;
}

FitData read_fit_data(const FitSpec& fit, const std::string& folder) {
    if (!fit.to.file.empty()) return own_data(fit.to, folder);
    return fit.to.name == fit_data_sets()[0] ? published_errors() : published_changes();
}

FitData fitted_part(const FitData& data, const std::vector<int>& conditions) {
    for (const int load : conditions) {
        std::vector<int> loads;
        for (const FitCondition& condition : data.conditions) loads.push_back(condition.load);
        if (std::find(loads.begin(), loads.end(), load) == loads.end())
            throw SpecError(fmt::format(
                "error[L0373]: `fit.conditions` names set size {}, which {} does not have\n"
                "  = help: there are {}",
                load, data.name, fmt::join(loads, ", ")));
    }
    return part(data, conditions, true);
}

FitData held_out_part(const FitData& data, const std::vector<int>& conditions) {
    return part(data, conditions, false);
}

double circular_sd_deg(const FitCell& cell) {
    const double width = 2 * pi / static_cast<double>(cell.counts.size());
    double x = 0, y = 0;
    for (std::size_t bin = 0; bin < cell.counts.size(); ++bin) {
        const double middle = width * (static_cast<double>(bin) + 0.5) - pi;
        x += cell.counts[bin] * std::cos(middle);
        y += cell.counts[bin] * std::sin(middle);
    }
    const double R = std::hypot(x, y) / cell.n() / (std::sin(width / 2) / (width / 2));
    return R >= 1 ? 0 : std::sqrt(-2 * std::log(R)) * 180 / pi;
}

AnswerRates answer_rates(const FitCondition& condition) {
    return {condition.cells[0].counts[0] / condition.cells[0].n(),
            condition.cells[1].counts[0] / condition.cells[1].n()};
}

} // namespace lamina
