/// The paths of the summary that a run of an experiment will have, known before the run.
///
/// Nothing declares them: the summary is made by the code that makes it after a run, from trials
/// that were described and not run, measurements that were not begun, and values that were not
/// fitted. Its numbers mean nothing; its paths are those of the run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/problems.hpp"
#include "experiments/spec.hpp"

namespace lamina {

/// What `lamina run` would find, with one trial for each condition, and with `fit:` what `lamina
/// fit` would find.
/// @throws SpecError when the experiment cannot be run, or an input file cannot be read
nlohmann::ordered_json summary_without_run(const ExperimentSpec&);

/// Every number of a summary, and every null where one could not be told, with its path. An entry
/// {mean, ci_low, ci_high, n} is four of them.
void for_each_number(const nlohmann::ordered_json& summary,
                     const std::function<void(const std::string&, const nlohmann::ordered_json&)>&);

/// The paths of all of them.
std::vector<std::string> paths_of(const nlohmann::ordered_json& summary);

/// Why an expectation's path leads to no number of the summary: a message and what may help.
/// `message` is empty when it does lead to one.
struct PathComplaint {
    std::string message, note, help;
};
PathComplaint path_complaint(const std::string& path, const nlohmann::ordered_json& summary);

} // namespace lamina
