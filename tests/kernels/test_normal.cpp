#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/normal.hpp"

using namespace lamina;

namespace {

constexpr std::size_t n_draws = 1000000;

/// A million draws spread over items and steps, as a run spreads them.
std::vector<double> draws(std::uint64_t seed) {
    constexpr std::size_t n_items = 1000;
    std::vector<double> z(n_draws);
    for (std::size_t step = 0; step < n_draws / n_items; ++step)
        normal_row(seed, 3, Stream::laboratory, step, z.data() + step * n_items, n_items);
    return z;
}

double moment(const std::vector<double>& z, int power) {
    double sum = 0;
    for (const double x : z) sum += std::pow(x, power);
    return sum / static_cast<double>(z.size());
}

} // namespace

TEST_CASE("Philox4x32-10 gives the known answers of Random123") {
    // kat_vectors of Random123: counter, key, output
    struct Known {
        std::uint32_t counter[4], key[2], output[4];
    };
    const Known known[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                           {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                            {0xffffffff, 0xffffffff},
                            {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                           {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                            {0xa4093822, 0x299f31d0},
                            {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
    for (const Known& k : known) {
        // our counter layout: item, step low, trial, stream (8) | draw (8) | step high (16)
        const std::uint64_t seed = static_cast<std::uint64_t>(k.key[1]) << 32 | k.key[0];
        const std::uint64_t step =
            static_cast<std::uint64_t>(k.counter[3] & 0xffff) << 32 | k.counter[1];
        const PhiloxWords words =
            philox(seed, k.counter[2], static_cast<Stream>(k.counter[3] >> 24), k.counter[0], step,
                   (k.counter[3] >> 16) & 0xff);
        for (int i = 0; i < 4; ++i) CHECK(words.word[i] == k.output[i]);
    }
}

TEST_CASE("a row of normal numbers is the same as its items one by one") {
    for (const std::size_t n : {0u, 1u, 2u, 7u, 128u, 131u, 300u}) {
        std::vector<double> row(n);
        normal_row(5, 2, Stream::weights, 1ull << 40, row.data(), n);
        for (std::size_t i = 0; i < n; ++i)
            CHECK(row[i] ==
                  normal(5, 2, Stream::weights, static_cast<std::uint32_t>(i), 1ull << 40));
    }
    CHECK(normal(5, 2, Stream::weights, 1, 0) != normal(5, 2, Stream::weights, 1, 1));
    CHECK(normal(5, 2, Stream::weights, 1, 0) != normal(6, 2, Stream::weights, 1, 0));
    CHECK(normal(5, 2, Stream::weights, 1, 0) != normal(5, 3, Stream::weights, 1, 0));
    CHECK(normal(5, 2, Stream::weights, 1, 0) != normal(5, 2, Stream::tokens, 1, 0));
}

TEST_CASE("normal numbers have the moments of N(0, 1)") {
    // null: independent N(0, 1), n = 10^6. A moment of order m has standard error
    // sqrt((E z^2m - (E z^m)^2) / n); five of them is a false alarm of 6e-7 each. The smallest
    // effect seen: a mean of 0.005, a variance off by 0.7 %.
    const std::vector<double> z = draws(17);
    const double expected[] = {0, 1, 0, 3, 0, 15};
    const double squared[] = {1, 3, 15, 105, 945, 10395};
    for (int m = 1; m <= 6; ++m) {
        INFO("moment " << m);
        const double error =
            std::sqrt((squared[m - 1] - expected[m - 1] * expected[m - 1]) / double(n_draws));
        CHECK(std::fabs(moment(z, m) - expected[m - 1]) < 5 * error);
    }
    // neighbours share a block (even, odd) or not (odd, even): both must be uncorrelated, also
    // squared
    for (const std::size_t first : {0u, 1u}) {
        double product = 0, product_of_squares = 0;
        std::size_t n = 0;
        for (std::size_t i = first; i + 1 < z.size(); i += 2, ++n) {
            product += z[i] * z[i + 1];
            product_of_squares += (z[i] * z[i] - 1) * (z[i + 1] * z[i + 1] - 1);
        }
        CHECK(std::fabs(product) < 5 * std::sqrt(double(n)));
        CHECK(std::fabs(product_of_squares) < 5 * 2 * std::sqrt(double(n)));
    }
}

TEST_CASE("normal numbers pass Kolmogorov and Smirnov") {
    // null: N(0, 1), n = 10^6; P(sqrt(n) D > 2.5) = 2 exp(-2 * 2.5^2) = 7e-6. A shift of the
    // distribution function by 0.25 % anywhere would be seen.
    std::vector<double> z = draws(18);
    std::sort(z.begin(), z.end());
    double distance = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        const double p = 0.5 * std::erfc(-z[i] / std::sqrt(2.0));
        distance = std::max({distance, std::fabs(p - double(i) / double(n_draws)),
                             std::fabs(p - double(i + 1) / double(n_draws))});
    }
    CHECK(std::sqrt(double(n_draws)) * distance < 2.5);
}
