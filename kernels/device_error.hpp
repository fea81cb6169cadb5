/// A device is not here, is full, or has failed.
#pragma once

#include <stdexcept>

namespace lamina {

/// A device or a feature is not here, or cannot do what was asked: exit 4. what() says what was
/// being done, and why it could not be.
struct DeviceError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace lamina
