#include "sim/run_file/sha256.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include <fmt/format.h>

#include "sim/run_file/io_error.hpp"
#include "sim/run_file/vfs.hpp"

namespace lamina {
namespace {

// fractional parts of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2)
constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t rotate_right(std::uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

} // namespace

void Sha256::take_block(const unsigned char* block) {
    // message schedule: 16 big-endian words, then 48 made from them
    std::uint32_t w[64];
    for (int t = 0; t < 16; ++t)
        w[t] = std::uint32_t(block[4 * t]) << 24 | std::uint32_t(block[4 * t + 1]) << 16 |
               std::uint32_t(block[4 * t + 2]) << 8 | std::uint32_t(block[4 * t + 3]);
    for (int t = 16; t < 64; ++t) {
        const std::uint32_t a = w[t - 15], b = w[t - 2];
        w[t] = w[t - 16] + (rotate_right(a, 7) ^ rotate_right(a, 18) ^ (a >> 3)) + w[t - 7] +
               (rotate_right(b, 17) ^ rotate_right(b, 19) ^ (b >> 10));
    }

    // 64 rounds on a copy of the state, then add it
    auto [a, b, c, d, e, f, g, h] = state_;
    for (int t = 0; t < 64; ++t) {
        const std::uint32_t mixed_e =
            rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        const std::uint32_t chosen = (e & f) ^ (~e & g);
        const std::uint32_t first = h + mixed_e + chosen + round_constants[t] + w[t];
        const std::uint32_t mixed_a =
            rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + mixed_a + majority;
    }
    const std::uint32_t after[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; ++i) state_[i] += after[i];
}

void Sha256::add(const void* bytes, std::size_t n) {
    auto* next = static_cast<const unsigned char*>(bytes);
    std::size_t in_waiting = n_bytes_ % 64;
    n_bytes_ += n;

    // complete the block that waits, take whole blocks, keep the rest
    if (in_waiting > 0) {
        const std::size_t taken = std::min(n, 64 - in_waiting);
        std::memcpy(waiting_.data() + in_waiting, next, taken);
        next += taken, n -= taken;
        if (in_waiting + taken < 64) return;
        take_block(waiting_.data());
    }
    for (; n >= 64; next += 64, n -= 64) take_block(next);
    if (n > 0) std::memcpy(waiting_.data(), next, n);
}

std::string Sha256::finish() {
    // a one bit, zeros up to 8 bytes before the end of a block, the length in bits
    const std::uint64_t n_bits = n_bytes_ * 8;
    unsigned char padding[72] = {0x80};
    const std::size_t n_zeros = (119 - n_bytes_ % 64) % 64;
    for (int i = 0; i < 8; ++i) padding[1 + n_zeros + i] = (unsigned char)(n_bits >> (56 - 8 * i));
    add(padding, 1 + n_zeros + 8);

    std::string digits;
    for (const std::uint32_t word : state_) digits += fmt::format("{:08x}", word);
    return digits;
}

std::string sha256_of(const void* bytes, std::size_t n) {
    Sha256 hash;
    hash.add(bytes, n);
    return hash.finish();
}

std::string sha256_of(const std::vector<std::byte>& bytes) {
    return sha256_of(bytes.data(), bytes.size());
}

std::string sha256_of(const std::string& text) { return sha256_of(text.data(), text.size()); }

std::string sha256_of_file(const std::filesystem::path& path) {
    const auto fail = [&](int error) {
        throw IoError(error, fmt::format("cannot read {}: {}; check that it exists and that you "
                                         "may read it",
                                         path.string(), std::strerror(error)));
    };
    const int opened =
        uninterrupted([&] { return vfs().open(Vfs::any_folder, path.string(), O_RDONLY, 0); });
    if (opened < 0) fail(-opened);
    const OpenFile file(opened);

    Sha256 hash;
    std::vector<std::byte> piece(std::size_t(1) << 20);
    for (std::int64_t offset = 0;;) {
        const long n = uninterrupted(
            [&] { return vfs().read_at(file.get(), piece.data(), piece.size(), offset); });
        if (n < 0) fail(int(-n));
        if (n == 0) return hash.finish();
        hash.add(piece.data(), std::size_t(n));
        offset += n;
    }
}

} // namespace lamina
