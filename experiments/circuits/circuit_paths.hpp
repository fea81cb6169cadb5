/// Paths of overrides and of vary into a tree: where * and places in lists lead.
#pragma once

#include <string>
#include <vector>

#include "experiments/yaml_tree.hpp"

namespace lamina {

/// `root` with `value` at `keys` (of keys_of_path). In a circuit's tables * stands for every
/// population or projection that has the key, and the number of an item for its place in a list.
/// nullptr, with `message` and `help` set, when there is no such place.
Yaml with_value_at(const Yaml& root, const std::vector<std::string>& keys, const Yaml& value,
                   std::string& message, std::string& help);

} // namespace lamina
