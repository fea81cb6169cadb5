/// The speeds of sim/bench_rate.hpp as a table and as JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sim/bench_rate.hpp"

namespace lamina {

/// For people: one line per figure, with what it is compared to.
std::string bench_rate_table(const RateBenchmark&);

/// For programs; names carry units.
nlohmann::ordered_json bench_rate_json(const RateBenchmark&);

} // namespace lamina
