/// What can go wrong with a file, by what the reader of the message can do about it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>

namespace lamina {

/// The operating system refused: full disk, no permission, I/O error. Exit 1.
/// what() is the whole message: the file, why, and what to do; code() is the errno.
struct IoError : std::system_error {
    IoError(int error_number, const std::string& message)
        : std::system_error(error_number, std::generic_category()), message_(message) {}
    const char* what() const noexcept override { return message_.c_str(); }

  private:
    std::string message_;
};

/// A file is not what was written: its hash, its size or its seal does not match. Exit 5.
struct DamagedFile : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A whole file that is not the one expected: a variable is absent or has another shape or type;
/// or a name that would leave the output directory. Exit 2.
struct FormatError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// "4.2 MB", "812 bytes": for messages.
std::string readable_bytes(std::uint64_t bytes);

} // namespace lamina
