/// `lamina run --profile`: where the time of a run went, phase by phase, and within integrating
/// where the time of a step went.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/step_profile.hpp"

namespace lamina {

enum class RunPhase {
    reading,
    preparing,
    integrating,
    fitting,
    representing,
    summarising,
    writing,
    predicting,
    reporting,
    count
};
using RunClock = PhaseClock<RunPhase>;

inline constexpr PhaseName run_phases[] = {
    {"reading", "the experiment file, and checking it"},
    {"preparing", "stimuli, data files, weights, tasks"},
    {"integrating", "trials of the column, or measurements of the PV loop alone"},
    {"fitting", "searches and simulated data sets of fits"},
    {"representing", "probing the column with every stimulus"},
    {"summarising", "means, intervals, behaviour"},
    {"writing", "results.h5 and the other files"},
    {"predicting", "simulating the predictions"},
    {"reporting", "report.html and figures"},
};
static_assert(sizeof run_phases / sizeof *run_phases == std::size_t(RunPhase::count));

/// One run's clock, and what its threads did. Given by pointer; null: nobody looks at the time.
struct RunProfile {
    RunProfile();
    RunClock clock{RunPhase::reading};
    StepProfile steps;
    double processor_before_s; ///< user and system time of all threads when it was made
};

/// What profile.json holds (docs/file-formats.md): `seconds`, `processor_seconds`, `threads`,
/// `phases` of the run that were entered, `step` with those of the threads, and `not_covered`.
nlohmann::ordered_json profile_json(RunProfile&, int threads);

/// The same as two tables, for people.
std::string profile_text(const nlohmann::ordered_json& profile);

} // namespace lamina
