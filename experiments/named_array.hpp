/// Arrays of numbers with names, as a file or an experiment holds them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace lamina {

struct NamedArray {
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<double> values; ///< row-major
};
using NamedArrays = std::vector<NamedArray>;

/// nullptr when there is none of this name.
const NamedArray* find_array(const NamedArrays&, const std::string& name);

/// "[32, 16]"
std::string shape_text(const std::vector<std::size_t>& shape);

/// The arrays of a .npz or a .safetensors file, told apart by their endings.
/// @throws SpecError naming the file, what is wrong with it and where, and what to do
NamedArrays read_array_file(const std::filesystem::path&);

/// .npz as numpy.savez writes it: .npy files in a ZIP archive, not compressed.
/// @throws SpecError: no archive, one that is cut, compressed, encrypted, larger than 4 GiB, whose
///         sizes, offsets or checksums are wrong, or with a file twice; what parse_npy refuses
NamedArrays parse_npz(const std::string& bytes, const std::string& name);

/// The format of github.com/huggingface/safetensors: tensors of F64, F32, F16 and BF16.
/// @throws SpecError: a header that is longer than 16 MiB or than the file, no JSON, has a key
///         twice or an unknown one; another type; offsets that leave holes, overlap, end elsewhere
///         than the file or do not fit the shape
NamedArrays parse_safetensors(const std::string& bytes, const std::string& name);

/// The same format, all arrays as F64, in their order.
std::string safetensors_bytes(const NamedArrays&);

} // namespace lamina
