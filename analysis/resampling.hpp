/// Drawing with replacement, for every bootstrap: a generator with a fixed seed and our own bounded
/// integers, so that equal data give equal intervals on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace lamina::analysis {

class Resampling {
  public:
    /// Equally likely below n, n >= 1: the upper half of a 64-bit draw is scaled to n, and draws
    /// that would favour small results are repeated.
    /// @source Lemire (2019), arXiv:1805.10941
    std::uint32_t below(std::uint32_t n) {
        const std::uint32_t repeat_under = (0u - n) % n;
        for (;;) {
            const std::uint64_t scaled = (bits_() >> 32) * n;
            if (static_cast<std::uint32_t>(scaled) >= repeat_under)
                return static_cast<std::uint32_t>(scaled >> 32);
        }
    }

    /// How often each of n things comes up in n draws.
    std::vector<double> counts(std::size_t n) {
        std::vector<double> drawn(n, 0);
        for (std::size_t i = 0; i < n; ++i) ++drawn[below(static_cast<std::uint32_t>(n))];
        return drawn;
    }

  private:
    static constexpr std::uint64_t seed_ = 20080415; // any number; fixed, so that reports repeat
    std::mt19937_64 bits_{seed_};
};

} // namespace lamina::analysis
