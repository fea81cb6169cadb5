/// From files to RunData: the one place where analysis meets the run-file reader.
#pragma once

#include <filesystem>

#include "analysis/run_data.hpp"
#include "sim/run_file/run_directory.hpp"

namespace lamina::analysis {

/// Every variable of every group of a results or trace file.
std::map<std::string, Group> load_groups(const ResultsReader& reader);

/// run.json, results.h5 and, when listed, trace.h5 and the spec of a finished run.
/// @throws IoError, DamagedFile, FormatError: a damaged file is never drawn
RunData load_run(const RunDirectory& directory);

/// The same for a run that is about to be finished: run.json as it will be, and the readers of
/// what was written. @param trace  may be null
RunData assemble_run(const std::string& name, const nlohmann::ordered_json& run,
                     const ResultsReader& results, const ResultsReader* trace,
                     const std::string& spec_text);

} // namespace lamina::analysis
