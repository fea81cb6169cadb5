/// What every backend makes, through its executor.
#pragma once

#include "sim/backend.hpp"
#include "sim/device_area_of.hpp"
#include "sim/device_ceilings_of.hpp"
#include "sim/device_cells_of.hpp"
#include "sim/device_reference_of.hpp"
#include "sim/spikes/device/device_network_of.hpp"

namespace lamina {

/// @tparam Exec  an executor, made from the number of its device
template <class Exec> class BackendOf : public Backend {
  public:
    explicit BackendOf(const CeilingSizes& sizes) : sizes_(sizes) {}

    std::unique_ptr<DeviceNetwork> make_network(std::uint64_t number, const FlatNetwork& network,
                                                bool plain) const override {
        return std::make_unique<device::DeviceNetworkOf<Exec>>(Exec(number), network, plain);
    }
    std::unique_ptr<DeviceArea<float>> make_area(std::uint64_t number,
                                                 const DeviceAreaPlan<float>& plan) const override {
        return std::make_unique<DeviceAreaOf<Exec, float>>(Exec(number), plan);
    }
    std::unique_ptr<DeviceArea<double>>
    make_area(std::uint64_t number, const DeviceAreaPlan<double>& plan) const override {
        return std::make_unique<DeviceAreaOf<Exec, double>>(Exec(number), plan);
    }
    std::unique_ptr<DeviceReference>
    make_reference(std::uint64_t number, const AreaSpec& spec,
                   const AttentionWeights& weights) const override {
        return std::make_unique<DeviceReferenceOf<Exec>>(Exec(number), spec, weights);
    }
    std::unique_ptr<Cells> make_cells(std::uint64_t number,
                                      const AnyCellsPlan& any) const override {
        return std::visit(
            [&](const auto& plan) -> std::unique_ptr<Cells> {
                using Model = typename std::decay_t<decltype(plan)>::Model;
                return std::make_unique<DeviceCellsOf<Exec, Model>>(Exec(number), plan);
            },
            any);
    }
    std::unique_ptr<BurstCells> make_burst_cells(std::uint64_t number,
                                                 const BurstCellsPlan& plan) const override {
        return std::make_unique<DeviceBurstCellsOf<Exec>>(Exec(number), plan);
    }
    std::unique_ptr<GateSpikes> make_gate_spikes(std::uint64_t number,
                                                 const GateSpikesPlan& plan) const override {
        return std::make_unique<DeviceGateSpikesOf<Exec>>(Exec(number), plan);
    }
    std::unique_ptr<HiddenSpikes> make_hidden_spikes(std::uint64_t number,
                                                     const HiddenSpikesPlan& plan) const override {
        return std::make_unique<DeviceHiddenSpikesOf<Exec>>(Exec(number), plan);
    }
    DeviceCeilings measure_ceilings(std::uint64_t number) const override {
        return device::CeilingBench<Exec>(Exec(number), sizes_).measure();
    }

  private:
    CeilingSizes sizes_;
};

} // namespace lamina
