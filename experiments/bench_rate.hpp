/// The speeds of sim/bench_rate.hpp as a table, as JSON, and as one line of a history.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sim/bench_rate.hpp"

namespace lamina {

/// For people: one line per figure, with what it is compared to.
std::string bench_rate_table(const RateBenchmark&);

/// For programs; names carry units.
nlohmann::ordered_json bench_rate_json(const RateBenchmark&);

/// Appends one line of JSON: commit, build, processor, date (UTC), and the figures.
/// @throws std::system_error when the file cannot be written
void append_bench_history(const std::string& file, const RateBenchmark&);

} // namespace lamina
