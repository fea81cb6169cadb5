#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/poisson_counts.hpp"

namespace lamina {
namespace {

double poisson(double mean, int k) {
    return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
}

/// [neuron] external spikes, with three quanta each, as a part adds them.
std::vector<std::int32_t> counts(const PoissonTable& law, std::size_t n) {
    std::vector<std::uint16_t> cells(n);
    cpu::random_halves(1, 0, Stream::drive, 0, 0, 0, n, cells.data());
    std::vector<std::int32_t> sums(n, 0);
    AddPoisson<most_poisson_entries> body{cells.data(), sums.data(), 3, {}};
    std::fill(std::begin(body.before), std::end(body.before), 0xffff);
    std::copy(law.before.begin(), law.before.end(), body.before);
    cpu::run_items(0, n, body);
    for (std::size_t i = 0; i < n; ++i) {
        REQUIRE(sums[i] % 3 == 0);
        sums[i] /= 3;
        if (cells[i] < law.first_open) continue;
        REQUIRE(sums[i] == law.n_counts);
        sums[i] = open_count(law, philox(1, 0, Stream::drive_open, std::uint32_t(i), 0).word[0]);
    }
    return sums;
}

} // namespace

TEST_CASE("the Poisson table gives the law's probabilities to a rounding of words of open cells") {
    for (const double mean :
         {1e-300, 1e-17, 1e-9, 1e-3, 0.1, 0.23, 1.28, 2.32, most_poisson_mean}) {
        INFO("mean " << mean);
        const PoissonTable law = poisson_table(mean);
        REQUIRE(law.before.size() <= most_poisson_entries);
        CHECK(law.before.size() % 2 == 0);
        const double n_open = 65536.0 - law.first_open;
        CHECK(n_open <= 16);
        double at_least = 0, largest = 0;
        for (int k = 200; k >= 1; --k) {
            at_least += poisson(mean, k);
            const double whole = k <= law.n_counts ? law.first_open - 1 - law.before[k - 1] : 0;
            const double open =
                k <= int(law.open_at_least.size()) ? law.open_at_least[k - 1] * 0x1p-32 : 0;
            largest = std::max(largest, std::fabs((whole + n_open * open) / 65536 - at_least));
        }
        CHECK(largest <= 0.51 * 0x1p-32 * n_open / 65536);
    }
}

TEST_CASE("external spikes follow a Poisson law, those of open cells too") {
    constexpr std::size_t n = 1 << 22;
    for (const double mean : {0.13, 0.23, 1.28, 2.32, most_poisson_mean}) {
        INFO("mean " << mean);
        const PoissonTable law = poisson_table(mean);
        std::vector<double> seen(64, 0);
        for (const std::int32_t k : counts(law, n)) ++seen[std::size_t(k)];
        // chi-squared over counts that are expected ten times at least, the rest together. It has a
        // mean of its degrees of freedom f and a variance of 2 f; six standard deviations and 10
        // for the skewness of small f are a false alarm in less than 1e6 runs. With n = 2^22 a
        // count's probability that is off by 2 % where it is 0.01 shows.
        double chi_squared = 0, rest = double(n), rest_seen = double(n);
        int f = 0;
        for (int k = 0; k < 64; ++k) {
            const double expected = double(n) * poisson(mean, k);
            if (expected < 10) continue;
            chi_squared += (seen[k] - expected) * (seen[k] - expected) / expected;
            rest -= expected, rest_seen -= seen[k], ++f;
        }
        if (rest >= 10) chi_squared += (rest_seen - rest) * (rest_seen - rest) / rest;
        CHECK(chi_squared < f + 6 * std::sqrt(2.0 * f) + 10);
    }
}

TEST_CASE("what an open cell stands for follows what the law has left") {
    constexpr std::uint32_t n = 1 << 20;
    for (const double mean : {0.13, 2.32, most_poisson_mean}) {
        INFO("mean " << mean);
        const PoissonTable law = poisson_table(mean);
        std::vector<double> seen(64, 0);
        for (std::uint32_t i = 0; i < n; ++i)
            ++seen[std::size_t(open_count(law, philox(2, 0, Stream::drive_open, i, 0).word[0]))];
        double chi_squared = 0;
        int f = -1;
        for (int k = 0; k < 64; ++k) {
            const double share = 65536 * poisson(mean, k);
            const double expected = n * (share - std::floor(share)) / (65536.0 - law.first_open);
            if (expected < 10) continue;
            chi_squared += (seen[k] - expected) * (seen[k] - expected) / expected;
            ++f;
        }
        // as above; counts that are expected less than ten times are left out
        CHECK(f >= 3);
        CHECK(chi_squared < f + 6 * std::sqrt(2.0 * f) + 10);
    }
}

TEST_CASE("rows with an open cell are found") {
    std::vector<std::uint16_t> cells(4 * FindOpen::n_neurons, 99);
    cells[FindOpen::n_neurons] = 100;
    cells[4 * FindOpen::n_neurons - 1] = 0xffff;
    std::vector<std::uint8_t> found(4, 9);
    cpu::run_rows(0, 4, FindOpen{cells.data(), 100, found.data()});
    CHECK(found == std::vector<std::uint8_t>{0, 1, 0, 1});
}

} // namespace lamina
