/// Tables for pandas, R and spreadsheets: csv/trials.csv, items.csv, conditions.csv,
/// presentations.csv, stimuli.csv, populations.csv, windows.csv, neurons.csv, summary.csv, and
/// columns.csv, which says what every column of the others is. One row is one trial, one item of a
/// trial, one condition, and so on; a unit stands in the name of its column; a field is empty where
/// something is missing.
#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analysis/csv_text.hpp"
#include "experiments/exports/exports.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

using analysis::Column;
using analysis::Csv;
using analysis::RunData;

struct TableColumn {
    std::string name, unit, meaning;
    std::function<void(Csv&, std::size_t row)> write;
};

struct Table {
    std::string name;
    std::size_t n_rows = 0;
    std::vector<TableColumn> columns;
};

/// "PV" in "ms" is "PV_ms", "diffusion" in "deg2/s" is "diffusion_deg2_per_s"; a name that has its
/// unit stays.
std::string name_with_unit(const std::string& name, std::string unit) {
    if (unit == "1" || unit.empty()) return name;
    if (unit == "degree") unit = "deg";
    if (unit == "bit") unit = "bits";
    std::string suffix;
    for (const char c : unit.rfind("1/", 0) == 0 ? unit.substr(1) : unit)
        suffix += c == '/' ? (suffix.empty() ? "per_" : "_per_") : std::string(1, c);
    suffix = "_" + suffix;
    const bool has_it = (name + "_").find(suffix + "_") != std::string::npos;
    return has_it ? name : name + suffix;
}

/// The value as a field: words for codes that have them, nothing for what is missing.
void write_value(Csv& csv, const Column& column, std::size_t at) {
    if (column.is_text()) {
        csv << column.words[at];
        return;
    }
    const double value = column.numbers[at];
    const auto meaning = column.meanings.find(value);
    // 0 and 1 of "correct" are what one takes means of
    const bool says =
        meaning != column.meanings.end() && column.long_name != "the choice was right";
    if (says && meaning->second == "none")
        csv << "";
    else if (says)
        csv << meaning->second;
    else
        csv << (column.is_integer && value == -1 ? NAN : value);
}

using RowOf = std::function<std::size_t(std::size_t row)>;

std::size_t same_row(std::size_t row) { return row; }

/// Adds a variable whose value for a row of the table lies at `at(row)`.
void add_column(Table& table, const std::string& name, const Column& column, const RowOf& at) {
    table.columns.push_back(
        {name_with_unit(name, column.units), column.units, column.long_name,
         [&column, at](Csv& csv, std::size_t row) { write_value(csv, column, at(row)); }});
}

void add_numbers(Table& table, const std::string& name, const std::string& meaning,
                 const std::function<double(std::size_t)>& value) {
    table.columns.push_back(
        {name, "1", meaning, [value](Csv& csv, std::size_t row) { csv << value(row); }});
}

/// What was varied.
void add_factors(Table& table, const analysis::Design& design, const RowOf& variant) {
    for (const analysis::Factor& factor : design.factors)
        table.columns.push_back({name_with_unit(factor.name, factor.units), factor.units,
                                 "varied: " + factor.path,
                                 [&factor, variant](Csv& csv, std::size_t row) {
                                     const std::size_t v = variant(row);
                                     if (factor.numeric)
                                         csv << factor.numbers[v];
                                     else
                                         csv << factor.words[v];
                                 }});
}

/// The number of the variant and what was varied, then the name of the condition.
void add_keys(Table& table, const analysis::Design& design, const RowOf& variant,
              const RowOf& condition) {
    add_numbers(table, "variant", "number of the combination of varied factors",
                [variant](std::size_t row) { return double(variant(row)); });
    add_factors(table, design, variant);
    table.columns.push_back(
        {"condition", "1", "task condition", [&design, condition](Csv& csv, std::size_t row) {
             csv << design.conditions[condition(row)];
         }});
}

/// Variables of a group over these dimensions, in the order of writing.
std::vector<std::pair<std::string, const Column*>>
variables_over(const RunData& run, const std::string& group, const std::vector<std::string>& dims) {
    std::vector<std::pair<std::string, const Column*>> found;
    for (const auto& [name, column] : run.groups.at(group))
        if (column.dims == dims) found.emplace_back(name, &column);
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.second->place < b.second->place; });
    return found;
}

RowOf row_from(const Column& column) {
    return [&column](std::size_t row) { return static_cast<std::size_t>(column.numbers[row]); };
}

/// Number of each row within its run of equal values: of a trial within its variant, as `lamina run
/// --trace` and /comparison count them; of a neuron within its population.
std::vector<std::size_t> numbers_within(const std::vector<double>& value) {
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < value.size(); ++i)
        numbers.push_back(i > 0 && value[i] == value[i - 1] ? numbers.back() + 1 : 0);
    return numbers;
}

/// A number for each neuron that is the same within one population of one variant.
std::vector<double> populations_of_neurons(const RunData& run) {
    std::vector<double> population = run.numbers("neurons", "population");
    const std::vector<double>& variant = run.numbers("neurons", "variant");
    const Column* names = run.find("populations", "population");
    for (std::size_t i = 0; i < variant.size(); ++i)
        population[i] += variant[i] * double(names->size());
    return population;
}

void add_trial_keys(Table& table, const RunData& run, const analysis::Design& design,
                    const std::vector<std::size_t>& numbers, const RowOf& trial) {
    const RowOf variant = row_from(*run.find("trials", "variant"));
    const RowOf condition = row_from(*run.find("trials", "condition"));
    add_keys(
        table, design, [=](std::size_t row) { return variant(trial(row)); },
        [=](std::size_t row) { return condition(trial(row)); });
    add_numbers(table, "trial", "number of the trial within its variant",
                [&numbers, trial](std::size_t row) { return double(numbers[trial(row)]); });
}

Table trials_table(const RunData& run, const analysis::Design& design,
                   const std::vector<std::size_t>& numbers) {
    Table table{"trials", numbers.size(), {}};
    add_trial_keys(table, run, design, numbers, same_row);
    for (const auto& [name, column] : variables_over(run, "trials", {"trial"}))
        if (name != "variant" && name != "condition") add_column(table, name, *column, same_row);
    return table;
}

/// @param shown  places in /trials/item of what was shown
Table items_table(const RunData& run, const analysis::Design& design,
                  const std::vector<std::size_t>& numbers, const std::vector<std::size_t>& shown) {
    const std::size_t slots = run.find("trials", "item")->length("slot");
    Table table{"items", shown.size(), {}};
    add_trial_keys(table, run, design, numbers,
                   [&shown, slots](std::size_t row) { return shown[row] / slots; });
    add_numbers(table, "slot", "column of the area that holds the item",
                [&shown, slots](std::size_t row) { return double(shown[row] % slots); });
    for (const auto& [name, column] : variables_over(run, "trials", {"trial", "slot"}))
        add_column(table, name, *column, [&shown](std::size_t row) { return shown[row]; });
    return table;
}

Table conditions_table(const RunData& run, const analysis::Design& design) {
    const std::size_t n_conditions = design.conditions.size();
    Table table{"conditions", design.variants.size() * n_conditions, {}};
    add_keys(
        table, design, [=](std::size_t row) { return row / n_conditions; },
        [=](std::size_t row) { return row % n_conditions; });
    for (const auto& [name, column] : variables_over(run, "behaviour", {"variant", "condition"}))
        add_column(table, name, *column, same_row);
    return table;
}

Table presentations_table(const RunData& run, const analysis::Design& design) {
    const RowOf variant = row_from(*run.find("comparison", "variant"));
    const RowOf condition = row_from(*run.find("comparison", "condition"));
    Table table{"presentations", run.find("comparison", "variant")->size(), {}};
    add_keys(table, design, variant, condition);
    for (const auto& [name, column] : variables_over(run, "comparison", {"presentation"}))
        if (name != "variant" && name != "condition") add_column(table, name, *column, same_row);
    for (const auto& [name, column] : variables_over(run, "comparison", {"presentation", "head"})) {
        const std::size_t heads = column->length("head");
        for (std::size_t head = 0; head < heads; ++head)
            add_column(table, fmt::format("{}_head_{}", name, head), *column,
                       [=](std::size_t row) { return row * heads + head; });
    }
    return table;
}

Table stimuli_table(const RunData& run) {
    const Column& names = *run.find("stimuli", "stimulus");
    Table table{"stimuli", names.size(), {}};
    add_numbers(table, "stimulus", "number of the stimulus, as in item and probe",
                [](std::size_t row) { return double(row); });
    add_column(table, "name", names, same_row);
    for (const auto& [name, column] : variables_over(run, "stimuli", {"stimulus"}))
        if (name != "stimulus") add_column(table, name, *column, same_row);
    return table;
}

/// The variant and what was varied, in front of the rows of a circuit; nothing where nothing is.
void add_variant_keys(Table& table, const analysis::Design& design, const RowOf& variant) {
    if (design.variants.size() < 2) return;
    add_numbers(table, "variant", "number of the combination of varied factors",
                [variant](std::size_t row) { return double(variant(row)); });
    add_factors(table, design, variant);
}

/// Variables over these dimensions, or over variants and them.
std::vector<std::pair<std::string, const Column*>>
variables_by_variant(const RunData& run, const std::string& group, std::vector<std::string> dims) {
    auto found = variables_over(run, group, dims);
    dims.insert(dims.begin(), "variant");
    const auto varied = variables_over(run, group, dims);
    found.insert(found.end(), varied.begin(), varied.end());
    return found;
}

Table exported_populations_table(const RunData& run, const analysis::Design& design) {
    const Column& names = *run.find("populations", "population");
    const std::size_t n = names.size();
    Table table{"populations", design.variants.size() * n, {}};
    add_variant_keys(table, design, [n](std::size_t row) { return row / n; });
    add_column(table, "population", names, [n](std::size_t row) { return row % n; });
    for (const auto& [name, column] : variables_by_variant(run, "populations", {"population"}))
        if (name != "population") add_column(table, name, *column, same_row);
    return table;
}

/// Rates of task.windows: a row for each window and population.
Table windows_table(const RunData& run, const analysis::Design& design) {
    const Column &windows = *run.find("windows", "window"),
                 &names = *run.find("windows", "population");
    const std::size_t n_names = names.size(), n = windows.size() * n_names;
    Table table{"windows", design.variants.size() * n, {}};
    const RowOf window = [n, n_names](std::size_t row) { return row % n / n_names; };
    add_variant_keys(table, design, [n](std::size_t row) { return row / n; });
    add_column(table, "window", windows, window);
    add_column(table, "population", names, [n_names](std::size_t row) { return row % n_names; });
    for (const char* end : {"from_ms", "to_ms"})
        add_column(table, end, *run.find("windows", end), window);
    add_column(table, "rate_Hz", *run.find("windows", "rate_Hz"), same_row);
    return table;
}

/// @param numbers  of each neuron within its population
Table exported_neurons_table(const RunData& run, const analysis::Design& design,
                             const std::vector<std::size_t>& numbers) {
    Table table{"neurons", numbers.size(), {}};
    if (const Column* variant = run.find("neurons", "variant"))
        add_variant_keys(table, design, row_from(*variant));
    add_column(table, "population", *run.find("populations", "population"),
               row_from(*run.find("neurons", "population")));
    add_numbers(table, "neuron", "number of the neuron within its population",
                [&numbers](std::size_t row) { return double(numbers[row]); });
    for (const auto& [name, column] : variables_over(run, "neurons", {"neuron"}))
        if (name != "population" && name != "variant") add_column(table, name, *column, same_row);
    return table;
}

struct SummaryRow {
    std::string path;
    double value, low, high, n; ///< NaN: not given
};

/// Every number of the summary under its path; an entry with an interval is one row.
void collect(const nlohmann::ordered_json& at, const std::string& path,
             std::vector<SummaryRow>& rows) {
    const auto number = [](const nlohmann::ordered_json& x) {
        return x.is_number() ? x.get<double>() : double(NAN);
    };
    if (at.is_number() || at.is_boolean()) {
        rows.push_back(
            {path, at.is_boolean() ? double(at.get<bool>()) : number(at), NAN, NAN, NAN});
    } else if (at.is_object() && at.contains("ci_low")) {
        rows.push_back({path, number(at.value("mean", nlohmann::ordered_json())),
                        number(at["ci_low"]), number(at.value("ci_high", nlohmann::ordered_json())),
                        number(at.value("n", nlohmann::ordered_json()))});
    } else if (at.is_structured()) {
        for (const auto& [key, below] : at.items())
            collect(below, path.empty() ? key : path + "." + key, rows);
    }
}

Table exported_summary_table(const std::vector<SummaryRow>& rows) {
    Table table{"summary", rows.size(), {}};
    table.columns.push_back({"path", "1", "as in `expect:` and in run.json under summary",
                             [&rows](Csv& csv, std::size_t row) { csv << rows[row].path; }});
    const auto add_member = [&](const char* name, const char* meaning, double SummaryRow::*member) {
        add_numbers(table, name, meaning,
                    [&rows, member](std::size_t row) { return rows[row].*member; });
    };
    add_member("value", "the number, or the mean; in the unit that the path ends with",
               &SummaryRow::value);
    add_member("ci_low", "lower end of its interval (analysis.ci)", &SummaryRow::low);
    add_member("ci_high", "upper end of its interval", &SummaryRow::high);
    add_member("n", "how many values it is the mean of", &SummaryRow::n);
    return table;
}

ExportedFile exported_file(const std::string& name, const std::string& text) {
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    return {"csv/" + name + ".csv", {bytes, bytes + text.size()}};
}

ExportedFile exported_file(const Table& table) {
    std::vector<std::string> header;
    for (const TableColumn& column : table.columns) header.push_back(column.name);
    Csv csv(header);
    for (std::size_t row = 0; row < table.n_rows; ++row) {
        for (const TableColumn& column : table.columns) column.write(csv, row);
        csv.end_row();
    }
    return exported_file(table.name, csv.text());
}

ExportedFile dictionary_of(const std::vector<Table>& tables) {
    Csv csv({"file", "column", "unit", "meaning"});
    for (const Table& table : tables)
        for (const TableColumn& column : table.columns) {
            csv << table.name + ".csv" << column.name << column.unit << column.meaning;
            csv.end_row();
        }
    return exported_file("columns", csv.text());
}

} // namespace

std::vector<ExportedFile> export_csv(const RunData& run) {
    const analysis::Design design = design_of(run);
    const std::vector<std::size_t> numbers = numbers_within(run.numbers("trials", "variant"));
    std::vector<std::size_t> shown;
    const std::vector<double>& item = run.numbers("trials", "item");
    for (std::size_t i = 0; i < item.size(); ++i)
        if (item[i] >= 0) shown.push_back(i);
    std::vector<SummaryRow> summary;
    collect(member(run, "summary"), "", summary);

    std::vector<Table> tables;
    if (run.has("trials")) tables.push_back(trials_table(run, design, numbers));
    if (!shown.empty()) tables.push_back(items_table(run, design, numbers, shown));
    if (run.has("behaviour")) tables.push_back(conditions_table(run, design));
    if (run.has("comparison")) tables.push_back(presentations_table(run, design));
    if (run.has("stimuli")) tables.push_back(stimuli_table(run));
    const std::vector<std::size_t> neurons = numbers_within(populations_of_neurons(run));
    if (run.has("populations")) tables.push_back(exported_populations_table(run, design));
    if (run.has("windows")) tables.push_back(windows_table(run, design));
    if (!neurons.empty()) tables.push_back(exported_neurons_table(run, design, neurons));
    tables.push_back(exported_summary_table(summary));
    std::vector<ExportedFile> files;
    for (const Table& table : tables) files.push_back(exported_file(table));
    files.push_back(dictionary_of(tables));
    return files;
}

} // namespace lamina
