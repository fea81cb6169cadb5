/// Where a simulation runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace lamina {

class DeviceNetwork;
class DeviceReference;
struct AreaSpec;
struct AttentionWeights;
struct FlatNetwork;
template <class Real> class DeviceArea;
template <class Real> struct DeviceAreaPlan;
struct DeviceCeilings;

/// `cpu`; `cuda:i`, the i-th graphics processor; `emulated:s`, the kernels of a graphics processor
/// on this one, thread by thread in an order that the seed s shuffles: slow, and for tests.
struct Device {
    enum Kind { cpu, cuda, emulated } kind = cpu;
    std::uint64_t number = 0;
    bool plain = false; ///< without the kernels that are made for some networks
};

/// "cpu", "auto", "cuda", "cuda:1", "emulated:7", the latter three also with ",plain". `auto` is
/// cuda:0 where there is one, else cpu.
/// @throws SpecError for other words, DeviceError when there is no such device
Device find_device(const std::string& words);

/// Why `auto` finds no graphics processor; "" when it finds one.
std::string why_no_device();

/// "cpu", "cuda:0, NVIDIA H100 80GB HBM3, sm_90", "emulated:7".
std::string describe(const Device&);

/// @throws DeviceError when the device does not answer or is full
std::unique_ptr<DeviceNetwork> make_device_network(const Device&, const FlatNetwork&);
template <class Real>
std::unique_ptr<DeviceArea<Real>> make_device_area(const Device&, const DeviceAreaPlan<Real>&);
/// @param device  not the CPU, whose block is reference_block()
std::unique_ptr<DeviceReference> make_device_reference(const Device& device, const AreaSpec&,
                                                       const AttentionWeights&);

/// @throws SpecError for the processor, DeviceError as above
DeviceCeilings device_ceilings(const Device&);

} // namespace lamina
