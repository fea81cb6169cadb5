/// Where a run is computed, and why there.
#pragma once

#include <string>

#include "experiments/spec.hpp"
#include "sim/device.hpp"

namespace lamina {

struct RunDevice {
    Device device;
    std::string words = "cpu"; ///< of run.json: with the device's own name
    std::string note;          ///< what `auto` has chosen; empty without it
};

/// @param asked  of the command line: auto, cpu, cuda, cuda:1, emulated:7; empty: as the spec says
/// @param fit    it is a fit, not a run
/// @throws SpecError for other words, DeviceError when the device is not here or cannot run this:
///         what was asked for is never computed elsewhere
RunDevice device_of_run(const ExperimentSpec&, const std::string& asked, bool fit = false);

} // namespace lamina
