/// A build without nvcc.
#include "sim/backend.hpp"
#include "sim/device_area.hpp"
#include "sim/device_ceilings.hpp"
#include "sim/device_cells.hpp"
#include "sim/device_reference.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/device/device_network.hpp"

namespace lamina {
namespace {

class NoCuda final : public Backend {
  public:
    std::string lacks() const override {
        return "this lamina was built without CUDA: install the CUDA toolkit (nvcc) and build "
               "again";
    }
    std::uint64_t n_devices() const override { return 0; }
    std::string name_of(std::uint64_t) const override { refuse(); }
    std::unique_ptr<DeviceNetwork> make_network(std::uint64_t, const FlatNetwork&,
                                                bool) const override {
        refuse();
    }
    std::unique_ptr<DeviceArea<float>> make_area(std::uint64_t,
                                                 const DeviceAreaPlan<float>&) const override {
        refuse();
    }
    std::unique_ptr<DeviceArea<double>> make_area(std::uint64_t,
                                                  const DeviceAreaPlan<double>&) const override {
        refuse();
    }
    std::unique_ptr<DeviceReference> make_reference(std::uint64_t, const AreaSpec&,
                                                    const AttentionWeights&) const override {
        refuse();
    }
    std::unique_ptr<Cells> make_cells(std::uint64_t, const AnyCellsPlan&) const override {
        refuse();
    }
    std::unique_ptr<BurstCells> make_burst_cells(std::uint64_t,
                                                 const BurstCellsPlan&) const override {
        refuse();
    }
    std::unique_ptr<GateSpikes> make_gate_spikes(std::uint64_t,
                                                 const GateSpikesPlan&) const override {
        refuse();
    }
    std::unique_ptr<HiddenSpikes> make_hidden_spikes(std::uint64_t,
                                                     const HiddenSpikesPlan&) const override {
        refuse();
    }
    DeviceCeilings measure_ceilings(std::uint64_t) const override { refuse(); }

  private:
    [[noreturn]] void refuse() const { throw DeviceError(lacks()); }
};

} // namespace

const Backend& cuda_backend() {
    static const NoCuda backend;
    return backend;
}

} // namespace lamina
