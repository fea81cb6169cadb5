/// `sweep:` of an experiment file as plain data (docs/sweeps.md).
#pragma once

#include <string>
#include <vector>

namespace lamina {

/// A path and what is written behind it.
struct Setting {
    std::string path, value;
};

/// One place on an axis.
struct SweepStep {
    std::vector<std::string> labels; ///< [columns of the axis] as cells.csv shows them
    std::vector<Setting> settings;   ///< what they set
};

/// What is set together, and the values it takes in turn.
struct SweepAxis {
    std::string name;                 ///< grid.PATH, zip, random, lhs or points
    std::string place;                ///< where it is written, file:line:column
    std::vector<std::string> columns; ///< paths, or a word of the user's own with named steps
    std::vector<SweepStep> steps;
};

enum class SweepSeeds {
    common,     ///< a replicate has the same seed at every place: places differ by what was set
    independent ///< every point has a seed of its own
};

struct SweepSpec {
    bool given = false;
    std::vector<SweepAxis> axes; ///< crossed, the last fastest
    int replicates = 1;          ///< of every place, faster than all axes
    SweepSeeds seeds = SweepSeeds::common;
    std::string points_file; ///< of `points`
};

} // namespace lamina
