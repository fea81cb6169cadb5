/// What a build with CUDA offers, and one without refuses (backend_cuda_absent.cpp).
#pragma once

#include <memory>
#include <string>

namespace lamina {

class DeviceNetwork;
struct FlatNetwork;
template <class Real> class DeviceArea;
template <class Real> struct DeviceAreaPlan;
struct DeviceCeilings;

namespace cuda_backend {

/// Why there is no device; "" when there is one.
std::string lacks();
int n_devices();
/// "NVIDIA H100 80GB HBM3, sm_90".
std::string name_of(int device);
/// @throws DeviceError
std::unique_ptr<DeviceNetwork> make_network(int device, const FlatNetwork&, bool plain);
/// @throws DeviceError
template <class Real>
std::unique_ptr<DeviceArea<Real>> make_area(int device, const DeviceAreaPlan<Real>&);
DeviceCeilings measure_ceilings(int device);

} // namespace cuda_backend
} // namespace lamina
