/// Run directories made without a simulator, in the format of docs/file-formats.md: what the tests
/// of the report draw. The numbers are plausible, not a model's.
#pragma once

#include <filesystem>
#include <string>

#include "analysis/run_data.hpp"

namespace lamina::test {

struct SyntheticOptions {
    std::string kind = "dms"; ///< dms | objects | attention | gating | pair | loop
    int trials_per_load = 50;
    bool trace = false;
    bool hostile = false; ///< names and texts full of markup
    double shift = 0;     ///< added to every error, so that two runs differ
};

/// Writes a finished run directory: results.h5, trace.h5, spec.yaml, run.json.
void write_synthetic_run(const std::filesystem::path& folder, const SyntheticOptions& options);

/// The same, read back.
analysis::RunData synthetic_run(const SyntheticOptions& options);

} // namespace lamina::test
