/// A piece of a test that runs in a child process: it may end there, or change what is mounted.
#pragma once

#include <functional>
#include <string>

namespace lamina::test {

struct ChildEnd {
    int exit_code = -1; ///< 128 + signal when one killed it
    std::string said;   ///< what the piece returned; empty if it did not come to that
};

/// Runs `piece` in a forked child, which ends without destructors, and waits for it.
ChildEnd in_child(const std::function<std::string()>& piece);

} // namespace lamina::test
