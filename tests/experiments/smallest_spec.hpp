/// The smallest experiment file, and how tests read one from a text.
#pragma once

#include <string>
#include <vector>

#include "experiments/read_spec.hpp"

namespace lamina::test {

inline const std::string smallest_spec = "lamina: 1\nname: a\ntask: {type: presentation}\n";

inline ExperimentSpec spec_of_text(const std::string& text,
                                   const std::vector<std::string>& overrides = {}) {
    return read_spec_text(text, "a.yaml", ".", overrides);
}

} // namespace lamina::test
