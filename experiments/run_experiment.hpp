/// One experiment, from its spec to its run directory. What is asked for on a command line, or by a
/// sweep, is in the options; results do not depend on where a run was started from.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/problems.hpp"
#include "experiments/run_device.hpp"
#include "experiments/run_profile.hpp"
#include "experiments/spec.hpp"

namespace lamina {

struct RunOptions {
    std::string out;    ///< empty: a new directory under runs/
    std::string called; ///< the name that README.txt gives the directory; empty: as out
    bool force = false; ///< replace a finished run there
    int threads = 1;
    RunDevice on;
    bool fit = false;       ///< refit what is named under fit: instead of running the task
    bool no_report = false; ///< neither report.html nor figures
    bool quiet = false;     ///< nothing on stderr
    std::int64_t trace = -1;
    std::vector<std::string> argv;
    RunProfile* profile = nullptr; ///< if given, learns where the time went
};

struct RunOutcome {
    std::string folder;
    nlohmann::ordered_json record; ///< run.json
    std::string text;              ///< for people, beside the summary
};

/// @param warnings  of the spec, for the log and run.json
/// @param stop      set from outside to end early: nothing is written then, and nothing returned
/// @throws what a run throws; a directory that it made and left empty is gone
std::optional<RunOutcome> run_experiment(const ExperimentSpec&,
                                         const std::vector<Problem>& warnings, const RunOptions&,
                                         const std::atomic<bool>& stop);

} // namespace lamina
