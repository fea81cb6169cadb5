#include "experiments/exit_codes.hpp"

#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina {
namespace {

template <class Error> bool is(const std::exception& error) {
    return dynamic_cast<const Error*>(&error) != nullptr;
}

} // namespace

int exit_code_of(const std::exception& error) {
    if (is<SpecError>(error) || is<FormatError>(error)) return 2;
    if (is<DeviceError>(error)) return 4;
    if (is<VerificationError>(error) || is<DamagedFile>(error)) return 5;
    return 1;
}

bool is_whole_message(const std::exception& error) {
    return is<SpecError>(error) || is<DeviceError>(error) || is<VerificationError>(error);
}

} // namespace lamina
