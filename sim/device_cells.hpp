/// The neurons of a spiking column on a device. Spikes and states are those of the processor to the
/// bit. Who makes cells (make_cells, make_burst_cells, make_gate_spikes, make_hidden_spikes) is not
/// asked to know of this.
#pragma once

#include <memory>

#include "sim/area_spec.hpp"
#include "sim/burst_cells.hpp"
#include "sim/cells_plan.hpp"
#include "sim/gate_spikes.hpp"
#include "sim/hidden_spikes.hpp"

namespace lamina {

/// @param device  not the CPU
/// @throws DeviceError when the device does not answer or is full
std::unique_ptr<Cells> make_device_cells(const Device& device, const AnyCellsPlan&);
std::unique_ptr<BurstCells> make_device_burst_cells(const Device& device, const BurstCellsPlan&);
std::unique_ptr<GateSpikes> make_device_gate_spikes(const Device& device, const GateSpikesPlan&);
std::unique_ptr<HiddenSpikes> make_device_hidden_spikes(const Device& device,
                                                        const HiddenSpikesPlan&);

/// Bytes that these take of a device's memory.
double device_bytes(const AnyCellsPlan&);
double device_bytes(const BurstCellsPlan&);
double device_bytes(const GateSpikesPlan&);
double device_bytes(const HiddenSpikesPlan&);
/// All that are on a device of an area made of neurons.
double device_bytes(const AreaSpec&);

} // namespace lamina
