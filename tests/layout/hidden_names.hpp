/// Names that only one source knows: in namespaces without a name, `static`, constants, and types
/// and aliases of a .cpp. Sources of one target are compiled in groups (LAMINA_UNITY), where two
/// such names would be one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "layout/source_rules.hpp"

namespace lamina::test {

struct HiddenName {
    std::string name;
    int line = 0; ///< from 1
    std::string
        alias; ///< what it stands for, when it is another word for something: "std::filesystem"
};

/// The hidden names that a .cpp defines or declares, in its order.
/// @param code  as code_only() leaves it
std::vector<HiddenName> hidden_names(const std::string& code);

/// The later of every two files below `root` that are compiled together and hide the same name.
/// Two words for the same thing may be alike.
std::vector<Violation> check_hidden_names(const std::filesystem::path& root);

} // namespace lamina::test
