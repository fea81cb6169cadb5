/// Text that any reader can decode.
#pragma once

#include <string>

namespace lamina {

/// The text, with U+FFFD in the place of every byte that is not part of valid UTF-8 (RFC 3629), and
/// of NUL, which would end the text in HDF5. A run is not lost because a name came in Latin-1.
std::string valid_utf8(const std::string& text);

} // namespace lamina
