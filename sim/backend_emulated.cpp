/// The emulated device: the kernels of a graphics processor on this one.
#include "sim/backend_emulated.hpp"
#include "kernels/emulated/exec.hpp"
#include "sim/device_area_of.hpp"
#include "sim/device_ceilings_of.hpp"
#include "sim/spikes/device/device_network_of.hpp"

namespace lamina::emulated_backend {

std::unique_ptr<DeviceNetwork> make_network(std::uint64_t seed, const FlatNetwork& network,
                                            bool plain) {
    return std::make_unique<device::DeviceNetworkOf<Emulated>>(Emulated(seed), network, plain);
}
DeviceCeilings measure_ceilings(std::uint64_t seed) {
    return device::CeilingBench<Emulated>(Emulated(seed), CeilingSizes::tiny()).measure();
}

template <class Real>
std::unique_ptr<DeviceArea<Real>> make_area(std::uint64_t seed, const DeviceAreaPlan<Real>& plan) {
    return std::make_unique<DeviceAreaOf<Emulated, Real>>(Emulated(seed), plan);
}
template std::unique_ptr<DeviceArea<double>> make_area(std::uint64_t,
                                                       const DeviceAreaPlan<double>&);
template std::unique_ptr<DeviceArea<float>> make_area(std::uint64_t, const DeviceAreaPlan<float>&);

} // namespace lamina::emulated_backend
