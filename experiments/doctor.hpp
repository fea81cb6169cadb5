/// `lamina doctor`: what was built in, what this machine offers, and what to type to add the rest.
/// Nothing is changed, nothing is started; CUDA is asked through its driver, without linking to it.
#pragma once

#include <string>
#include <vector>

namespace lamina {

/// One line of the examination.
struct Finding {
    std::string group;  ///< "built with", "machine", "optional", "data", "terminal"
    std::string name;   ///< e.g. "HDF5", "cores", "LAMINA_DATA"
    bool found = true;  ///< false: absent; Lamina then does without
    std::string value;  ///< what was found, or what its absence means
    std::string remedy; ///< what to type to change that; empty when nothing needs doing
};

/// Looks at the build and at this machine, from the current folder. Never throws: what cannot be
/// found out is a finding, too.
std::vector<Finding> examine_machine();

/// For people: one line per finding under a heading per group, then what could be added.
std::string doctor_text(const std::vector<Finding>&);

/// For programs: {"version": {...}, "findings": [{group, name, found, value, remedy}]}.
std::string doctor_json(const std::vector<Finding>&);

/// The program's path if `name` can be started from a folder in PATH, else "".
std::string find_program(const std::string& name);

} // namespace lamina
