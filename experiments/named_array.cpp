#include "experiments/named_array.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "experiments/data_path.hpp"
#include "sim/errors.hpp"

namespace lamina {

const NamedArray* find_array(const NamedArrays& arrays, const std::string& name) {
    const auto found = std::find_if(arrays.begin(), arrays.end(),
                                    [&](const NamedArray& one) { return one.name == name; });
    return found == arrays.end() ? nullptr : &*found;
}

std::string shape_text(const std::vector<std::size_t>& shape) {
    std::string out;
    for (const std::size_t size : shape) out += (out.empty() ? "" : ", ") + std::to_string(size);
    return "[" + out + "]";
}

NamedArrays read_array_file(const std::filesystem::path& path) {
    const std::string ending = path.extension().string();
    if (ending == ".npz") return parse_npz(read_input_file(path), path.string());
    if (ending == ".safetensors") return parse_safetensors(read_input_file(path), path.string());
    throw SpecError(fmt::format("{}: ends neither in .npz nor in .safetensors; save the arrays as "
                                "numpy.savez(\"weights.npz\", W_Q=..., W_K=..., ...)",
                                path.string()));
}

} // namespace lamina
