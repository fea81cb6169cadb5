/// What all launches of a network on a device share.
#pragma once

#include <cstring>
#include <vector>

#include "kernels/advance_neurons.hpp"
#include "kernels/drive_neurons.hpp"
#include "kernels/spike_ring.hpp"

namespace lamina::device {

/// What all launches of a network share.
struct Surroundings {
    SumRing input;
    StepLists<std::uint32_t> spikes;
    StepLists<EmittedSpike> emitted;
    std::int64_t* now;
    NoiseSource noise;
    double dt_ms;
    DriveTables drives;
};

template <class T> T from_bytes(const std::vector<unsigned char>& bytes) {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

} // namespace lamina::device
