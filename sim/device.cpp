#include "sim/device.hpp"

#include <charconv>

#include <fmt/format.h>

#include "sim/backend.hpp"
#include "sim/device_area.hpp"
#include "sim/device_ceilings.hpp"
#include "sim/device_cells.hpp"
#include "sim/device_reference.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/device/device_network.hpp"

namespace lamina {
namespace {

/// The number behind "name:"; 0 for the bare name; false for anything else.
bool numbered(const std::string& words, const std::string& name, std::uint64_t& number) {
    if (words == name) return true;
    if (words.rfind(name + ":", 0) != 0) return false;
    const char* const first = words.data() + name.size() + 1;
    const char* const last = words.data() + words.size();
    const auto read = std::from_chars(first, last, number);
    return first != last && read.ec == std::errc() && read.ptr == last;
}

const Backend& backend_of(const Device& device) {
    LAMINA_EXPECT(device.kind != Device::cpu);
    return device.kind == Device::emulated ? emulated_backend() : cuda_backend();
}

[[noreturn]] void refuse(const std::string& words) {
    throw SpecError(fmt::format("there is no device `{}`; write auto, cpu, cuda, cuda:1, or "
                                "emulated:7",
                                words));
}

} // namespace

Device find_device(const std::string& asked) {
    Device device;
    const std::size_t comma = asked.find(',');
    const std::string words = asked.substr(0, comma);
    if (comma != std::string::npos) {
        device.plain = asked.substr(comma) == ",plain";
        if (!device.plain || words == "cpu" || words == "auto") refuse(asked);
    }
    if (words == "cpu") return device;
    if (words == "auto") {
        if (cuda_backend().lacks().empty()) device.kind = Device::cuda;
        return device;
    }
    if (numbered(words, "emulated", device.number)) {
        device.kind = Device::emulated;
        return device;
    }
    if (!numbered(words, "cuda", device.number)) refuse(asked);
    device.kind = Device::cuda;
    const std::string lacks = cuda_backend().lacks();
    if (!lacks.empty()) throw DeviceError(lacks);
    const std::uint64_t n = cuda_backend().n_devices();
    if (device.number >= n)
        throw DeviceError(
            fmt::format("there is no device cuda:{}; the last is cuda:{}", device.number, n - 1));
    return device;
}

std::string why_no_device() { return cuda_backend().lacks(); }

std::string describe(const Device& device) {
    if (device.kind == Device::cpu) return "cpu";
    const std::string name = backend_of(device).name_of(device.number);
    return fmt::format("{}:{}{}{}", device.kind == Device::emulated ? "emulated" : "cuda",
                       device.number, name.empty() ? "" : ", " + name,
                       device.plain ? ", plain kernels" : "");
}

std::unique_ptr<DeviceNetwork> make_device_network(const Device& device,
                                                   const FlatNetwork& network) {
    return backend_of(device).make_network(device.number, network, device.plain);
}

template <class Real>
std::unique_ptr<DeviceArea<Real>> make_device_area(const Device& device,
                                                   const DeviceAreaPlan<Real>& plan) {
    return backend_of(device).make_area(device.number, plan);
}
template std::unique_ptr<DeviceArea<double>> make_device_area(const Device&,
                                                              const DeviceAreaPlan<double>&);
template std::unique_ptr<DeviceArea<float>> make_device_area(const Device&,
                                                             const DeviceAreaPlan<float>&);

std::unique_ptr<DeviceReference> make_device_reference(const Device& device, const AreaSpec& spec,
                                                       const AttentionWeights& weights) {
    return backend_of(device).make_reference(device.number, spec, weights);
}

std::unique_ptr<Cells> make_device_cells(const Device& device, const AnyCellsPlan& plan) {
    return backend_of(device).make_cells(device.number, plan);
}

std::unique_ptr<BurstCells> make_device_burst_cells(const Device& device,
                                                    const BurstCellsPlan& plan) {
    return backend_of(device).make_burst_cells(device.number, plan);
}

std::unique_ptr<GateSpikes> make_device_gate_spikes(const Device& device,
                                                    const GateSpikesPlan& plan) {
    return backend_of(device).make_gate_spikes(device.number, plan);
}

std::unique_ptr<HiddenSpikes> make_device_hidden_spikes(const Device& device,
                                                        const HiddenSpikesPlan& plan) {
    return backend_of(device).make_hidden_spikes(device.number, plan);
}

DeviceCeilings device_ceilings(const Device& device) {
    if (device.kind == Device::cpu)
        throw SpecError("`bench device` measures a graphics processor; write --device cuda");
    return backend_of(device).measure_ceilings(device.number);
}

} // namespace lamina
