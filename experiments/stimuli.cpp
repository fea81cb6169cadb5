#include "experiments/stimuli.hpp"

#include <cmath>

#include <fmt/format.h>

#include "experiments/classical_mds.hpp"
#include "experiments/csv.hpp"
#include "experiments/data_path.hpp"
#include "experiments/npy.hpp"
#include "experiments/rdm_file.hpp"
#include "kernels/normal.hpp"
#include "models/angle.hpp"
#include "sim/errors.hpp"

namespace lamina {

namespace {

constexpr double two_pi = 2 * pi;

bool ends_with(const std::string& text, const std::string& tail) {
    return text.size() >= tail.size() &&
           text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

void refuse_non_finite(const std::vector<double>& values, const std::string& file) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            throw SpecError(
                fmt::format("{}: value {} is {}; a stimulus needs finite numbers, so mend or "
                            "leave out what could not be measured",
                            file, i, values[i]));
}

std::filesystem::path stimuli_file(const StimuliSpec& spec, const std::string& folder) {
    if (spec.file.empty())
        throw SpecError(
            fmt::format("task.stimuli: kind {} needs a file; write for example file: {}", spec.kind,
                        spec.kind == "rdm" ? "rdms.npy" : "vectors.npy"));
    return input_path(spec.file, folder);
}

void make_ring(const StimuliSpec& spec, Stimuli& s) {
    s.circular = true;
    s.kappa = spec.kappa;
    s.number = spec.number;
    for (int unit = 0; unit < s.d_model; ++unit)
        s.preferred_rad.push_back(two_pi * unit / s.d_model);
    for (int i = 0; i < spec.number; ++i) {
        s.angle_deg.push_back(360.0 * i / spec.number);
        const auto code = code_of_angle(two_pi * i / spec.number, spec.kappa, s.d_model);
        s.vectors.insert(s.vectors.end(), code.begin(), code.end());
        s.names.push_back(fmt::format("{:g} deg", s.angle_deg.back()));
    }
}

void make_random(const StimuliSpec& spec, std::uint64_t seed, Stimuli& s) {
    s.number = spec.number;
    s.vectors.resize(static_cast<std::size_t>(s.number) * static_cast<std::size_t>(s.d_model));
    // tasks draw the tokens of their trials under trial numbers; these belong to none
    normal_row(seed, 0xffffffffu, Stream::tokens, 0, s.vectors.data(), s.vectors.size());
}

/// [n][d] from a .npy or a CSV; returns n.
std::size_t read_vectors(const std::filesystem::path& path, std::vector<double>& values,
                         std::size_t& d) {
    const std::string file = path.string();
    if (ends_with(file, ".npy")) {
        NpyArray array = read_npy(path);
        if (array.shape.size() != 2)
            throw SpecError(
                fmt::format("{}: has {} axes and needs 2, [stimulus][d_model]; reshape it", file,
                            array.shape.size()));
        values = std::move(array.values);
        d = array.shape[1];
        return array.shape[0];
    }
    if (!ends_with(file, ".csv"))
        throw SpecError(
            fmt::format("{}: neither .npy nor .csv; save the vectors as one of them", file));
    const CsvTable table = read_csv(path);
    const std::size_t first = all_numbers(table.rows.front()) ? 0 : 1;
    d = table.rows.front().size();
    for (std::size_t row = first; row < table.rows.size(); ++row)
        for (std::size_t column = 0; column < d; ++column)
            values.push_back(number_at(table, row, column));
    return table.rows.size() - first;
}

void make_vectors(const StimuliSpec& spec, const std::string& folder, Stimuli& s) {
    const auto path = stimuli_file(spec, folder);
    std::size_t d = 0;
    const std::size_t n = read_vectors(path, s.vectors, d);
    if (n == 0) throw SpecError(fmt::format("{}: holds no vector", path.string()));
    if (d != static_cast<std::size_t>(s.d_model))
        throw SpecError(
            fmt::format("{}: its vectors have {} entries and d_model is {}; write d_model: {} "
                        "or other vectors",
                        path.string(), d, s.d_model, d));
    refuse_non_finite(s.vectors, path.string());
    s.number = static_cast<int>(n);
}

void make_from_rdm(const StimuliSpec& spec, const std::string& folder, Stimuli& s) {
    const auto path = stimuli_file(spec, folder);
    const RdmFile file = read_rdm_file(path);
    s.number = file.n_stimuli;
    // eigenvectors of n x n numbers: minutes and 134 MB at this size
    constexpr int most = 4096;
    if (s.number > most)
        throw SpecError(fmt::format("{}: has {} stimuli and scaling takes at most {}; use fewer",
                                    path.string(), s.number, most));
    s.dissimilarity.assign(file.rdms.front().size(), 0);
    for (const analysis::Rdm& rdm : file.rdms)
        for (std::size_t pair = 0; pair < rdm.size(); ++pair)
            s.dissimilarity[pair] += rdm[pair] / static_cast<double>(file.rdms.size());

    std::vector<double> squared;
    for (const double d : s.dissimilarity) squared.push_back(d * std::fabs(d));
    ScaledPoints scaled = classical_scaling(s.number, squared, s.d_model);
    if (scaled.n_used == 0)
        throw SpecError(
            fmt::format("{}: its dissimilarities span no dimension (all zero or negative); "
                        "use dissimilarities that differ from 0",
                        path.string()));
    // the eigenvalues' scale is that of the measure; ours is that of N(0, 1) entries
    double squares = 0;
    for (const double x : scaled.points) squares += x * x;
    const double factor = std::sqrt(static_cast<double>(s.d_model) * s.number / squares);
    for (double& x : scaled.points) x *= factor;
    s.vectors = std::move(scaled.points);
    s.n_dimensions = scaled.n_used;
    s.kept_inertia = scaled.kept_inertia;
}

void read_names(const StimuliSpec& spec, const std::string& folder, Stimuli& s) {
    const CsvTable table = read_csv(input_path(spec.names, folder));
    const auto has = [&](const std::string& column) {
        for (const std::string& field : table.rows.front())
            if (field == column) return true;
        return false;
    };
    if (table.rows.size() - 1 != static_cast<std::size_t>(s.number))
        throw SpecError(
            fmt::format("{}: names {} stimuli and there are {}; give each one line below the "
                        "header",
                        table.name, table.rows.size() - 1, s.number));
    const bool named = has("name");
    if (!named && !has("category"))
        throw SpecError(fmt::format("{}:{}: neither a column 'name' nor 'category'; name one so",
                                    table.name, table.lines.front()));
    const std::size_t column = column_of(table, named ? "name" : "category");
    if (has("category"))
        for (std::size_t row = 1; row < table.rows.size(); ++row)
            s.categories.push_back(table.rows[row][column_of(table, "category")]);
    s.names.clear();
    for (std::size_t row = 1; row < table.rows.size(); ++row) {
        std::string name = table.rows[row][column];
        if (!named)
            name += " " + (has("index") ? table.rows[row][column_of(table, "index")]
                                        : std::to_string(row - 1));
        s.names.push_back(std::move(name));
    }
}

} // namespace

std::vector<double> code_of_angle(double angle_rad, double kappa, int d_model) {
    std::vector<double> code;
    for (int unit = 0; unit < d_model; ++unit) {
        const double turns = angle_rad / two_pi - static_cast<double>(unit) / d_model;
        code.push_back(math::exp(kappa * (math::cos_turns(turns) - 1)));
    }
    return code;
}

std::vector<double> Stimuli::code_of_angle(double angle_rad) const {
    LAMINA_EXPECT(circular);
    return lamina::code_of_angle(angle_rad, kappa, d_model);
}

Stimuli make_stimuli(const StimuliSpec& spec, int d_model, const std::string& folder,
                     std::uint64_t seed) {
    LAMINA_EXPECT(d_model >= 1);
    Stimuli s;
    s.d_model = d_model;
    const bool counted = spec.kind == "ring" || spec.kind == "random";
    if (counted && spec.number < 1)
        throw SpecError(fmt::format("task.stimuli.number = {} (at least 1); write for example 16",
                                    spec.number));
    if (spec.kind == "ring")
        make_ring(spec, s);
    else if (spec.kind == "random")
        make_random(spec, seed, s);
    else if (spec.kind == "vectors")
        make_vectors(spec, folder, s);
    else if (spec.kind == "rdm")
        make_from_rdm(spec, folder, s);
    else
        throw SpecError(fmt::format(
            "task.stimuli.kind = {} is not one of ring, vectors, rdm, random", spec.kind));
    if (s.names.empty())
        for (int i = 0; i < s.number; ++i) s.names.push_back(fmt::format("stimulus {}", i));
    if (!spec.names.empty()) read_names(spec, folder, s);
    return s;
}

} // namespace lamina
