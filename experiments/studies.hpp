/// Studies: tasks without trials, each one mechanism on its own, measured against its laws: the
/// catalogue of studies.cpp, with the keys of each in the field table.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/laws/laboratory.hpp"
#include "experiments/run_record.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// One measurement: how many items it has, and all that comes of it.
struct Measurement {
    const char* name; ///< of its part of the summary; "": all of it
    std::size_t n_items;
    std::function<void()> measure;
    std::function<nlohmann::ordered_json()> summary;
    std::function<void(Image&)> add;
};

struct Study {
    const char* task;   ///< as in task.type
    const char* alone;  ///< what runs: "gates and PV alone"
    const char* part;   ///< of the summary: "loop"
    const char* units;  ///< "first-order relaxation": what is integrated, or computed instead
    bool needs_softmax; ///< its gates and PV have to settle at softmax
    /// Of the keys of column and simulation, those that it does not ignore.
    std::vector<const char*> reads;
    std::vector<std::pair<const char*, const char*>> equations; ///< beside those of gates and PV
    std::vector<ResultsGroup> groups;                           ///< of results.h5
    std::vector<Measurement> (*measurements)(const std::shared_ptr<const laws::Laboratory>&);
};

/// The catalogue.
const std::vector<Study>& studies();
/// The study that a spec asks for; nullptr: its task has trials, or is no study.
const Study* study_of(const ExperimentSpec&);

struct StudyRun {
    nlohmann::ordered_json summary;         ///< {part: {...}}, as `summary` of run.json
    std::function<void(Image&)> add_groups; ///< adds its groups to results.h5
};

/// The summary of measurements that were not begun: the keys without the numbers.
nlohmann::ordered_json study_summary_unmeasured(const Study&, const ExperimentSpec&);

/// How often the progress callback will be called.
std::int64_t study_items(const Study&, const ExperimentSpec&);

/// Runs all measurements. The same spec gives the same numbers for any number of threads.
/// @param progress  called after each item, from any thread
/// @param stop      once true, what has not begun is left out and the results are worthless
/// @throws SpecError with what loop_problems() finds: `vary:`, or gates and PV that do not settle
/// at softmax where the study needs it
StudyRun run_study(const Study&, const ExperimentSpec&, int threads,
                   const std::function<void()>& progress, const std::atomic<bool>& stop);

} // namespace lamina
