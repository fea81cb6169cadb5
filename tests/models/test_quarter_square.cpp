#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/score_of.hpp"
#include "models/scores/multiplicative.hpp"
#include "models/scores/quarter_square.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

const std::vector<double> q = {0.3, -2.1, 0.6, 1.4}, k = {-1.2, -0.4, 2.2, 3.1};

double with_threshold(double threshold, const std::vector<double>& query,
                      const std::vector<double>& key) {
    ScoreParameters par;
    par.threshold = threshold;
    return score_of<QuarterSquare>(query, key, par);
}

} // namespace

TEST_CASE("QuarterSquare: without a threshold it is the product, to rounding") {
    for (const double gain : {1.0, -0.4}) {
        const double product = score_of<Multiplicative>(q, k, {}, gain);
        // eight squares of sums below 5 that cancel: 8 * 25 / 8 * 2^-53
        CHECK(std::fabs(score_of<QuarterSquare>(q, k, {}, gain) - product) <= 3e-15);
    }
}

TEST_CASE("QuarterSquare: a threshold takes min(|q|, |k|) for each of its units from a product") {
    for (const double threshold : {0.1, 0.5, 0.9}) { // all |q + k| and |q - k| are above
        double sum = 0;
        for (std::size_t d = 0; d < q.size(); ++d)
            sum += q[d] * k[d] - threshold * std::copysign(1.0, q[d] * k[d]) *
                                     std::min(std::fabs(q[d]), std::fabs(k[d]));
        CHECK(with_threshold(threshold, q, k) == Approx(sum / 2).epsilon(1e-14));
    }
}

TEST_CASE("QuarterSquare: numbers below the threshold do not meet") {
    CHECK(with_threshold(1, {0.3}, {0.6}) == 0);
    CHECK(with_threshold(1, {0.3}, {-0.6}) == 0);
    // one population of the two alone: (0.9 - 0.5)^2 / 4
    CHECK(with_threshold(0.5, {0.3}, {0.6}) == Approx(0.04).epsilon(1e-14));
    CHECK(with_threshold(0.5, {-0.3}, {0.6}) == Approx(-0.04).epsilon(1e-14));
    CHECK(with_threshold(1e9, q, k) == 0);
    CHECK(std::isnan(with_threshold(0.5, {std::numeric_limits<double>::quiet_NaN()}, {1})));
}
