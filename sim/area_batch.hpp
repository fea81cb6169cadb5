/// Areas of one spec, in rates, each with a trial of its own, that advance together on a device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/area.hpp"
#include "sim/device.hpp"
#include "sim/trial.hpp"
#include "sim/weights.hpp"

namespace lamina {

class AreaBatch {
  public:
    virtual ~AreaBatch() = default;

    /// Everything at rest; the area at place i has the i-th of these trials.
    virtual void reset(std::uint64_t seed, const std::vector<std::uint32_t>& trials) = 0;
    /// As Area::present, to the area at one place.
    virtual void present(int place, const Segment&) = 0;
    /// As Area::settle_inputs, before the first step, of the place that was last presented to.
    virtual void settle_inputs(int place) = 0;
    /// One step of all areas.
    virtual void advance() = 0;
    /// The area at one place, to be looked at: by several threads, between two steps.
    virtual const AreaView& area(int place) const = 0;
};

/// What a device cannot do of this spec, in rates or of neurons, one message each; empty: it can
/// run it.
std::vector<std::string> device_lacks(const AreaSpec&);

/// Areas that one batch should hold: as many as trials, but no more than fit 2 GB of device. Their
/// reference blocks take about as much again at most.
int areas_together(const AreaSpec&, std::int64_t n_trials);

/// @param device  not the CPU
/// @param spec    in rates: areas of neurons are made one by one (make_area)
/// @throws SpecError as make_area does; DeviceError with all that device_lacks() says
std::unique_ptr<AreaBatch> make_area_batch(const Device& device, const AreaSpec& spec,
                                           const AttentionWeights&, int n_areas,
                                           std::uint64_t seed);

} // namespace lamina
