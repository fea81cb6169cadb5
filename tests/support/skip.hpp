/// How a test says that it cannot run here: `if (!device) { skip("no CUDA device"); return; }`.
#pragma once

#include <string>

namespace lamina::test {

/// Counts the running test case as skipped and prints why. Returns true.
bool skip(const std::string& reason);

} // namespace lamina::test
