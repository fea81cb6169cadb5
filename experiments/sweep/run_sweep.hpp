/// Runs the points of a sweep that are not done, whoever else does so at the same time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "experiments/sweep/ledger.hpp"
#include "experiments/sweep/sweep_directory.hpp"
#include "experiments/sweep/worker_pool.hpp"

namespace lamina {

/// Which points a call takes on.
struct SweepShare {
    bool failed_only = false;        ///< those that have failed before
    std::vector<std::int64_t> only;  ///< these alone; empty: all
    std::vector<std::int64_t> order; ///< begins with these; the rest as they are numbered
};

struct SweepCounts {
    std::int64_t n_points = 0, done = 0, running = 0, failed = 0, waiting = 0, invalid = 0;
};
/// @param only  of these points; empty: of all
SweepCounts count_points(const SweepDirectory&, const std::vector<PointBooks>&,
                         const std::vector<std::int64_t>& only = {});

/// What has become of every point: the books, and whether the runs of those done are there, with
/// the run.json that was written.
std::vector<PointBooks> points_of(const SweepDirectory&, const Ledger&);

/// Claims, gives out and writes down until nothing is left that this call may claim.
///
/// Points that were waiting are taken first, then those that had failed before the call began; a
/// point that fails now is not tried again. While others have points, it waits: they may be gone.
/// @param stop  set from outside: those at work are asked to end, no more are begun
/// @return counts over the share
/// @throws IoError when the machine refuses (a full disk), DeviceError when a device is not there:
///         what is done is safe
SweepCounts run_sweep(const SweepDirectory&, Ledger&, WorkerPool&, const SweepShare&,
                      const std::atomic<bool>& stop);

} // namespace lamina
