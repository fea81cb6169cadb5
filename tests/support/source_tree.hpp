/// The repository that these tests were built from.
#pragma once

#include <filesystem>

namespace lamina::test {

inline const std::filesystem::path source_tree = LAMINA_SOURCE_DIR;

} // namespace lamina::test
