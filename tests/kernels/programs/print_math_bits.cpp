/// Prints the two numbers of math_bits.hpp; test_math.cpp builds it with several compilers and
/// flags.
#include <cinttypes>
#include <cstdio>

#include "tests/kernels/math_bits.hpp"

int main() {
    std::printf("%016" PRIx64 " %016" PRIx64 "\n", lamina::test::math_bits<double>(5000),
                lamina::test::math_bits<float>(5000));
}
