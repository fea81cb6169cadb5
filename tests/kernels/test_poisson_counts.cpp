#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "kernels/cpu/philox_rows.hpp"
#include "kernels/poisson_counts.hpp"

namespace lamina {

TEST_CASE("the Poisson table gives the law's probabilities to a rounding of words") {
    for (const double mean : {1e-3, 0.1, 1.28, 2.32, most_poisson_mean}) {
        const auto table = poisson_table(mean);
        CHECK(table.size() <= most_poisson_entries);
        CHECK(table.size() % 4 == 0);
        double at_least = 0, largest = 0;
        for (int k = 200; k >= 1; --k) {
            at_least += std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
            const double has = k <= int(table.size()) ? table[k - 1] * 0x1p-32 : 0;
            largest = std::max(largest, std::fabs(has - at_least));
        }
        CHECK(largest <= 0.51 * 0x1p-32);
    }
}

TEST_CASE("external spikes have the mean and the variance of a Poisson law") {
    const double mean = 2.32;
    const std::size_t n = 1 << 20;
    std::vector<std::uint32_t> words(n);
    cpu::random_words(1, 0, Stream::drive, 0, 0, 0, n, words.data());
    std::vector<std::int32_t> sums(n, 0);
    const auto table = poisson_table(mean);
    AddPoisson<most_poisson_entries> body{words.data(), sums.data(), 3, {}};
    std::copy(table.begin(), table.end(), body.at_least);
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
        body(i);
        sum += sums[i] / 3.0, squares += sums[i] * sums[i] / 9.0;
    }
    // five standard errors: a false alarm in 1e6 runs
    CHECK(std::fabs(sum / double(n) - mean) < 5 * std::sqrt(mean / double(n)));
    const double variance = squares / double(n) - sum * sum / double(n) / double(n);
    CHECK(std::fabs(variance - mean) < 5 * std::sqrt((mean + 2 * mean * mean) / double(n)));
}

} // namespace lamina
