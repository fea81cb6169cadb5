/// Whether a text says something.
#pragma once

#include <string>

namespace lamina::test {

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace lamina::test
