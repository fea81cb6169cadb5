/// What kinds of devices there are, each behind one interface.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/cells_plan.hpp"

namespace lamina {

class BurstCells;
class DeviceNetwork;
class DeviceReference;
class GateSpikes;
class HiddenSpikes;
struct AreaSpec;
struct AttentionWeights;
struct FlatNetwork;
struct GateSpikesPlan;
struct HiddenSpikesPlan;
template <class Real> class DeviceArea;
template <class Real> struct DeviceAreaPlan;
struct DeviceCeilings;

/// All devices of one kind; `number` tells them apart. @throws DeviceError when one fails
class Backend {
  public:
    virtual ~Backend() = default;
    /// Why there is no device of this kind; "" when there is one.
    virtual std::string lacks() const = 0;
    virtual std::uint64_t n_devices() const = 0;
    /// "NVIDIA H100 80GB HBM3, sm_90"; "" when there is nothing to say.
    virtual std::string name_of(std::uint64_t number) const = 0;

    /// @param plain  without the kernels that are made for some networks
    virtual std::unique_ptr<DeviceNetwork> make_network(std::uint64_t number, const FlatNetwork&,
                                                        bool plain) const = 0;
    virtual std::unique_ptr<DeviceArea<float>> make_area(std::uint64_t number,
                                                         const DeviceAreaPlan<float>&) const = 0;
    virtual std::unique_ptr<DeviceArea<double>> make_area(std::uint64_t number,
                                                          const DeviceAreaPlan<double>&) const = 0;
    virtual std::unique_ptr<DeviceReference> make_reference(std::uint64_t number, const AreaSpec&,
                                                            const AttentionWeights&) const = 0;
    virtual std::unique_ptr<Cells> make_cells(std::uint64_t number, const AnyCellsPlan&) const = 0;
    virtual std::unique_ptr<BurstCells> make_burst_cells(std::uint64_t number,
                                                         const BurstCellsPlan&) const = 0;
    virtual std::unique_ptr<GateSpikes> make_gate_spikes(std::uint64_t number,
                                                         const GateSpikesPlan&) const = 0;
    virtual std::unique_ptr<HiddenSpikes> make_hidden_spikes(std::uint64_t number,
                                                             const HiddenSpikesPlan&) const = 0;
    virtual DeviceCeilings measure_ceilings(std::uint64_t number) const = 0;
};

const Backend& emulated_backend(); ///< backend_emulated.cpp; the number is the seed of its order
const Backend& cuda_backend();     ///< backend_cuda.cu, or backend_cuda_absent.cpp

} // namespace lamina
