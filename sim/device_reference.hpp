/// The reference block of many inputs at once on a device, as the host sees it.
#pragma once

#include <vector>

#include "sim/reference_block.hpp"
#include "sim/trial.hpp"

namespace lamina {

class DeviceReference {
  public:
    virtual ~DeviceReference() = default;

    /// What reference_block() gives for each of these inputs, bit for bit.
    /// @throws DeviceError when the device fails or is full
    virtual std::vector<ReferenceResult> blocks(const std::vector<const Segment*>& inputs) = 0;
};

} // namespace lamina
