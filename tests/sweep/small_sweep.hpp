/// The smallest sweep: points of some milliseconds each.
#pragma once

#include <string>

namespace lamina::test {

/// @param sweep  lines below `sweep:`, each with two spaces before it
inline std::string small_sweep(const std::string& sweep) {
    return "lamina: 1\nname: small\nseed: 3\n"
           "column: {columns: 3, heads: 1, d_model: 4, d_head: 4}\n"
           "task: {type: presentation, duration: 5 ms, presentations: 1}\n"
           "analysis: {bootstrap: 5}\n"
           "sweep:\n" +
           sweep;
}

} // namespace lamina::test
