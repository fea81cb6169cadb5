/// The axes of a sweep as dimensions of an array over its points, and their values as coordinates.
#pragma once

#include <string>
#include <vector>

#include "experiments/spec.hpp"

namespace lamina {

/// What one path is set to at every step of its axis.
struct SweepColumn {
    std::string path;                ///< or a word of the user's own, of named steps
    std::string name;                ///< short, and of no other column
    std::string units = "1";         ///< of the field
    bool numeric = false;            ///< every label is a number
    bool whole = false;              ///< and a whole one
    std::vector<double> numbers;     ///< [steps] in `units`; empty when not numeric
    std::vector<std::string> labels; ///< [steps] as written
};

struct SweepDimension {
    std::string name; ///< of a grid axis its column's, else zip, random, lhs or points
    std::string axis; ///< as in SweepAxis
    std::vector<SweepColumn> columns;

    std::size_t n_steps() const { return columns.front().labels.size(); }
    /// Whether its column is the coordinate of that dimension, and not a variable over it.
    bool has_coordinate() const { return columns.front().name == name; }
};

/// In the order of the axes; the slowest of an array over points is the first. Replicates, which
/// are faster than all of them, are not among them.
/// @param taken  names that no column may have
std::vector<SweepDimension> dimensions_of(const ExperimentSpec& base,
                                          const std::vector<std::string>& taken);

} // namespace lamina
