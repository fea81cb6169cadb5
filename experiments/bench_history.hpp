/// What was measured, when, where and with which build: tests/bench/history.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace lamina {

/// Appends one line of JSON: commit, build, processor, date (UTC), and the figures.
/// @throws std::system_error when the file cannot be written
void append_bench_history(const std::string& file, const nlohmann::ordered_json& figures);

/// The most memory that this process has had, or 0 where the system does not say.
std::size_t peak_rss_bytes();

} // namespace lamina
