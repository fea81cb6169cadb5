/// What the points of a sweep came to, put together in its directory (docs/sweeps.md):
///
///     summary.h5     every number of the summaries over the axes; opens in xarray
///     results.csv    the same numbers, one line for each point
///     failed.csv     points that have failed, and why
///     runs.sha256    the hash of each point's run.json, as sha256sum -c reads it
///     run.json       kind: sweep; lists these files, and is sealed
///
/// summary.h5 and results.csv depend on the plan and on what the points came to, and on nothing
/// else: not on who ran which point, in which order, how often or how fast.
#pragma once

#include "experiments/sweep/ledger.hpp"
#include "experiments/sweep/run_sweep.hpp"
#include "experiments/sweep/sweep_directory.hpp"

namespace lamina {

/// Reads the run.json of every point that is done, one at a time, and writes the files and the
/// report. What an earlier collection left is replaced.
/// @throws DamagedFile when a run is not the one that the books say, IoError
SweepCounts collect_sweep(const SweepDirectory&, const Ledger&);

} // namespace lamina
