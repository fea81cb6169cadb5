#include <catch2/catch.hpp>

#include <vector>

#include "kernels/cpu/isa.hpp"
#include "kernels/cpu/philox_rows.hpp"

namespace lamina {
namespace {

/// Limits the instructions for one scope.
struct Limited {
    explicit Limited(cpu::Isa most) { cpu::limit_isa(most); }
    ~Limited() { cpu::limit_isa(cpu::Isa::avx512); }
};

} // namespace

TEST_CASE("rows of Philox are Random123's words, with every instruction set") {
    for (const cpu::Isa isa : {cpu::Isa::plain, cpu::Isa::avx2, cpu::Isa::avx512}) {
        const Limited limited(isa);
        INFO(cpu::name_of(cpu::isa()));
        for (const std::size_t n : {1u, 63u, 64u, 65u, 1000u}) {
            const std::size_t padded = (n + 63) / 64 * 64;
            std::vector<std::uint32_t> words(4 * padded);
            std::uint32_t* const rows[4] = {&words[0], &words[padded], &words[2 * padded],
                                            &words[3 * padded]};
            const std::uint64_t seed = 0x123456789abcdef0, step = 0x7fedcba98765;
            cpu::philox_rows(seed, 77, Stream::drive, 0xfffffff0u, step, 5, n, rows);
            for (std::size_t i = 0; i < n; ++i) {
                const PhiloxWords w =
                    philox(seed, 77, Stream::drive, 0xfffffff0u + std::uint32_t(i), step, 5);
                for (int k = 0; k < 4; ++k) REQUIRE(rows[k][i] == w.word[k]);
            }
        }
    }
}

TEST_CASE("a row of random words can be drawn in parts") {
    std::vector<std::uint32_t> whole(2048), part(512);
    cpu::random_words(3, 1, Stream::neuron_noise, 9, 0, 0, whole.size(), whole.data());
    cpu::random_words(3, 1, Stream::neuron_noise, 9, 0, 768, 512, part.data());
    for (std::size_t i = 0; i < part.size(); ++i) CHECK(part[i] == whole[768 + i]);
    // and each is the word of its item
    for (const std::size_t w : {0u, 63u, 64u, 255u, 256u, 1999u})
        CHECK(whole[w] ==
              philox(3, 1, Stream::neuron_noise, std::uint32_t(w / 256 * 64 + w % 64), 9)
                  .word[w / 64 % 4]);
}

TEST_CASE("random halves are the halves of Random123's words, in any parts, with every instruction "
          "set") {
    constexpr std::size_t n = 64 * 9; // twice four groups at a time, and one
    for (const cpu::Isa isa : {cpu::Isa::plain, cpu::Isa::avx2, cpu::Isa::avx512}) {
        const Limited limited(isa);
        INFO(cpu::name_of(cpu::isa()));
        std::vector<std::uint16_t> whole(n), part(64 * 2);
        const std::uint64_t seed = 0x123456789abcdef0, step = 0x7fedcba98765;
        cpu::random_halves(seed, 77, Stream::drive, step, 5, 0, n, whole.data());
        cpu::random_halves(seed, 77, Stream::drive, step, 5, 128, 65, part.data());
        for (std::size_t i = 0; i < part.size(); ++i) REQUIRE(part[i] == whole[128 + i]);
        for (std::size_t i = 0; i < n; ++i) {
            // eight blocks make 64 numbers: words 0 and 1 the first 32, words 2 and 3 the others
            const std::size_t block = i / 64 * 8 + i % 32 / 4, word = i % 64 / 32 * 2 + i % 4 / 2;
            const std::uint32_t w =
                philox(seed, 77, Stream::drive, std::uint32_t(block), step, 5).word[word];
            REQUIRE(whole[i] == std::uint16_t(w >> (16 * (i % 2))));
        }
    }
}

TEST_CASE("a random word or half alone is that of its row") {
    std::vector<std::uint32_t> words(1024);
    std::vector<std::uint16_t> halves(1024);
    const std::uint64_t seed = 0x123456789abcdef0, step = 0x7fedcba98765;
    cpu::random_words(seed, 7, Stream::neuron_noise, step, 1, 0, words.size(), words.data());
    cpu::random_halves(seed, 7, Stream::drive, step, 1, 0, halves.size(), halves.data());
    for (std::uint32_t i = 0; i < 1024; ++i) {
        REQUIRE(random_word(seed, 7, Stream::neuron_noise, step, 1, i) == words[i]);
        REQUIRE(random_half(seed, 7, Stream::drive, step, 1, i) == halves[i]);
    }
}

} // namespace lamina
