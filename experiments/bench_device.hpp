/// `lamina bench device`: what a device does at best, as a table and as JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sim/device.hpp"
#include "sim/device_ceilings.hpp"

namespace lamina {

std::string bench_device_table(const Device&, const DeviceCeilings&);
nlohmann::ordered_json bench_device_json(const Device&, const DeviceCeilings&);

/// @throws DeviceError when the device has computed something wrong
void refuse_wrong(const DeviceCeilings&);

} // namespace lamina
