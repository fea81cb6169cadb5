/// Reading NumPy's .npy files: numbers only, and nothing that a header claims is believed
/// unchecked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lamina {

struct NpyArray {
    std::vector<std::size_t> shape;
    std::vector<double> values; ///< row-major
};

/// Versions 1.0 and 2.0, little-endian float32 or float64 ('<f4', '<f8'), C order, at most 8 axes.
/// @throws SpecError naming the file, what is wrong, and what to do: not a .npy file, object arrays
/// and
///         other types, Fortran order, a header that is cut, repeats itself or says something
///         unknown, a shape whose product overflows or does not equal the bytes that follow
NpyArray read_npy(const std::filesystem::path&);

/// The same from bytes; `name` stands in messages.
NpyArray parse_npy(const std::string& bytes, const std::string& name);

} // namespace lamina
