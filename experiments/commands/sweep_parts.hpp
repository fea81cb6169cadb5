/// What the commands of `lamina sweep` share: inner header of sweep_*.cpp.
#pragma once

#include "experiments/commands/commands.hpp"
#include "experiments/sweep/sweep_directory.hpp"

namespace lamina::commands {

/// The directory that is named, or the one of the file that is named: made where there is none.
/// @throws SpecError for points that cannot be run, unless they are to be left out
SweepDirectory directory_of(const SweepArguments&);

} // namespace lamina::commands
