/// The four things that can go wrong, by who can mend them; main() maps each to an exit code.
#pragma once

#include <stdexcept>
#include <string>

#include "kernels/device_error.hpp"

namespace lamina {

/// The author of a spec or a command line can mend it: exit 2. what() is the whole printed message.
struct SpecError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// NaN, infinity or explosion: exit 1. Names population, unit and time.
struct NumericsError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A comparison or verification failed: exit 5.
struct VerificationError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace lamina
