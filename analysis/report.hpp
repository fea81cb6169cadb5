/// One run as one offline HTML file: what was asked, what came out, how sure that is, and how to
/// get it again. Inline SVG, its own small style and script, nothing from elsewhere.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/figures/figure.hpp"
#include "analysis/run_data.hpp"

namespace lamina::analysis {

/// A file of the run directory: name relative to it, and its text.
struct ReportFile {
    std::string name, text;
};

struct ReportOptions {
    /// Ranked predictions, an array of objects with the keys statement, quantity, measurement,
    /// direction, effect {value, low, high, unit}, needed_n, needed_what, falsifier, rival, score;
    /// each may be absent. Null: as in run.json's "predictions".
    const nlohmann::ordered_json* predictions = nullptr;
};

/// Every figure that the run has data for, in the order of the report.
std::vector<ReportFigure> figures_of(const RunData& run);

/// report.html, figures/*.svg and figures/*.csv; the same bytes for the same run.
std::vector<ReportFile> render_report(const RunData& run, const ReportOptions& options = {});

/// Renders a finished run and writes the files into its directory, each whole or not at all.
/// Returns the names written; the caller lists their hashes in run.json.
/// @throws IoError, DamagedFile, FormatError
std::vector<std::string> write_report(const std::filesystem::path& directory,
                                      const ReportOptions& options = {});

} // namespace lamina::analysis
