/// `lamina sweep submit`: an array of Slurm for the points that are not done, and one job behind it
/// that collects.
///
/// The job script is constant: what a user or a plan says reaches sbatch as arguments of a process,
/// never a shell, and the points of each task stand in a file that lamina reads. A task whose time
/// is up (--signal) stops in order, exits 75 and is queued again.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "experiments/sweep/run_sweep.hpp"

namespace lamina {

struct SlurmOptions {
    /// Options of sbatch without their dashes, and values: {"partition", "debug"}.
    std::vector<std::pair<std::string, std::string>> job;
    std::int64_t chunk = 0; ///< points of a task; 0: as few as MaxArraySize allows
    int throttle = 0;       ///< tasks at a time; 0: as many as Slurm likes
    int signal_s = 60;      ///< seconds before the time limit at which a task is told to stop
    bool dry = false;       ///< write the files, print the command, submit nothing
};

struct SlurmJobs {
    std::string array_job, collect_job; ///< their numbers; empty when nothing was submitted
    std::int64_t n_tasks = 0, n_points = 0;
    std::vector<std::string> command; ///< of the array
};

/// Options as they may be handed to sbatch. @throws SpecError for a name or value that it may not
/// see, or one that lamina decides about itself
void check_slurm_option(const std::string& name, const std::string& value);

/// @param points  to be run, in their order; not empty
/// @throws DeviceError when there is no Slurm, SpecError when it refuses, with its words
SlurmJobs submit_points(const SweepDirectory&, const std::vector<std::int64_t>& points,
                        const SlurmOptions&);

/// The points of a task. @param file  in the sweep's directory, as submit_points wrote it
/// @throws SpecError for a file that is none of ours, or a task that it has not
std::vector<std::int64_t> points_of_task(const SweepDirectory&, const std::string& file,
                                         std::int64_t task);

} // namespace lamina
