#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "models/score_of.hpp"
#include "models/scores/linear.hpp"

using namespace lamina;
using namespace lamina::test;

TEST_CASE("Linear: the drive is phi(q).phi(k), phi = elu + 1") {
    const std::vector<double> q = {0.3, -2.1, 0, 1.4}, k = {-1.2, -0.4, 2.2, 3.1};
    const double expected =
        1.3 * std::exp(-1.2) + std::exp(-2.1) * std::exp(-0.4) + 1 * 3.2 + 2.4 * 4.1;
    CHECK(std::exp(score_of<Linear>(q, k)) == Approx(expected).epsilon(1e-14));
    // the gain acts on the query, whose features have no factor: without any all keys count alike
    std::vector<double> twice = q;
    for (double& x : twice) x *= 2;
    CHECK(score_of<Linear>(q, k, {}, 2.0) == score_of<Linear>(twice, k));
    CHECK(std::exp(score_of<Linear>(q, k, {}, 0.0)) ==
          Approx(std::exp(-1.2) + std::exp(-0.4) + 3.2 + 4.1).epsilon(1e-14));
    // a drive, however small
    CHECK(score_of<Linear>({-40}, {-40}) == Approx(-80).epsilon(1e-14));
    CHECK(score_of<Linear>({-800}, {-800}) == Approx(std::log(1e-37)));
    CHECK(score_of<Linear, float>({-800.f}, {-800.f}) == Approx(std::log(1e-37)));
}
