/// The parts of report.html, each as one string of HTML; empty when the run has no data for it.
#pragma once

#include <string>
#include <vector>

#include "analysis/report.hpp"

namespace lamina::analysis {

/// One part of the page under a heading.
struct ReportSection {
    std::string id, heading, html;
};

std::string report_style();  ///< CSS of the page, without the figures' own
std::string report_script(); ///< the small script: slider of the trace, theme

/// The whole page around its sections.
std::string report_page(const RunData& run, const std::vector<ReportSection>& sections);

/// One figure with its number, caption, links and table.
std::string figure_html(const ReportFigure& figure, int number);

/// A number that stands for itself, and what it is.
std::string tile(const std::string& value, const std::string& what);

/// ">= 0.97" with the sign a reader expects.
std::string as_written(std::string relation);

/// What was run and what came out, in words.
std::string summary_card(const RunData& run, const std::vector<PublishedComparison>& published);

/// What a fit, or a comparison of accounts, found; empty for other runs.
std::string fit_words(const RunData& run);

/// The summary's expectations as a table.
std::string expectations_table(const RunData& run);

/// Ranked predictions.
std::string predictions_part(const nlohmann::ordered_json& predictions);

/// Populations, equations and parameters.
std::string methods_part(const RunData& run);

/// Command, seed, versions, hashes, the spec.
std::string reproduce_part(const RunData& run);

/// The traced trial with its slider.
std::string trace_part(const RunData& run);

/// A table from words; everything is escaped.
std::string html_table(const SmallTable& table, const std::string& classes = "");

} // namespace lamina::analysis
