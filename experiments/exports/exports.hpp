/// What `lamina export` writes for other programs: one file of code and one line in the table for
/// each format.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/run_data.hpp"

namespace lamina {

struct ExportedFile {
    std::string name; ///< within the run directory
    std::vector<std::byte> bytes;
};

struct ExportFormat {
    const char* name;    ///< as in --to
    const char* meaning; ///< one line
    /// @throws SpecError when the run has nothing to export in this format, saying what would
    std::vector<ExportedFile> (*make)(const analysis::RunData&);
};

/// The table, in the order of messages (experiments/commands/export.cpp).
const std::vector<ExportFormat>& export_formats();

/// rdms.h5: every RDM of /representations as rsatoolbox loads them.
std::vector<ExportedFile> export_rsatoolbox(const analysis::RunData&);

/// weights.safetensors: as `column.weights.file` reads them.
std::vector<ExportedFile> export_safetensors(const analysis::RunData&);

/// csv/*.csv: one table for each kind of row, and columns.csv, which explains them.
std::vector<ExportedFile> export_csv(const analysis::RunData&);

} // namespace lamina
