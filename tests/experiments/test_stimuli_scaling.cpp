#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "experiments/classical_mds.hpp"
#include "kernels/normal.hpp"

using namespace lamina;

namespace {

/// Squared distances between rows of [n][d], upper triangle.
std::vector<double> distances_of_points(const std::vector<double>& points, int n) {
    const int d = static_cast<int>(points.size()) / n;
    std::vector<double> squared;
    for (int i = 0; i < n; ++i)
        for (int j = i + 1; j < n; ++j) {
            double sum = 0;
            for (int m = 0; m < d; ++m)
                sum += std::pow(points[std::size_t(i * d + m)] - points[std::size_t(j * d + m)], 2);
            squared.push_back(sum);
        }
    return squared;
}

std::vector<double> cloud(int n, int d) {
    std::vector<double> points(std::size_t(n * d));
    normal_row(8, 0, Stream::laboratory, 0, points.data(), points.size());
    return points;
}

} // namespace

TEST_CASE(
    "classical scaling gives back points up to rotation, in as many dimensions as they have") {
    constexpr int n = 20;
    const std::vector<double> squared = distances_of_points(cloud(n, 3), n);
    const ScaledPoints scaled = classical_scaling(n, squared, 5);
    CHECK(scaled.n_used == 3);
    CHECK(scaled.kept_inertia == 1);
    const std::vector<double> again = distances_of_points(scaled.points, n);
    for (std::size_t pair = 0; pair < squared.size(); ++pair)
        CHECK(again[pair] == Approx(squared[pair]).margin(1e-12)); // eigenvectors of values near 20

    // dimensions: centred, in falling order of length, at right angles, largest entry positive
    double before = 1e300;
    for (std::size_t m = 0; m < 5; ++m) {
        double sum = 0, squares = 0, largest = 0, with_next = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double x = scaled.points[i * 5 + m];
            sum += x;
            squares += x * x;
            with_next += x * scaled.points[i * 5 + (m + 1) % 5];
            if (std::fabs(x) > std::fabs(largest)) largest = x;
        }
        CHECK(std::fabs(sum) < 1e-12);
        CHECK(std::fabs(with_next) < 1e-12);
        CHECK(squares <= before);
        CHECK((m < 3 ? largest > 0 : largest == 0));
        before = squares;
    }
}

TEST_CASE("fewer dimensions keep the directions of largest variance") {
    // a cross: four points at distance 3 along one axis, 1 along the other
    const std::vector<double> points = {3, 0, -3, 0, 0, 1, 0, -1};
    const ScaledPoints scaled = classical_scaling(4, distances_of_points(points, 4), 1);
    CHECK(scaled.n_used == 1);
    CHECK(scaled.kept_inertia == Approx(0.9).epsilon(1e-12)); // 18 of 18 + 2
    CHECK(std::fabs(scaled.points[0]) == Approx(3).epsilon(1e-12));
    CHECK(std::fabs(scaled.points[2]) < 1e-12);
}

TEST_CASE("distances that no points can have use their positive part") {
    // 1 is near 0 and 2, which are far from each other: the triangle does not close
    const ScaledPoints scaled = classical_scaling(3, {1, 100, 1}, 3);
    CHECK(scaled.n_used == 1);
    for (const double x : scaled.points) CHECK(std::isfinite(x));
    CHECK(classical_scaling(3, {0, 0, 0}, 3).n_used == 0);
    CHECK(classical_scaling(3, {-1, -1, -1}, 3).n_used == 0);
}
