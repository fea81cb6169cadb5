#include "experiments/sweep/sweep_axes.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "experiments/fields.hpp"
#include "experiments/quantities.hpp"
#include "experiments/scalars.hpp"
#include "experiments/short_names.hpp"

namespace lamina {
namespace {

YamlNode word_node(const std::string& label) {
    YamlNode node;
    node.text = label;
    return node;
}

std::optional<double> plain_number(const std::string& label) {
    const Read<double> read = read_number(word_node(label), "");
    const double* const value = std::get_if<double>(&read);
    return value ? std::optional<double>(*value) : std::nullopt;
}

std::optional<double> number_with_unit(const std::string& label, const std::string& unit) {
    const Read<double> read = read_quantity(word_node(label), "", unit);
    const double* const value = std::get_if<double>(&read);
    return value ? std::optional<double>(*value) : std::nullopt;
}

bool is_whole(const std::string& label) {
    return std::holds_alternative<std::int64_t>(read_integer(word_node(label), ""));
}

/// The unit in which the labels of a column are numbers: the field's, or that of the first label
/// where a model's own table has it.
std::string units_of_column(const SweepColumn& column, const Field* field,
                            const ExperimentSpec& base) {
    if (field && field->kind == FieldKind::quantity) return field->unit_in(base);
    const std::string& first = column.labels.front();
    const std::size_t space = first.find_last_of(' ');
    const std::string written = space == std::string::npos ? "" : first.substr(space + 1);
    return find_unit(written) ? written : "1";
}

void read_numbers(SweepColumn& column, const ExperimentSpec& base) {
    const Field* const field = find_field(column.path);
    column.units = units_of_column(column, field, base);
    for (const std::string& label : column.labels) {
        const bool is_none = field && !field->zero_word.empty() && label == field->zero_word;
        const std::optional<double> value = is_none ? 0
                                            : column.units == "1"
                                                ? plain_number(label)
                                                : number_with_unit(label, column.units);
        if (!value) {
            column.units = "1";
            column.numbers.clear();
            return;
        }
        column.numbers.push_back(*value);
    }
    column.numeric = true;
    column.whole =
        column.units == "1" && std::all_of(column.labels.begin(), column.labels.end(), is_whole);
}

} // namespace

std::vector<SweepDimension> dimensions_of(const ExperimentSpec& base,
                                          const std::vector<std::string>& taken) {
    std::vector<std::string> paths;
    for (const SweepAxis& axis : base.sweep.axes)
        paths.insert(paths.end(), axis.columns.begin(), axis.columns.end());
    const std::vector<std::string> names = short_names(paths);
    std::set<std::string> used(taken.begin(), taken.end());
    const auto is_grid = [](const SweepAxis& axis) { return axis.name.rfind("grid.", 0) == 0; };
    for (const SweepAxis& axis : base.sweep.axes)
        if (!is_grid(axis)) used.insert(axis.name);

    std::vector<SweepDimension> dimensions;
    std::size_t n_columns = 0;
    for (const SweepAxis& axis : base.sweep.axes) {
        SweepDimension dimension;
        dimension.axis = axis.name;
        for (std::size_t i = 0; i < axis.columns.size(); ++i) {
            SweepColumn column;
            column.path = axis.columns[i];
            column.name = names[n_columns++];
            while (!used.insert(column.name).second) column.name = "axis_" + column.name;
            for (const SweepStep& step : axis.steps) column.labels.push_back(step.labels[i]);
            read_numbers(column, base);
            dimension.columns.push_back(std::move(column));
        }
        dimension.name = is_grid(axis) ? dimension.columns.front().name : axis.name;
        dimensions.push_back(std::move(dimension));
    }
    return dimensions;
}

} // namespace lamina
