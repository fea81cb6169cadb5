#include "sim/run_file/utf8.hpp"

#include <cstddef>

namespace lamina {
namespace {

/// Length of the well-formed character that begins at `at`; 0 if there is none (RFC 3629, section
/// 4).
std::size_t character_length(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? (unsigned char)text[at + i] : (unsigned char)0;
    };
    const auto continues = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xbf; };
    const unsigned char lead = byte(0);
    if (lead == 0) return 0;
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        // neither over-long forms nor surrogates
        if (lead == 0xe0 && byte(1) < 0xa0) return 0;
        if (lead == 0xed && byte(1) > 0x9f) return 0;
        return continues(1) && continues(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        // neither over-long forms nor what lies beyond U+10FFFF
        if (lead == 0xf0 && byte(1) < 0x90) return 0;
        if (lead == 0xf4 && byte(1) > 0x8f) return 0;
        return continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

} // namespace

std::string valid_utf8(const std::string& text) {
    std::string valid;
    valid.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text, at);
        if (length > 0)
            valid.append(text, at, length);
        else
            valid += "\xef\xbf\xbd";
        at += length > 0 ? length : 1;
    }
    return valid;
}

} // namespace lamina
