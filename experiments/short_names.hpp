/// How fields are called where a whole path is too long: coordinates of a file, axes of a figure.
#pragma once

#include <string>
#include <vector>

namespace lamina {

/// Of each path as many of its last words as tell it from the others, joined by _
/// ("oscillation.gamma.depth" is depth, or gamma_depth where another path ends in depth); letters,
/// digits and _ alone, and no digit first.
std::vector<std::string> short_names(const std::vector<std::string>& paths);

} // namespace lamina
