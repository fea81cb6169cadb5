/// The run directory of one run: where it goes, and the files that say what was run and what came
/// out (docs/file-formats.md). run.json is written last.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/experiment.hpp"
#include "experiments/run_log.hpp"
#include "sim/run_file/run_directory.hpp"

namespace lamina {

/// Makes runs/<name>-<8 hex of spec and seed>[-k], or the directory asked for.
/// @param out    empty: a new one under runs/
/// @param force  an existing `out` may be replaced when it holds a run.json of ours
/// @throws SpecError when `out` exists and may not be replaced
Folder make_run_folder(const ExperimentSpec&, const std::string& out, bool force);

/// What run.json says besides its files.
struct RunFacts {
    std::vector<std::string> argv, warnings;
    int threads = 1;
    std::string device = "cpu";
    double seconds = 0;
    std::string weights_sha256;
    nlohmann::ordered_json cost;   ///< steps, seconds per trial
    nlohmann::ordered_json inputs; ///< as inputs_json
};
nlohmann::ordered_json run_json(const ExperimentSpec&, const RunLog&, const RunFacts&,
                                const nlohmann::ordered_json& summary);

/// A group of results.h5 that a reader will look for first.
struct ResultsGroup {
    const char *name, *meaning;
};

/// README.txt: what this is, how to load it, how to make it again.
/// @param command  of lamina that makes such a run
std::string readme_text(const ExperimentSpec&, const std::string& folder,
                        const std::string& command, const std::vector<ResultsGroup>&);

/// Seals a run again with files that were written into it, or written anew, after it was finished.
/// @throws DamagedFile when one of the others was changed
void seal_with(const std::string& folder, const std::vector<std::string>& added);

/// @param command  of lamina, which takes one run
/// @throws SpecError naming a point to take instead when the directory is that of a sweep
void refuse_sweep(const RunDirectory&, const std::string& command);

/// Writes report.html and figures from the run files, of a run or a sweep, and seals it again with
/// them in it.
void write_report_and_seal(const std::string& folder);

} // namespace lamina
