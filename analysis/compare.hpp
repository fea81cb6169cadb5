/// How two runs differ, number by number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/run_data.hpp"
#include "analysis/statistics.hpp"

namespace lamina::analysis {

/// One variable of results.h5 in both runs.
struct VariableDifference {
    std::string name; ///< "comparison/output_relative_error"
    enum class State { equal, differs, other_shape, only_a, only_b } state = State::equal;
    std::int64_t n = 0, n_different = 0; ///< values; NaN equals NaN
    double largest_absolute = 0;
    double largest_relative = 0; ///< |a - b| / max(|a|, |b|)
};

/// Differences A - B of one quantity over the trials or presentations that both have.
struct PairedDifference {
    std::string name;
    Paired statistics{};
    double mean_a = 0, mean_b = 0;
};

struct RunComparison {
    std::string name_a, name_b;
    bool equal = false; ///< results.h5 is the same bytes
    std::vector<VariableDifference> variables;
    std::vector<PairedDifference> paired;
    /// Representations: Spearman of the two runs' distances between stimulus vectors and of their
    /// trial-by-trial evidence (intervals by Fisher, n pairs), and of every RDM of
    /// /representations that both have (intervals over resampled stimuli, n stimuli). Empty when
    /// the runs have none in common.
    std::vector<std::pair<std::string, Estimate>> similarity;
};

/// Compares two loaded runs; `equal` is then that of all values.
RunComparison compare_runs(const RunData& a, const RunData& b);

/// Opens and compares two run directories. @throws IoError, DamagedFile, FormatError
RunComparison compare_runs(const std::filesystem::path& a, const std::filesystem::path& b);

/// A table for a terminal, ending in a line that says whether the runs are equal.
std::string comparison_text(const RunComparison& comparison);
nlohmann::ordered_json comparison_json(const RunComparison& comparison);

} // namespace lamina::analysis
