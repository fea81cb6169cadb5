#include <catch2/catch.hpp>

#include <cmath>

#include "kernels/normal_quantile.hpp"

namespace lamina {

TEST_CASE("the normal quantile is the inverse of the distribution function") {
    // Phi(z(word)) = (word + 1/2) / 2^32; the slope of Phi turns an error of z into one of p
    double worst = 0;
    for (std::uint64_t k = 0; k < 200000; ++k) {
        const auto word = k < 1000 ? std::uint32_t(k) : std::uint32_t(k * 2654435761u);
        const double p = (word + 0.5) * 0x1p-32, z = normal_quantile(word);
        const double lower = 0.5 * std::erfc(-z / std::sqrt(2.0)),
                     upper = 0.5 * std::erfc(z / std::sqrt(2.0));
        const double error = p < 0.5 ? lower - p : (1 - p) - upper;
        const double slope = std::exp(-0.5 * z * z) / std::sqrt(8 * std::atan(1.0));
        worst = std::max(worst, std::fabs(error / slope) / std::max(1e-3, std::fabs(z)));
    }
    CHECK(worst < 1e-6);
    CHECK(normal_quantile(0) > -largest_normal);
    CHECK(normal_quantile(0) < -6.33f);
}

TEST_CASE("a word and its complement give opposite normal numbers") {
    for (std::uint64_t k = 0; k < 100000; ++k) {
        const auto word = std::uint32_t(k * 2654435761u);
        REQUIRE(normal_quantile(~word) == -normal_quantile(word));
    }
}

} // namespace lamina
