/// The files that an experiment names: one list of them, for checking, for the resolved spec and
/// for run.json.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/spec.hpp"

namespace lamina {

struct InputFile {
    std::string path;  ///< of the key that names it
    std::string* name; ///< in the spec; may be empty
};

/// All of them, whether they are read or not.
std::vector<InputFile> input_files(ExperimentSpec&);

/// `inputs` of run.json: {"key", "file", "sha256", "bytes"} of each file that the run reads.
/// @throws SpecError when one cannot be read
nlohmann::ordered_json inputs_json(const ExperimentSpec&);

} // namespace lamina
