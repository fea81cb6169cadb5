/// Which device the tests of devices run on.
#pragma once

#include <cstdlib>
#include <string>

#include "sim/device.hpp"

namespace lamina::test {

/// The emulated one, with this order of threads; or what LAMINA_TEST_DEVICE names, "cuda" where
/// there is a graphics processor (scripts/gpu-check). @throws DeviceError when that is not there
inline Device tested_device(std::uint64_t order, bool plain = false) {
    const char* const asked = std::getenv("LAMINA_TEST_DEVICE");
    if (!asked) return {Device::emulated, order, plain};
    return find_device(std::string(asked) + (plain ? ",plain" : ""));
}

} // namespace lamina::test
