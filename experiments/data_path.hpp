/// Where the files that a spec names lie.
#pragma once

#include <filesystem>
#include <string>

namespace lamina {

/// `name` with ${LAMINA_DATA} replaced by that environment variable.
/// @throws SpecError when it is not set, or when another ${...} is asked for
std::string expand_data_folder(const std::string& name);

/// The file a spec means by `name`: expanded, and relative to `folder` unless absolute. It need not
/// exist.
std::filesystem::path input_path(const std::string& name, const std::string& folder);

/// Its bytes. @throws SpecError naming the file when it is none, or larger than `largest_bytes`
std::string read_input_file(const std::filesystem::path&, std::uintmax_t largest_bytes = 1u << 30);

} // namespace lamina
