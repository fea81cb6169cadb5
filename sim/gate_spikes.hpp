/// The neurons of gates, which fire with exponential escape noise (kernels/spike_gates.hpp), and
/// what the gates filter of their spikes. What inhibition does is said from outside
/// (spiking_gates.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/spike_gates.hpp"
#include "sim/device.hpp"

namespace lamina {

struct GateSpikesPlan {
    std::size_t n_rows = 1;
    SpikeGates<double> body{}; ///< constants, without arrays
    std::size_t n_gates() const { return n_rows * std::size_t(body.n_keys); }
};

/// Wherever they are.
class GateSpikes {
  public:
    virtual ~GateSpikes() = default;

    /// Starts anew, nobody rests; random numbers are those of (seed, trial) from here on.
    /// @param a  [n_rows, n_keys]
    virtual void start(const std::vector<double>& a, std::uint64_t seed, std::uint32_t trial) = 0;
    /// @param log_drive, offset  [n_rows, n_keys]; no offset where it is empty
    /// @param log_divisor        [n_rows]
    virtual void step(std::uint64_t step, const std::vector<double>& log_drive,
                      const std::vector<double>& log_divisor,
                      const std::vector<double>& offset) = 0;
    virtual const std::vector<double>& a() const = 0; ///< [n_rows, n_keys] filtered spikes
    virtual const std::vector<std::uint32_t>& n_spikes() const = 0; ///< of the last step
};

/// @param device  where they fire, to the same bits
/// @throws DeviceError when the device does not answer or is full
std::unique_ptr<GateSpikes> make_gate_spikes(const GateSpikesPlan&, const Device& device = {});

} // namespace lamina
