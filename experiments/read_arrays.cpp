/// column.weights.values: arrays of numbers as nested lists.
#include <algorithm>

#include <fmt/format.h>

#include "experiments/spec_reader.hpp"

namespace lamina {
namespace {

constexpr std::size_t most_axes = 3;

/// The lengths of the first list, of the first list in it, and so on.
std::vector<std::size_t> shape_of(const YamlNode& node) {
    std::vector<std::size_t> shape;
    for (const YamlNode* at = &node; at->is_list() && shape.size() <= most_axes;
         at = at->entries[0].value.get()) {
        shape.push_back(at->entries.size());
        if (at->entries.empty()) break;
    }
    return shape;
}

} // namespace

bool SpecReader::not_an_array(const std::string& path, const YamlNode& node,
                              const std::string& due) {
    error("L0202", fmt::format("`{}` is {}; {}", path, kind_of(node), due), node)
        .help.emplace_back("write a row for each output: [[1, 0], [0, 1]]");
    return false;
}

/// The numbers below `node`, which is a list of shape [axis ...]. False when it is not.
bool SpecReader::numbers_below(const std::string& path, const YamlNode& node, std::size_t axis,
                               NamedArray& array) {
    if (axis == array.shape.size()) {
        double value = 0;
        if (!node.is_scalar()) return not_an_array(path, node, "a number is due, as before it");
        if (!take(node, read_number(node, "`" + path + "`"), value)) return false;
        array.values.push_back(value);
        return true;
    }
    if (!node.is_list()) return not_an_array(path, node, "a list is due, as before it");
    if (node.entries.size() != array.shape[axis]) {
        error("L0326",
              fmt::format("`{}`: this list has a length of {}, the first of its kind {}", path,
                          node.entries.size(), array.shape[axis]),
              node)
            .help.emplace_back("every row of an array is equally long");
        return false;
    }
    return std::all_of(node.entries.begin(), node.entries.end(), [&](const YamlEntry& entry) {
        return numbers_below(path, *entry.value, axis + 1, array);
    });
}

void SpecReader::arrays(const Field& entry, const YamlNode& node) {
    if (!node.is_map()) return wrong_kind(entry.path, node, "a map of names and arrays");
    for (const YamlEntry& item : node.entries) {
        const std::string path = entry.path + "." + item.key.substr(0, 60);
        NamedArray array{item.key, shape_of(*item.value), {}};
        if (array.shape.empty() || array.shape.size() > most_axes || array.shape.back() == 0)
            not_an_array(path, *item.value, "lists of numbers are due");
        else if (numbers_below(path, *item.value, 0, array))
            out_.spec.weights_values.push_back(std::move(array));
    }
}

} // namespace lamina
