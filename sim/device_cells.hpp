/// The neurons of a spiking column on a device, as the host sees them. Spikes and states are those
/// of the processor (cells.hpp, burst_cells.hpp, spiking_gates.hpp) to the bit.
///
/// A column in a run is on the processor still (docs/devices.md).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/spike_gates.hpp"
#include "sim/burst_cells.hpp"
#include "sim/device.hpp"

namespace lamina {

class DeviceBurstCells {
  public:
    virtual ~DeviceBurstCells() = default;
    /// As those of BurstCells.
    virtual void set_currents(const std::vector<double>& I_s_pA,
                              const std::vector<double>& I_d_pA) = 0;
    virtual void step(const CellNoise&, std::uint64_t step, BurstCells::Heard&) = 0;
    virtual std::vector<std::uint32_t> state() const = 0;
};

/// The gates of all rows, from the scores and what inhibition divides by.
struct SpikeGatesPlan {
    std::size_t n_rows = 1;
    SpikeGates<double> body{}; ///< constants and whose random numbers, without arrays
    std::vector<double> a;     ///< [n_rows, n_keys] to begin with
};

class DeviceSpikeGates {
  public:
    virtual ~DeviceSpikeGates() = default;
    /// @param log_drive, offset  [n_rows, n_keys]; no offset where it is empty
    /// @param log_divisor        [n_rows]
    /// @return                   [n_rows, n_keys] spikes of this step
    virtual std::vector<std::uint32_t> step(std::uint64_t step,
                                            const std::vector<double>& log_drive,
                                            const std::vector<double>& log_divisor,
                                            const std::vector<double>& offset) = 0;
    virtual std::vector<double> a() const = 0;
};

/// @throws SpecError as make_cells, DeviceError when the device does not answer or is full
std::unique_ptr<Cells> make_device_cells(const Device&, const CellSpec&, std::size_t n_groups,
                                         std::size_t n_neurons, double dt_ms);
std::unique_ptr<DeviceBurstCells> make_device_burst_cells(const Device&, std::size_t n_groups,
                                                          std::size_t n_neurons, double dt_ms);
std::unique_ptr<DeviceSpikeGates> make_device_spike_gates(const Device&, const SpikeGatesPlan&);

} // namespace lamina
