/// How a sweep's points and counts are told to people.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "experiments/sweep/run_sweep.hpp"

namespace lamina {

/// "column.tau.gate=5 ms seed=4".
std::string settings_text(const SweepPoint&);

/// "12 of 16 points are done, 1 failed, 3 waiting".
std::string counts_text(const SweepCounts&);
nlohmann::ordered_json counts_json(const SweepDirectory&, const SweepCounts&);

/// Points that failed and why, some lines on stderr.
void print_failures(const SweepDirectory&, const std::vector<PointBooks>&);

} // namespace lamina
