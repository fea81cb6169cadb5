/// One word of YAML as a number, quantity, boolean or text. Nothing is guessed: what two readers of
/// YAML could take differently is refused, with what to write instead.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "experiments/yaml_tree.hpp"

namespace lamina {

/// A word as a message quotes it.
std::string shortened(const std::string& word);

/// Why a word cannot be read.
struct Misread {
    std::string id; ///< of problem_kinds()
    std::string message, help;
};

template <class T> using Read = std::variant<T, Misread>;

// `what` is how the value is called in messages, e.g. "`simulation.dt`"; the node is a scalar.

/// Digits without point, exponent or sign but -.
Read<std::int64_t> read_integer(const YamlNode&, const std::string& what);
Read<std::uint64_t> read_natural(const YamlNode&, const std::string& what);

/// A dimensionless number: digits, at most one point between digits, an optional exponent.
Read<double> read_number(const YamlNode&, const std::string& what);

/// "number unit" with a space between, in the given unit.
Read<double> read_quantity(const YamlNode&, const std::string& what, const std::string& unit);

/// true or false.
Read<bool> read_boolean(const YamlNode&, const std::string& what);

/// Text. Words that other readers of YAML take for numbers, booleans or nothing need quotes.
Read<std::string> read_text(const YamlNode&, const std::string& what);

/// One of a list of words.
Read<std::string> read_choice(const YamlNode&, const std::string& what,
                              const std::vector<std::string>& words);

} // namespace lamina
