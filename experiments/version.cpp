#include "experiments/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "generated/build.hpp"
#include "generated/commit.hpp"

namespace lamina {
namespace {

/// The words of a flag list, one space apart.
std::string words_of(const std::string& flags) {
    std::string words;
    for (const char c : flags)
        if (c != ' ' || (!words.empty() && words.back() != ' ')) words += c;
    while (!words.empty() && words.back() == ' ') words.pop_back();
    return words;
}

} // namespace

const BuildInfo& build_info() {
    static const BuildInfo info = {LAMINA_VERSION, LAMINA_COMMIT, LAMINA_COMPILER,
                                   words_of(LAMINA_FLAGS), LAMINA_BUILD_TYPE};
    return info;
}

std::string version_text() {
    const BuildInfo& info = build_info();
    return fmt::format("lamina {} ({}, {}, {})", info.version, info.git, info.compiler,
                       info.build_type);
}

std::string version_json() {
    const BuildInfo& info = build_info();
    const nlohmann::ordered_json json = {{"version", info.version},       {"git", info.git},
                                         {"compiler", info.compiler},     {"flags", info.flags},
                                         {"build_type", info.build_type}, {"lamina_format", 1}};
    return json.dump(2);
}

} // namespace lamina
