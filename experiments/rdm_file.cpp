#include "experiments/rdm_file.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "experiments/csv.hpp"
#include "experiments/data_path.hpp"
#include "experiments/npy.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// A word that can stand in a path of the summary.
std::string as_word(std::string text) {
    for (char& c : text)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return text;
}

/// Names of the models of a file: its CSV's column "name", or the file's own name with a number.
std::vector<std::string> model_names(const ComparisonDataSpec& data, const std::string& folder,
                                     std::size_t n) {
    std::vector<std::string> names;
    if (data.names.empty()) {
        const std::string stem = std::filesystem::path(data.models).stem().string();
        for (std::size_t i = 0; i < n; ++i) names.push_back(as_word(fmt::format("{}_{}", stem, i)));
        return names;
    }
    const CsvTable table = read_csv(input_path(data.names, folder));
    const std::size_t column = column_of(table, "name");
    if (table.rows.size() - 1 != n)
        throw SpecError(fmt::format("{}: names {} RDMs and {} has {}; give each one line below the "
                                    "header",
                                    table.name, table.rows.size() - 1, data.models, n));
    for (std::size_t row = 1; row < table.rows.size(); ++row)
        names.push_back(as_word(table.rows[row][column]));
    return names;
}

RdmFile read_for(const std::string& name, const ExperimentSpec& spec, int n_stimuli) {
    const auto path = input_path(name, spec.folder);
    RdmFile file = read_rdm_file(path);
    if (n_stimuli == 0)
        throw SpecError(fmt::format("{}: dissimilarities are compared over the stimuli of a memory "
                                    "task, and task.type {} has none; remove the entry of "
                                    "compare_with",
                                    path.string(), spec.task.type));
    if (file.n_stimuli != n_stimuli)
        throw SpecError(fmt::format("{}: is of {} stimuli and the task has {}; they must be the "
                                    "same, in the same order",
                                    path.string(), file.n_stimuli, n_stimuli));
    return file;
}

} // namespace

RdmFile read_rdm_file(const std::filesystem::path& path) {
    const NpyArray array = read_npy(path);
    const std::size_t axes = array.shape.size();
    const std::size_t n_rdm = axes == 2 ? array.shape[0] : 1;
    const std::size_t n_pairs = axes == 1 || axes == 2 ? array.shape.back() : 0;
    RdmFile file;
    file.n_stimuli = static_cast<int>(analysis::n_stimuli_of(n_pairs));
    if (file.n_stimuli == 0 || n_rdm == 0)
        throw SpecError(fmt::format(
            "{}: not upper triangles of dissimilarity matrices, [pairs] or [n_rdm][pairs] with n "
            "(n - 1) / "
            "2 pairs; for a square matrix save numpy.asarray(m)[numpy.triu_indices(len(m), 1)]",
            path.string()));
    for (std::size_t i = 0; i < array.values.size(); ++i)
        if (!std::isfinite(array.values[i]))
            throw SpecError(
                fmt::format("{}: value {} is {}; a dissimilarity is a finite number, so "
                            "mend or leave out what could not be measured",
                            path.string(), i, array.values[i]));
    for (std::size_t rdm = 0; rdm < n_rdm; ++rdm) {
        const auto first = array.values.begin() + static_cast<std::ptrdiff_t>(rdm * n_pairs);
        file.rdms.emplace_back(first, first + static_cast<std::ptrdiff_t>(n_pairs));
    }
    return file;
}

RdmsToCompare read_rdms_to_compare(const ExperimentSpec& spec, int n_stimuli) {
    RdmsToCompare found;
    for (const ComparisonDataSpec& data : spec.compare_with) {
        if (!data.rdm.empty()) {
            HumanRdms people{data.name, data.rdm, {}};
            for (analysis::Rdm& rdm : read_for(data.rdm, spec, n_stimuli).rdms) {
                const int subject = int(people.measured.rdms.size()) / data.per_subject;
                people.measured.subject.push_back(subject);
                people.measured.rdms.emplace_back(std::move(rdm));
            }
            if (int(people.measured.rdms.size()) % data.per_subject != 0)
                throw SpecError(fmt::format("{}: has {} RDMs, which cannot be {} of each subject; "
                                            "write another per_subject",
                                            data.rdm, people.measured.rdms.size(),
                                            data.per_subject));
            found.people.push_back(std::move(people));
        } else if (!data.models.empty()) {
            RdmFile file = read_for(data.models, spec, n_stimuli);
            const auto names = model_names(data, spec.folder, file.rdms.size());
            for (std::size_t i = 0; i < names.size(); ++i)
                found.models.push_back({names[i], std::move(file.rdms[i])});
        }
    }
    return found;
}

} // namespace lamina
