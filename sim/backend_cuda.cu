/// The CUDA device: what the emulated one (backend_emulated.cpp) does, on a graphics processor.
#include "sim/backend_cuda.hpp"

#include "kernels/cuda/exec.cuh"
#include "sim/device_area_of.hpp"
#include "sim/device_ceilings_of.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/device/device_network_of.hpp"

namespace lamina::cuda_backend {
namespace {

/// What `work` gives; failures of the device become DeviceErrors.
template <class Work> auto checked(const Work& work) -> decltype(work()) {
    try {
        return work();
    } catch (const cuda::DeviceFailure& failure) {
        throw DeviceError(std::string("CUDA: ") + failure.what());
    }
}

/// A network whose failures on the device become DeviceErrors.
class CheckedNetwork final : public DeviceNetwork {
  public:
    CheckedNetwork(int device, const FlatNetwork& network, bool plain)
        : network_(checked([&] {
              return std::make_unique<device::DeviceNetworkOf<Cuda>>(Cuda(device), network, plain);
          })) {}
    void load(const FlatState& state) override {
        checked([&] { network_->load(state); });
    }
    void store(FlatState& state, bool all) override {
        checked([&] { network_->store(state, all); });
    }
    std::int64_t most_steps() const override { return network_->most_steps(); }
    void run(std::int64_t n_steps) override {
        checked([&] { network_->run(n_steps); });
    }
    bool run_with(const std::vector<DeviceNetwork*>& others, std::int64_t n_steps) override {
        std::vector<DeviceNetwork*> inner;
        for (DeviceNetwork* other : others) {
            auto* const checked_network = dynamic_cast<CheckedNetwork*>(other);
            if (!checked_network) return false;
            inner.push_back(checked_network->network_.get());
        }
        return checked([&] { return network_->run_with(inner, n_steps); });
    }
    std::vector<std::vector<std::uint32_t>> spikes_of_run() override {
        return checked([&] { return network_->spikes_of_run(); });
    }
    std::vector<std::vector<double>> samples_of_run() override {
        return checked([&] { return network_->samples_of_run(); });
    }
    bool suspect() override {
        return checked([&] { return network_->suspect(); });
    }
    std::size_t bytes() const override { return network_->bytes(); }
    std::size_t synapse_bytes() const override { return network_->synapse_bytes(); }
    std::string path() const override { return network_->path(); }

  private:
    std::unique_ptr<device::DeviceNetworkOf<Cuda>> network_;
};

template <class Real> class CheckedArea final : public DeviceArea<Real> {
  public:
    CheckedArea(int device, const DeviceAreaPlan<Real>& plan)
        : area_(checked(
              [&] { return std::make_unique<DeviceAreaOf<Cuda, Real>>(Cuda(device), plan); })) {}
    void reset(std::uint64_t seed, const std::vector<std::uint32_t>& trials,
               const std::vector<std::vector<double>>& states) override {
        checked([&] { area_->reset(seed, trials, states); });
    }
    void present(int trial, const StepInput<Real>& input) override {
        checked([&] { area_->present(trial, input); });
    }
    void advance() override {
        checked([&] { area_->advance(); });
    }
    std::vector<Real> sample(const NamedSpan& population) override {
        return checked([&] { return area_->sample(population); });
    }
    std::vector<Real> log_normaliser() override {
        return checked([&] { return area_->log_normaliser(); });
    }
    std::vector<std::vector<double>> states() override {
        return checked([&] { return area_->states(); });
    }

  private:
    std::unique_ptr<DeviceAreaOf<Cuda, Real>> area_;
};

} // namespace

std::string lacks() {
    int n = 0;
    const cudaError_t status = cudaGetDeviceCount(&n);
    if (status == cudaSuccess && n > 0) {
        cudaFuncAttributes kernel{}; // is there code for it?
        const cudaError_t runs = cudaFuncGetAttributes(&kernel, cuda::run_items<EndStep>);
        cudaGetLastError();
        return runs == cudaSuccess
                   ? ""
                   : "the device cannot run this build: " + std::string(cudaGetErrorString(runs));
    }
    int driver = 0;
    const bool installed = cudaDriverGetVersion(&driver) == cudaSuccess && driver > 0;
    return std::string("there is no CUDA device: ") + (!installed ? "no NVIDIA driver is installed"
                                                       : status == cudaSuccess
                                                           ? "the driver knows none"
                                                           : cudaGetErrorString(status));
}
int n_devices() { return cuda::n_devices(); }
std::string name_of(int device) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, device) != cudaSuccess)
        throw DeviceError("the device does not answer");
    return std::string(properties.name) + ", sm_" + std::to_string(properties.major) +
           std::to_string(properties.minor);
}
std::unique_ptr<DeviceNetwork> make_network(int device, const FlatNetwork& network, bool plain) {
    return std::make_unique<CheckedNetwork>(device, network, plain);
}
DeviceCeilings measure_ceilings(int device) {
    return checked(
        [&] { return device::CeilingBench<Cuda>(Cuda(device), CeilingSizes{}).measure(); });
}

template <class Real>
std::unique_ptr<DeviceArea<Real>> make_area(int device, const DeviceAreaPlan<Real>& plan) {
    return std::make_unique<CheckedArea<Real>>(device, plan);
}
template std::unique_ptr<DeviceArea<double>> make_area(int, const DeviceAreaPlan<double>&);
template std::unique_ptr<DeviceArea<float>> make_area(int, const DeviceAreaPlan<float>&);

} // namespace lamina::cuda_backend
