/// rdms.h5 for rsatoolbox: `rsatoolbox.rdm.load_rdm("rdms.h5")`.
///
/// The file is the HDF5 form of that program's dictionaries (its version 0.3.2): `dissimilarities`
/// [rdm, pair], the groups `rdm_descriptors`, `pattern_descriptors` and `descriptors`, and the
/// attribute `dissimilarity_measure`.
#include <fmt/format.h>

#include "experiments/exports/exports.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {
namespace {

constexpr const char* home = "representations";

struct RdmRows {
    std::vector<double> dissimilarities;
    std::vector<std::string> name, kind;
    std::vector<std::int64_t> subject;

    void add(const std::string& row_name, const std::string& row_kind, std::int64_t who) {
        name.push_back(row_name), kind.push_back(row_kind), subject.push_back(who);
    }
};

/// RDMs of the run and of other models, then those of people, set by set.
RdmRows rdm_rows_of(const analysis::RunData& run) {
    RdmRows rows;
    const analysis::Column& own = *run.find(home, "dissimilarity");
    rows.dissimilarities = own.numbers;
    const auto& names = run.find(home, "rdm")->words;
    for (std::size_t i = 0; i < names.size(); ++i)
        rows.add(names[i], run.numbers(home, "from_run")[i] != 0 ? "run" : "model", -1);
    for (const auto& [group, variables] : run.groups) {
        if (group.rfind(std::string(home) + "/", 0) != 0) continue;
        const auto& values = variables.at("dissimilarity").numbers;
        rows.dissimilarities.insert(rows.dissimilarities.end(), values.begin(), values.end());
        for (const double subject : variables.at("subject").numbers)
            rows.add(group.substr(std::string(home).size() + 1), "people",
                     static_cast<std::int64_t>(subject));
    }
    return rows;
}

std::vector<std::int64_t> counted(std::size_t n) {
    std::vector<std::int64_t> index;
    for (std::size_t i = 0; i < n; ++i) index.push_back(static_cast<std::int64_t>(i));
    return index;
}

} // namespace

std::vector<ExportedFile> export_rsatoolbox(const analysis::RunData& run) {
    if (!run.find(home, "dissimilarity"))
        throw SpecError(fmt::format(
            "error[L0404]: {} has no representations to export\n"
            "  = help: run a memory task with 3 to 256 stimuli, such as experiments/objects.yaml",
            run.name));
    const RdmRows rows = rdm_rows_of(run);
    const auto& stimuli = run.find(home, "stimulus")->words;
    const std::size_t n_rdms = rows.name.size(),
                      n_pairs = run.find(home, "dissimilarity")->shape[1];

    Image image;
    image.attribute("", "dissimilarity_measure", "dissimilarity");
    image.attribute("descriptors", "made_by", "lamina");
    image.attribute("descriptors", "run", run.name);
    image.plain("", "dissimilarities", {n_rdms, n_pairs}, rows.dissimilarities);
    image.plain("rdm_descriptors", "index", {n_rdms}, counted(n_rdms));
    image.plain("rdm_descriptors", "name", {n_rdms}, rows.name);
    image.plain("rdm_descriptors", "kind", {n_rdms}, rows.kind);
    image.plain("rdm_descriptors", "subject", {n_rdms}, rows.subject);
    image.plain("pattern_descriptors", "index", {stimuli.size()}, counted(stimuli.size()));
    image.plain("pattern_descriptors", "name", {stimuli.size()}, stimuli);
    if (const analysis::Column* category = run.find(home, "category"))
        image.plain("pattern_descriptors", "category", {stimuli.size()}, category->words);
    return {{"rdms.h5", image.finish()}};
}

} // namespace lamina
