/// Spectra: the transform against its definition, the density against the variance, the peak
/// against a resonance that is known.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "analysis/spectrum.hpp"
#include "models/angle.hpp"

using namespace lamina::analysis;
using lamina::pi;

namespace {

/// Numbers without structure: a linear congruential generator, in (-1, 1).
std::vector<double> noise(std::size_t n) {
    std::vector<double> x;
    std::uint64_t state = 12345;
    for (std::size_t i = 0; i < n; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x.push_back(static_cast<double>(state >> 11) * 0x1p-52 - 1);
    }
    return x;
}

} // namespace

TEST_CASE("the fast transform is the sum that defines it") {
    for (const std::size_t n : {1, 2, 4, 64}) {
        const std::vector<double> re = noise(n), im = noise(n + 7);
        std::vector<std::complex<double>> x;
        for (std::size_t i = 0; i < n; ++i) x.emplace_back(re[i], im[i + 7]);
        std::vector<std::complex<double>> fast = x;
        fft(fast);
        for (std::size_t k = 0; k < n; ++k) {
            std::complex<double> sum = 0;
            for (std::size_t i = 0; i < n; ++i)
                sum += x[i] * std::polar(1.0, -2 * pi * double(i * k) / double(n));
            // 64 terms of size 1, each rounded, and angles up to 2 pi 64: 64 * 400 * 1e-16
            CHECK(std::abs(sum - fast[k]) < 3e-12);
        }
    }
    std::vector<std::complex<double>> three(3);
    CHECK_THROWS_AS(fft(three), std::invalid_argument);
}

TEST_CASE("the density of white noise is flat and adds up to its variance") {
    const std::vector<double> x = noise(1 << 15); // variance 1/3
    const Spectrum s = welch(x, 2, 256);
    CHECK(s.frequency_Hz.back() == Approx(250));
    double sum = 0, low = 0;
    for (std::size_t k = 0; k < s.density.size(); ++k) {
        sum += s.density[k] * s.frequency_Hz[1];
        if (k > 0 && k < 65) low += s.density[k] / 64;
    }
    // 255 half-overlapping windows, some 240 independent ones of 127 bins: 0.6 %; 4 SD
    CHECK(sum == Approx(1.0 / 3).epsilon(0.025));
    CHECK(low == Approx(1.0 / 3 / 250).epsilon(0.04)); // half the bins
    CHECK_THROWS_AS(welch(x, 2, 300), std::invalid_argument);
    CHECK_THROWS_AS(welch(x, 2, 1 << 16), std::invalid_argument);
}

TEST_CASE("a sinusoid stands in its own bin") {
    std::vector<double> x;
    for (int i = 0; i < 4096; ++i) x.push_back(3 + std::sin(2 * pi * 40 * i * 1e-3));
    const Spectrum s = welch(x, 1, 1024);
    const auto top = std::max_element(s.density.begin(), s.density.end()) - s.density.begin();
    CHECK(s.frequency_Hz[std::size_t(top)] == Approx(40).margin(0.5)); // bins are 0.98 Hz wide
    CHECK(s.density[0] < 1e-6 * s.density[std::size_t(top)]);          // the mean is taken out
}

TEST_CASE("the peak of a resonance is found, and none where there is none") {
    // log density quadratic in log frequency: its maximum is 41 Hz by construction
    Spectrum s;
    for (int k = 0; k < 300; ++k) {
        s.frequency_Hz.push_back(k);
        s.density.push_back(k ? std::exp(-3 * std::pow(std::log(k / 41.0), 2)) : 0);
    }
    // the grid of the last search is 1e-3 of a factor 1.6: 0.05 %
    CHECK(peak_Hz(s, 15, 120) == Approx(41).epsilon(1e-3));
    CHECK(std::isnan(peak_Hz(s, 60, 120)));

    // scatter of 10 % per bin moves it by less than 3 %
    const std::vector<double> scatter = noise(300);
    for (std::size_t k = 0; k < 300; ++k) s.density[k] *= std::exp(0.17 * scatter[k]);
    CHECK(peak_Hz(s, 15, 120) == Approx(41).epsilon(0.03));
}
