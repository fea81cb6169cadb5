/// A row of uniform numbers read one after the other, where how many are needed is not known in
/// advance (Poisson counts, shuffles). Still a pure function of its key: the numbers of one
/// (seed, trial, stream, item) depend on nothing that others draw.
#pragma once

#include <cstdint>

#include "kernels/philox.hpp"

namespace lamina {

class Draws {
  public:
    Draws(std::uint64_t seed, std::uint32_t trial, Stream stream, std::uint32_t item)
        : seed_(seed), trial_(trial), stream_(stream), item_(item) {}

    /// Next number, uniform in (0, 1).
    double uniform() {
        const int which = static_cast<int>(used_ & 1);
        if (which == 0) words_ = philox(seed_, trial_, stream_, item_, used_ >> 1);
        ++used_;
        return lamina::uniform(words_, which);
    }

    /// Next whole number in 0 .. n - 1, n >= 1; each within 2^-52 n of equally likely.
    std::size_t below(std::size_t n) {
        LAMINA_EXPECT(n >= 1);
        return static_cast<std::size_t>(uniform() * static_cast<double>(n));
    }

  private:
    std::uint64_t seed_;
    std::uint32_t trial_;
    Stream stream_;
    std::uint32_t item_;
    std::uint64_t used_ = 0;
    PhiloxWords words_{};
};

} // namespace lamina
