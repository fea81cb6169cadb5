/// The emulated device (kernels/emulated/exec.hpp).
#pragma once

#include <cstdint>
#include <memory>

namespace lamina {

class DeviceNetwork;
struct FlatNetwork;

namespace emulated_backend {

std::unique_ptr<DeviceNetwork> make_network(std::uint64_t seed, const FlatNetwork&, bool plain);

} // namespace emulated_backend
} // namespace lamina
