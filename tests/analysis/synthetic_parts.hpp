/// What the files that make synthetic runs share.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "sim/run_file/image.hpp"

namespace lamina::test {

/// Numbers that are the same on every machine.
struct Draws {
    std::mt19937_64 bits{7};
    double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
    double normal() {
        return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform());
    }
    int below(int n) { return static_cast<int>(uniform() * n); }
};

/// The groups of a softmax loop experiment.
void add_loop_groups(Image& image, Draws& draws);

} // namespace lamina::test
