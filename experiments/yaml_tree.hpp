/// The YAML of an experiment file as a strict tree: every node knows its place; what of YAML is
/// ambiguous or dangerous is refused with place, reason and remedy.
///
/// Refused: keys given twice, tags, merge keys, keys that are not words, directives, a second
/// document, aliases that are undefined, refer to themselves or multiply; text that is not UTF-8 or
/// holds control characters; more than 16 MB, 64 levels, or 10^6 nodes after aliases are expanded.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "experiments/problems.hpp"

namespace lamina {

constexpr std::size_t max_yaml_bytes = 16 * 1024 * 1024;
constexpr int max_yaml_depth = 64;
constexpr std::size_t max_yaml_nodes = 1000000;

struct YamlNode;
/// Nodes are never changed once built, so that aliases and variants share them.
using Yaml = std::shared_ptr<const YamlNode>;

struct YamlEntry {
    std::string key; ///< of a map; empty in a list
    Mark key_mark;
    std::shared_ptr<const Source> key_source;
    Yaml value;
};

struct YamlNode {
    enum class Kind { scalar, list, map };
    Kind kind = Kind::scalar;
    std::string text;               ///< of a scalar
    bool plain = true;              ///< of a scalar: without quotes and not a block
    std::vector<YamlEntry> entries; ///< of a list or map, as written
    std::shared_ptr<const Source> source;
    Mark mark;
    std::size_t n_nodes = 1; ///< with everything below, aliases expanded

    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }
    /// The entry with this key, or nullptr.
    const YamlEntry* find(const std::string& key) const;
};

/// Builds the tree. Returns nullptr when there is none; `problems` then says why. Errors that leave
/// a tree (a key given twice, ...) are reported too, and the tree is returned.
Yaml parse_yaml(const std::shared_ptr<const Source>&, ProblemList& problems);

/// `root` with the value at `path` (keys from the root) set and the rest kept: maps on the way are
/// made; a map given for a map sets its keys only; in a list a number names the item, which must be
/// there. Where a map may be written short, as one word,
/// `short_key(path of the map)` names the key that the word stands for ("" where it may not).
Yaml with_value(const Yaml& root, const std::vector<std::string>& path, const Yaml& value,
                const std::function<std::string(const std::string&)>& short_key);

/// A map without one of its keys.
Yaml without_key(const Yaml& map, const std::string& key);

/// The value on one line, as it could be written behind `key: ` or in an override.
std::string flow_text(const YamlNode&);

/// How a node is called in messages: "a list", "a map of keys", "text", "nothing".
std::string kind_of(const YamlNode&);

} // namespace lamina
