/// A build without nvcc.
#include "sim/backend_cuda.hpp"

#include "sim/device_area.hpp"
#include "sim/device_ceilings.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/device/device_network.hpp"

namespace lamina::cuda_backend {

std::string lacks() {
    return "this lamina was built without CUDA: install the CUDA toolkit (nvcc) and build again";
}
int n_devices() { return 0; }
std::string name_of(int) { throw DeviceError(lacks()); }
std::unique_ptr<DeviceNetwork> make_network(int, const FlatNetwork&, bool) {
    throw DeviceError(lacks());
}
template <class Real>
std::unique_ptr<DeviceArea<Real>> make_area(int, const DeviceAreaPlan<Real>&) {
    throw DeviceError(lacks());
}
template std::unique_ptr<DeviceArea<double>> make_area(int, const DeviceAreaPlan<double>&);
template std::unique_ptr<DeviceArea<float>> make_area(int, const DeviceAreaPlan<float>&);
DeviceCeilings measure_ceilings(int) { throw DeviceError(lacks()); }

} // namespace lamina::cuda_backend
