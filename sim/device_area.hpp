/// The rate circuit of many trials at once on a device, as the host sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/area_layout.hpp"
#include "sim/area_tables.hpp"

namespace lamina {

/// Everything that a device's circuit is made of. The spec is one that device_lacks() has nothing
/// against.
template <class Real> struct DeviceAreaPlan {
    AreaSpec spec;
    StepWeights<Real> weights;
    int n_trials = 1;
    std::uint64_t seed = 1; ///< of the scores' projections
};

template <class Real> class DeviceArea {
  public:
    virtual ~DeviceArea() = default;

    /// Begins trials anew; noise is drawn under (seed, trial).
    /// @param trials  [n_trials] their numbers
    /// @param states  [n_trials] as Area::state() gives them, without a delay's history: p was 0
    virtual void reset(std::uint64_t seed, const std::vector<std::uint32_t>& trials,
                       const std::vector<std::vector<double>>& states) = 0;
    /// Input of one trial from the next step on.
    virtual void present(int trial, const StepInput<Real>&) = 0;
    /// The next step of all trials.
    virtual void advance() = 0;

    // What the host asks for after a step; it waits for the device.
    /// A population of all trials, [trial][number]: of pairs r+ of all, then r- of all.
    virtual std::vector<Real> sample(const NamedSpan&) = 0;
    /// log sum_j exp(log drive_ij) of all trials, [trial][heads][columns].
    virtual std::vector<Real> log_normaliser() = 0;
    /// [n_trials] as reset() takes them.
    virtual std::vector<std::vector<double>> states() = 0;
};

} // namespace lamina
