/// Units as text: "300 ms" <-> 300.0. Units stand in YAML, in files and in figures, nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lamina {

/// name = factor * 10^power in the SI unit of its dimension.
struct Unit {
    const char* name;
    const char* dimension; ///< "time", "rate", ...
    double factor;
    int power;
};

const std::vector<Unit>& units();
const Unit* find_unit(std::string_view name); ///< nullptr when unknown

/// Names of the units of one dimension, the usual ones first.
std::vector<std::string> units_of(std::string_view dimension);

/// "time" -> "a time".
std::string with_article(const std::string& dimension);

/// The number `decimal` (checked before: digits with point and exponent) in another unit of the
/// same dimension. Powers of ten shift the decimal exponent, so "0.3 s" and "300 ms" are the same
/// double.
/// @throws std::out_of_range when the result overflows or underflows
double convert_decimal(const std::string& decimal, const Unit& from, const Unit& to);

/// Shortest text that reads back as the same double: "0.1", "1e-08", "300".
std::string number_text(double);

} // namespace lamina
