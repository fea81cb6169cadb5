#include <catch2/catch.hpp>

#include <cmath>
#include <set>
#include <string>

#include "models/catalogue.hpp"
#include "models/relaxation.hpp"

using namespace lamina;

TEST_CASE("a lag's coefficients are the integrals of its kernel, at every step size") {
    for (const double x : {1e-9, 1e-4, 0.01, 0.1, 0.4999, 0.5001, 2.0, 40.0}) {
        const Relaxation r = Relaxation::over(x, 1);
        INFO("dt / tau = " << x);
        // in long double the cancelling form is good to 1e-19 / x
        const long double E = std::exp(-(long double)x);
        CHECK(r.leak == Approx(double(-std::expm1(-(long double)x))).epsilon(1e-15));
        if (x >= 1e-4)
            CHECK(r.from_next == Approx(double(1 - (1 - E) / (long double)x)).epsilon(1e-11));
        else
            CHECK(r.from_next == Approx(x / 2).epsilon(1e-8));
        CHECK(r.from_now + r.from_next == Approx(r.leak).epsilon(1e-15));
        CHECK(r.noise_sd ==
              Approx(double(std::sqrt(-std::expm1(-2 * (long double)x) / 2))).epsilon(1e-14));
    }
}

TEST_CASE("psi averaged over a step is the integral of the logarithm") {
    // mean of log(e + A) for A linear from a to b: (x log x - x) between the ends over b - a
    const auto mean = [](double a, double b) {
        const long double x = 1e-6L + a, y = 1e-6L + b;
        return double((y * std::log(y) - y - x * std::log(x) + x) / (y - x) - std::log(1 + 1e-6L));
    };
    for (const auto& [a, b] : {std::pair{0.0, 0.3},
                               {0.3, 0.0},
                               {0.9, 1.2},
                               {1.0, 1.09},
                               {1.0, 1.11},
                               {1.0, 2.0},
                               {0.01, 20.0}}) {
        INFO(a << " to " << b);
        CHECK(std::fabs(CompressiveRecruitment::over(a, b, 0.5, 0.5) - mean(a, b)) <= 1e-9);
    }
    CHECK(CompressiveRecruitment::over(1.0, 1.0, 0.5, 0.5) == 0);
    CHECK(std::isfinite(CompressiveRecruitment::over(-0.1, -0.2, 0.5, 0.5)));
}

TEST_CASE("names of the catalogue differ and each says what it is and where it comes from") {
    for (const auto& list : {entries(Inhibitions{}), entries(ScoreMechanisms{})}) {
        std::set<std::string> names;
        for (const auto& entry : list) {
            CHECK(names.insert(entry.name).second);
            CHECK_FALSE(entry.summary.empty());
            CHECK_FALSE(entry.source.empty());
        }
    }
    CHECK_FALSE(with_model(Inhibitions{}, "pv", [](auto) {}));
}
