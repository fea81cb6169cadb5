/// The CUDA devices: what the emulated ones (backend_emulated.cpp) do, on graphics processors.
#include "kernels/cuda/exec.cuh"
#include "sim/backend_of.hpp"

namespace lamina {
namespace {

std::string words_of(cudaError_t status) { return cudaGetErrorString(status); }

class CudaBackend final : public BackendOf<Cuda> {
  public:
    CudaBackend() : BackendOf(CeilingSizes{}) {}

    std::string lacks() const override {
        int n = 0, driver = 0;
        const cudaError_t counted = cudaGetDeviceCount(&n);
        if (counted == cudaSuccess && n > 0) {
            cudaFuncAttributes kernel{}; // is there code for it?
            const cudaError_t runs = cudaFuncGetAttributes(&kernel, cuda::run_items<EndStep>);
            cudaGetLastError(); // it has been heard
            return runs == cudaSuccess ? "" : "the device cannot run this build: " + words_of(runs);
        }
        const std::string none = "there is no CUDA device: ";
        if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0)
            return none + "no NVIDIA driver is installed";
        return none + (counted == cudaSuccess ? "the driver knows none" : words_of(counted));
    }
    std::uint64_t n_devices() const override {
        int n = 0;
        return cudaGetDeviceCount(&n) == cudaSuccess ? std::uint64_t(n) : 0;
    }
    std::string name_of(std::uint64_t number) const override {
        cudaDeviceProp properties{};
        cuda::check(cudaGetDeviceProperties(&properties, int(number)), "ask the device's name");
        return std::string(properties.name) + ", sm_" + std::to_string(properties.major) +
               std::to_string(properties.minor);
    }
};

} // namespace

const Backend& cuda_backend() {
    static const CudaBackend backend;
    return backend;
}

} // namespace lamina
