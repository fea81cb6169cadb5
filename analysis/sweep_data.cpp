#include "analysis/sweep_data.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sim/run_file/json.hpp"

namespace lamina::analysis {
namespace {

/// What most readers of a sweep look for, where the spec expects nothing.
const char* const usual_numbers[] = {
    "comparison.output_relative_error", "comparison.attention_kl_bits",
    "comparison.attention_top1_agreement", "comparison.settle_time_ms", "behaviour.all.accuracy"};
constexpr std::size_t most_numbers = 8, most_others = 40;

SweptColumn column_of_sweep(const ResultsReader& reader, const Json& column) {
    SweptColumn out;
    const std::string name = column.at("variable");
    out.path = column.at("path");
    out.units = column.at("units");
    if (reader.describe("", name).kind == VariableInfo::Kind::text) {
        out.words = reader.text("", name);
        return out;
    }
    out.numbers = reader.numbers("", name);
    out.words = words_of_numbers(out.numbers);
    return out;
}

SweptNumber swept_number(const ResultsReader& reader, const std::string& path,
                         const std::string& name) {
    SweptNumber out;
    out.path = path;
    out.units = reader.describe("", name).units;
    out.values = reader.numbers("", name);
    if (reader.has("", name + "_ci_low") && reader.has("", name + "_ci_high")) {
        out.low = reader.numbers("", name + "_ci_low");
        out.high = reader.numbers("", name + "_ci_high");
    }
    return out;
}

/// The numbers to draw: expected ones, else usual ones, else the first that vary.
std::vector<SweptNumber> numbers_to_draw(const ResultsReader& reader, const Json& run) {
    const Json& known = run.at("numbers");
    std::vector<SweptNumber> out;
    std::set<std::string> loaded;
    const auto add = [&](const std::string& path) {
        if (known.contains(path) && out.size() < most_numbers && loaded.insert(path).second)
            out.push_back(swept_number(reader, path, known[path]));
    };
    for (const Json& line : run.at("expect")) add(line.at("path"));
    if (out.empty())
        for (const char* path : usual_numbers) add(path);
    // and of behaviour how many items are held, set size by set size
    if (run.at("expect").empty())
        for (const auto& [path, name] : known.items())
            if (path.rfind("behaviour.load_", 0) == 0 &&
                (path.substr(path.rfind('.')) == ".K" ||
                 path.substr(path.rfind('.')) == ".circular_sd_deg"))
                add(path);
    if (!out.empty()) return out;
    std::size_t n_looked_at = 0;
    for (const auto& [path, name] : known.items()) {
        if (out.size() == most_numbers / 2 || ++n_looked_at > most_others) break;
        SweptNumber number = swept_number(reader, path, name);
        if (!number.is_constant()) out.push_back(std::move(number));
    }
    return out;
}

Estimate over_replicates(const std::vector<double>& sample, double level) {
    const std::vector<double> values = finite(sample);
    const auto n = static_cast<std::int64_t>(values.size());
    const double centre = mean(values);
    if (n < 2) return {centre, NAN, NAN, n};
    const double half = student_quantile(level, static_cast<double>(n - 1)) *
                        standard_deviation(values) / std::sqrt(static_cast<double>(n));
    return {centre, centre - half, centre + half, n};
}

} // namespace

bool SweptAxis::ordered() const {
    const std::vector<double>& x = columns.front().numbers;
    return !scattered() && x.size() > 2 && std::set<double>(x.begin(), x.end()).size() == x.size();
}

std::string SweptAxis::words_of(std::size_t step) const {
    std::string words;
    for (const SweptColumn& column : columns)
        words += (words.empty() ? "" : ", ") + column.words[step];
    return words;
}

std::string SweptAxis::setting_of(std::size_t step) const {
    std::string words;
    for (const SweptColumn& column : columns)
        words += (words.empty() ? "" : ", ") + column.path + " " + column.words[step] +
                 (column.units == "1" ? "" : " " + column.units);
    return words;
}

std::string SweptAxis::label(bool is_short) const {
    std::string label;
    for (const SweptColumn& column : columns)
        label += (label.empty() ? "" : ", ") +
                 (is_short ? column.path.substr(column.path.rfind('.') + 1) : column.path) +
                 (column.units == "1" ? "" : " (" + column.units + ")");
    return label;
}

bool SweptNumber::is_constant() const {
    const std::vector<double> known = finite(values);
    return !known.empty() && std::all_of(known.begin(), known.end(),
                                         [&](double value) { return value == known.front(); });
}

std::vector<std::string> words_of_numbers(const std::vector<double>& numbers) {
    const std::size_t n_different = std::set<double>(numbers.begin(), numbers.end()).size();
    std::vector<std::string> words;
    for (int digits = 3; digits <= 17; ++digits) {
        words.clear();
        for (const double number : numbers)
            words.push_back(number == std::floor(number) && std::fabs(number) < 1e6
                                ? fmt::format("{:.0f}", number)
                                : fmt::format("{:.{}g}", number, digits));
        if (std::set<std::string>(words.begin(), words.end()).size() == n_different) break;
    }
    return words;
}

std::size_t SweepData::n_places() const {
    std::size_t n = 1;
    for (const SweptAxis& axis : axes) n *= axis.n_steps();
    return n;
}

std::size_t SweepData::step_of(std::size_t place, std::size_t axis) const {
    for (std::size_t i = axes.size(); --i > axis;) place /= axes[i].n_steps();
    return place % axes[axis].n_steps();
}

SweepData load_sweep(const RunDirectory& directory) {
    const ResultsReader reader = directory.results("summary.h5");
    SweepData sweep;
    sweep.run.name = directory.path().filename().empty()
                         ? directory.path().parent_path().filename().string()
                         : directory.path().filename().string();
    const Json& run = directory.run();
    sweep.run.run = std::make_shared<const Json>(run);
    sweep.run.spec_text = directory.read_text("spec.yaml");
    sweep.n_replicates = run.at("replicates");
    for (const Json& axis : run.at("axes")) {
        SweptAxis out;
        out.axis = axis.at("axis");
        for (const Json& column : axis.at("columns"))
            out.columns.push_back(column_of_sweep(reader, column));
        sweep.axes.push_back(std::move(out));
    }
    sweep.numbers = numbers_to_draw(reader, run);
    return sweep;
}

std::vector<Estimate> means_over(const SweepData& sweep, const SweptNumber& number,
                                 const std::vector<std::size_t>& kept, double level) {
    std::size_t n_cells = 1;
    for (const std::size_t axis : kept) n_cells *= sweep.axes[axis].n_steps();
    const std::size_t n_places = sweep.n_places(), n_replicates = sweep.n_replicates;
    std::vector<double> sum(n_cells * n_replicates, 0), n(n_cells * n_replicates, 0);
    std::vector<std::size_t> place_of(n_cells, 0);
    for (std::size_t place = 0; place < n_places; ++place) {
        std::size_t cell = 0;
        for (const std::size_t axis : kept)
            cell = cell * sweep.axes[axis].n_steps() + sweep.step_of(place, axis);
        place_of[cell] = place;
        for (std::size_t r = 0; r < n_replicates; ++r) {
            const double value = number.values[place * n_replicates + r];
            if (!std::isfinite(value)) continue;
            sum[cell * n_replicates + r] += value;
            n[cell * n_replicates + r] += 1;
        }
    }
    std::vector<Estimate> estimates;
    for (std::size_t cell = 0; cell < n_cells; ++cell) {
        std::vector<double> sample;
        for (std::size_t r = cell * n_replicates; r < (cell + 1) * n_replicates; ++r)
            sample.push_back(n[r] > 0 ? sum[r] / n[r] : NAN);
        Estimate one = over_replicates(sample, level);
        if (n_replicates == 1 && n_cells == n_places && !number.low.empty()) {
            one.low = number.low[place_of[cell]];
            one.high = number.high[place_of[cell]];
        }
        estimates.push_back(one);
    }
    return estimates;
}

} // namespace lamina::analysis
