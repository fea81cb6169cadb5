/// SHA-256 (FIPS 180-4), of bytes as they come, of text, and of files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lamina {

/// Digest of everything added, in order; adding in pieces or at once makes no difference.
class Sha256 {
  public:
    void add(const void* bytes, std::size_t n);
    /// 64 lower-case hexadecimal digits. What is added afterwards is not defined.
    std::string finish();

  private:
    void take_block(const unsigned char* block);

    std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<unsigned char, 64> waiting_{};
    std::uint64_t n_bytes_ = 0;
};

std::string sha256_of(const void* bytes, std::size_t n);
std::string sha256_of(const std::vector<std::byte>& bytes);
std::string sha256_of(const std::string& text);

/// Of a file, read in pieces. @throws IoError naming the file
std::string sha256_of_file(const std::filesystem::path& path);

} // namespace lamina
