/// The emulated device (kernels/emulated/exec.hpp).
#pragma once

#include <cstdint>
#include <memory>

namespace lamina {

class DeviceNetwork;
struct FlatNetwork;
template <class Real> class DeviceArea;
template <class Real> struct DeviceAreaPlan;
struct DeviceCeilings;

namespace emulated_backend {

std::unique_ptr<DeviceNetwork> make_network(std::uint64_t seed, const FlatNetwork&, bool plain);
template <class Real>
std::unique_ptr<DeviceArea<Real>> make_area(std::uint64_t seed, const DeviceAreaPlan<Real>&);
/// Does it all once, and takes no times.
DeviceCeilings measure_ceilings(std::uint64_t seed);

} // namespace emulated_backend
} // namespace lamina
