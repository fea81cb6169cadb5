#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/cpu/philox_rows.hpp"
#include "sim/spikes/draw_values.hpp"

namespace lamina {
namespace {

constexpr std::size_t n = 1 << 17;

std::vector<float> drawn(const ValueLaw& law, double unit = 1) {
    std::vector<std::uint32_t> words(n);
    cpu::random_words(5, 0, Stream::laboratory, 0, 0, 0, n, words.data());
    std::vector<float> values(n);
    draw_values(law, unit, words.data(), values.data(), n);
    return values;
}

/// Largest distance of the sample's distribution function from `below`.
template <class Below> double kolmogorov(std::vector<float> x, const Below& below) {
    std::sort(x.begin(), x.end());
    double most = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double F = below(double(x[i]));
        most = std::max({most, std::fabs(F - double(i) / n), std::fabs(F - double(i + 1) / n)});
    }
    return most;
}

// P(sqrt(n) D > 2.2) = 1.3e-4
const double limit = 2.2 / std::sqrt(double(n));

} // namespace

TEST_CASE("laws of weights and delays have their distributions") {
    const auto normal = [](double x, double mean, double sd) {
        return normal_share_below((x - mean) / sd);
    };
    CHECK(kolmogorov(drawn({LawKind::normal_clipped, 3, 2}),
                     [&](double x) { return normal(x, 3, 2); }) < limit);
    const double from = normal(0.1, 1.5, 0.75);
    CHECK(kolmogorov(drawn({LawKind::normal_redrawn, 1.5, 0.75, 0.1}),
                     [&](double x) { return (normal(x, 1.5, 0.75) - from) / (1 - from); }) < limit);
    CHECK(kolmogorov(drawn({LawKind::uniform, 0, 0, -1, 4}), [](double x) { return (x + 1) / 5; }) <
          limit);
    const ValueLaw lognormal{LawKind::lognormal, 2, 1};
    const double s = std::sqrt(std::log(1.25)), m = std::log(2.0) - s * s / 2;
    CHECK(kolmogorov(drawn(lognormal), [&](double x) { return normal(std::log(x), m, s); }) <
          limit);
}

TEST_CASE("a law in another unit, and a negative one, is the same law") {
    const auto pA = drawn({LawKind::normal_clipped, -351.2, 35.12});
    const auto quanta = drawn({LawKind::normal_clipped, -351.2, 35.12}, 1.0 / 32);
    for (std::size_t i = 0; i < 1000; ++i) CHECK(quanta[i] == Approx(32 * pA[i]).epsilon(1e-5));
    const auto up = drawn({LawKind::lognormal, 2, 1}), down = drawn({LawKind::lognormal, -2, 1});
    for (std::size_t i = 0; i < 1000; ++i) CHECK(down[i] == -up[i]);
}

TEST_CASE("no value lies outside the ends that a law promises") {
    const ValueLaw laws[] = {{LawKind::constant, 2.5},
                             {LawKind::normal_clipped, 1, 1, 0},
                             {LawKind::normal_redrawn, 1.5, 0.75, 0.1, 4},
                             {LawKind::lognormal, 1, 2},
                             {LawKind::lognormal, -1, 2},
                             {LawKind::uniform, 0, 0, 2, 3}};
    for (const ValueLaw& law : laws) {
        const auto values = drawn(law);
        const auto ends = std::minmax_element(values.begin(), values.end());
        CHECK(double(*ends.first) >= law.smallest() - 1e-6);
        CHECK(double(*ends.second) <= law.largest() + 1e-6);
    }
}

} // namespace lamina
