/// `sweep:` of an experiment file, from its tree to axes. Ranges and draws become values here, as
/// text with units, so that a point is nothing but a list of overrides.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "experiments/sweep/sweep_spec.hpp"
#include "experiments/yaml_tree.hpp"

namespace lamina {

constexpr std::int64_t most_sweep_points = 1'000'000;

/// What a sweep's values depend on beside its own words.
struct SweepContext {
    std::uint64_t seed = 1; ///< of the draws
    std::string folder;     ///< in which a file of points is found
};

struct SweepTree {
    SweepSpec spec;
    /// [axes][steps] what each sets, with nodes that know where they are written.
    std::vector<std::vector<std::vector<std::pair<std::string, Yaml>>>> settings;
};

/// What cannot be read is told in `problems` and left out.
SweepTree read_sweep(const YamlEntry& sweep, const SweepContext&, ProblemList& problems);

/// Number of places of all axes times replicates, in floating point: it may be too large to count.
double n_points_of(const SweepSpec&);

} // namespace lamina
