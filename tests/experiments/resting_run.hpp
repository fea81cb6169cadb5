/// The shipped microcircuit, small and short, run by the program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/process.hpp"

namespace lamina::test {

using nlohmann::json;

inline const std::string file = LAMINA_SOURCE_DIR "/experiments/microcircuit.yaml";

/// The shipped experiment, small and short, into a folder.
inline std::filesystem::path run_small(const std::filesystem::path& out,
                                       std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "run", file,        "circuit.scale=0.03", "task.duration=700 ms", "task.discard=200 ms",
        "-o",  out.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto done = run_lamina(arguments);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    return out;
}

inline json summary_of(const std::filesystem::path& run) {
    return json::parse(read_file(run / "run.json"))["summary"];
}

} // namespace lamina::test
