/// The experiments that come with Lamina: found beside the sources, or where they were installed.
#pragma once

#include <string>
#include <vector>

namespace lamina {

struct ShippedExperiment {
    std::string name, title, file;
};

/// All of them, by name. Empty when their folder is not found.
std::vector<ShippedExperiment> shipped_experiments();

/// The text of one. @throws SpecError for an unknown name, listing the known ones
std::string shipped_experiment(const std::string& name);

} // namespace lamina
