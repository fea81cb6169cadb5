/// What a rule of a part of the spec has found, before it is told with its place in the file.
#pragma once

#include <string>
#include <vector>

namespace lamina {

struct FoundProblem {
    const char* id; ///< of problem_kinds()
    std::string message, help;
    std::vector<std::string> keys; ///< where it is told: at the first that the file has
    bool warning = false;
    /// From the value of the first key on to what is meant: names in maps, numbers in lists.
    std::vector<std::string> inside = {};
};

} // namespace lamina
