#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

#include "kernels/lanes.hpp"
#include "models/scores/additive_exponential.hpp"
#include "sim/dendrite_count.hpp"

using namespace lamina;

namespace {

using Constants = AdditiveExponential::Constants<double>;

/// Estimates of exp(q . k / sqrt d) by `repeats` independent sets of units.
std::vector<double> estimates(const std::vector<double>& q, const std::vector<double>& k, int units,
                              int repeats, bool orthogonal, std::uint64_t seed) {
    const int at_once = std::max(1, 4096 / units);
    std::vector<double> out, f_q(units), f_k(units), omega;
    for (int first = 0; first < repeats; first += at_once) {
        const ScoreParameters par{at_once, int(q.size()), units, orthogonal};
        const Constants c = AdditiveExponential::prepare<double>(par, seed + first, omega);
        for (int head = 0; head < at_once && int(out.size()) < repeats; ++head) {
            const double q_log = AdditiveExponential::encode(q.data(), 1.0, f_q.data(), c, head,
                                                             Role::query, OneLane{});
            const double k_log = AdditiveExponential::encode(k.data(), 1.0, f_k.data(), c, head,
                                                             Role::key, OneLane{});
            double dot = 0;
            for (int m = 0; m < units; ++m) dot += f_q[m] * f_k[m];
            out.push_back(std::exp(AdditiveExponential::meet(dot, q_log, k_log, c)));
        }
    }
    return out;
}

} // namespace

TEST_CASE("M exponential units estimate exp(q.k) with the variance of their law", "[physics]") {
    // two dimensions: the law knows only |q + k|, and fewer draws are needed
    const double root = std::sqrt(std::sqrt(2.0)); // undoes the scaling by d^(-1/4)
    for (const double square : {0.25, 0.5, 1.0})
        for (const int units : {64, 1024, 16384}) {
            // |q + k|^2 = square after scaling, q . k = square / 8
            const double length = std::sqrt(square);
            const std::vector<double> q = {root * length / 2, root * length * std::sqrt(0.125)};
            const std::vector<double> k = {root * length / 2, -root * length * std::sqrt(0.125)};
            const double truth = std::exp(square / 4 - square / 8);
            const auto D = estimates(q, k, units, 4000, false, 77);
            double mean = 0, var = 0;
            for (const double d : D) mean += d / D.size();
            for (const double d : D) var += (d / truth - 1) * (d / truth - 1) / D.size();
            const double law = (std::exp(square) - 1) / units;
            std::printf("|q+k|^2 %.2f, M %5d: relative variance x M %.3f, law %.3f\n", square,
                        units, var * units, law * units);
            // 4000 repeats give the variance to 2-3 %; the mean to its standard error
            CHECK(var == Approx(law).epsilon(0.2));
            CHECK(std::fabs(mean / truth - 1) <= 4 * std::sqrt(law / D.size()));
        }
}

TEST_CASE("orthogonal units are orthogonal, and estimate no worse") {
    const int d = 8;
    std::vector<double> omega;
    AdditiveExponential::prepare<double>({1, d, 20, true}, 5, omega);
    for (int i = 0; i < 20; ++i)
        for (int j = 0; j < i; ++j) {
            if (i / d != j / d) continue;
            double dot = 0;
            for (int u = 0; u < d; ++u) dot += omega[u * 20 + i] * omega[u * 20 + j];
            CHECK(std::fabs(dot) <= 1e-12);
        }
    std::vector<double> q(d, 0.6), k(d, 0.5);
    const auto spread = [&](bool orthogonal) {
        double mean = 0, var = 0;
        const auto D = estimates(q, k, 64, 4000, orthogonal, 9);
        for (const double x : D) mean += x / D.size();
        for (const double x : D) var += (x - mean) * (x - mean) / D.size();
        return var / (mean * mean);
    };
    const double plain = spread(false), orthogonal = spread(true);
    std::printf("relative variance of 64 units: Gaussian %.4f, orthogonal %.4f\n", plain,
                orthogonal);
    CHECK(orthogonal < 1.05 * plain);
}

TEST_CASE("softmax by additive units needs very many of them", "[physics]") {
    for (const double sd : {1.0, 3.0}) {
        DendriteTask task;
        task.score_sd = sd;
        double before = 2;
        for (const int units : {64, 1024, 16384}) {
            const double error = weights_error(task, units);
            std::printf("score SD %.0f: M = %5d, error of the weights %.3f\n", sd, units, error);
            CHECK(error < before);
            before = error;
        }
        std::printf("score SD %.0f: units for an error of 0.1: %.3g, of 0.01: %.3g\n", sd,
                    units_needed(task, 0.1), units_needed(task, 0.01));
    }
    // where the law holds it is exact to first order: small scores, many units
    DendriteTask easy;
    easy.score_sd = 0.05, easy.n_draws = 40;
    const double error = weights_error(easy, 4096);
    CHECK(units_needed(easy, error) == Approx(4096).epsilon(0.15));
}
