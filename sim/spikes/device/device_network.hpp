/// A spiking network that runs on a device. The host builds it, and keeps what it saves and reads
/// in the form of FlatState.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/spikes/device/flat_network.hpp"

namespace lamina {

class DeviceNetwork {
  public:
    virtual ~DeviceNetwork() = default;
    virtual void load(const FlatState&) = 0;
    /// Neurons and sources, and with `all` what is on its way and what was learnt.
    virtual void store(FlatState&, bool all) = 0;
    /// Steps that may be run before spikes and samples are taken.
    virtual std::int64_t most_steps() const = 0;
    virtual void run(std::int64_t n_steps) = 0;
    /// Runs this and others in one launch; false, and nothing has happened, when that cannot be.
    virtual bool run_with(const std::vector<DeviceNetwork*>& others, std::int64_t n_steps) = 0;
    /// The neurons that spiked in a step of the last run, in no order.
    virtual std::vector<std::vector<std::uint32_t>> spikes_of_run() = 0;
    /// [probe] rows of the samples of the last run.
    virtual std::vector<std::vector<double>> samples_of_run() = 0;
    /// Whether a state may hold a number that is none.
    virtual bool suspect() = 0;
    virtual std::size_t bytes() const = 0;         ///< of the device's memory
    virtual std::size_t synapse_bytes() const = 0; ///< of them, of synapses and where they begin
    virtual std::string path() const = 0;          ///< which kernels run it
};

} // namespace lamina
