/// `lamina inspect`: what stands in a file that Lamina writes or reads, as a tree with shapes,
/// units and attributes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace lamina {

/// A file and a place inside it: "results.h5:rates/rms", "run.json:summary.comparison".
struct InspectedPlace {
    std::filesystem::path file;
    std::string inside; ///< empty: the whole file
};

/// Splits at the last colon behind which no file name goes on: a file whose own name has a colon is
/// found first. @throws SpecError when there is no such file
InspectedPlace place_of(const std::string& argument);

/// Does nothing vouch for the file? HDF5 is opened only after its SHA-256 was found in a run.json
/// beside it, because its library is not made for damaged files.
bool needs_trust(const std::filesystem::path& file);

/// A run directory, HDF5, .npy, .csv, .json or .yaml; any other file is named with its size.
/// @throws SpecError for a place that is not there, naming those that are; DamagedFile,
/// FormatError,
///         IoError as the readers of the files
std::string inspect(const InspectedPlace&);

} // namespace lamina
