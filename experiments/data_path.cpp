#include "experiments/data_path.hpp"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "sim/errors.hpp"

namespace lamina {

std::string expand_data_folder(const std::string& name) {
    const std::string variable = "${LAMINA_DATA}";
    std::string expanded;
    for (std::size_t at = 0; at < name.size();) {
        if (name.compare(at, 2, "${") != 0) {
            expanded += name[at++];
        } else if (name.compare(at, variable.size(), variable) == 0) {
            const char* folder = std::getenv("LAMINA_DATA");
            if (folder == nullptr || *folder == '\0')
                throw SpecError(
                    fmt::format("{}: the environment variable LAMINA_DATA is not set; write "
                                "export LAMINA_DATA=FOLDER, the folder of the data sets",
                                name));
            expanded += folder;
            at += variable.size();
        } else {
            throw SpecError(
                fmt::format("{}: only ${{LAMINA_DATA}} is replaced in file names; write the "
                            "path itself",
                            name));
        }
    }
    return expanded;
}

std::filesystem::path input_path(const std::string& name, const std::string& folder) {
    // an absolute name replaces the folder
    return std::filesystem::path(folder) / expand_data_folder(name);
}

std::string read_input_file(const std::filesystem::path& path, std::uintmax_t largest_bytes) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        throw SpecError(
            fmt::format("{}: no such file; check its name (relative names are found from "
                        "the spec's folder)",
                        path.string()));
    if (!std::filesystem::is_regular_file(status))
        throw SpecError(fmt::format("{}: not a plain file; name a file", path.string()));
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error || size > largest_bytes)
        throw SpecError(
            fmt::format("{}: larger than the {} MiB that are read here; name a smaller file",
                        path.string(), largest_bytes >> 20));
    std::ifstream stream(path, std::ios::binary);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(size));
    if (!stream || stream.gcount() != static_cast<std::streamsize>(size))
        throw SpecError(fmt::format("{}: cannot be read; check its permissions", path.string()));
    return bytes;
}

} // namespace lamina
