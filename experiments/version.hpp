/// Which Lamina this is: release, commit, compiler and flags, as they stand in `lamina --version`,
/// `lamina doctor` and every run.json.
#pragma once

#include <string>

namespace lamina {

struct BuildInfo {
    std::string version; ///< release, e.g. "0.1.0"
    std::string git;     ///< commit, 12 digits, "-dirty" when files differed; "unknown" without git
    std::string compiler;   ///< e.g. "GNU 12.2.0"
    std::string flags;      ///< every flag of ours that the compiler was given
    std::string build_type; ///< Release, Debug
};

const BuildInfo& build_info();

/// One line: "lamina 0.1.0 (3a6b3a8d0f11, GNU 12.2.0, Release)".
std::string version_text();

/// The members of BuildInfo as one JSON object, with `lamina_format`, the version of the files.
std::string version_json();

} // namespace lamina
