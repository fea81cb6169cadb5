/// The law of delayed estimation against direct integration, and against store_angle itself.
#include <catch2/catch.hpp>

#include <boost/math/distributions/chi_squared.hpp>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "kernels/normal.hpp"
#include "models/angle.hpp"
#include "models/capacity/account_catalogue.hpp"
#include "models/draws.hpp"
#include "models/memory/encoding.hpp"
#include "models/memory/item_memory.hpp"
#include "models/memory/persistent.hpp"
#include "models/recall/recall_error.hpp"
#include "models/recall/von_mises.hpp"

namespace lamina {
namespace {

/// E cos(k phi) of two counts: their sum points half-way between them, and its length is that of
/// their difference. Midpoint rule over the difference.
double moment_of_two(int k, double kappa) {
    const int nodes = 20000;
    double sum = 0;
    for (int i = 0; i < nodes; ++i)
        sum += std::cyl_bessel_i(k, 2 * kappa * std::cos(pi * (i + 0.5) / (2 * nodes)));
    return sum / nodes / std::pow(std::cyl_bessel_i(0, kappa), 2);
}

/// The same of three counts, by the midpoint rule over all three angles.
double moment_of_three(int k, double kappa) {
    const int nodes = 96;
    std::vector<double> angle, weight;
    double total = 0;
    for (int i = 0; i < nodes; ++i) {
        angle.push_back(2 * pi * (i + 0.5) / nodes);
        weight.push_back(std::exp(kappa * (std::cos(angle.back()) - 1)));
        total += weight.back();
    }
    double sum = 0;
    for (int a = 0; a < nodes; ++a)
        for (int b = 0; b < nodes; ++b)
            for (int c = 0; c < nodes; ++c) {
                const double x = std::cos(angle[a]) + std::cos(angle[b]) + std::cos(angle[c]);
                const double y = std::sin(angle[a]) + std::sin(angle[b]) + std::sin(angle[c]);
                sum += weight[a] * weight[b] * weight[c] * std::cos(k * std::atan2(y, x));
            }
    return sum / std::pow(total, 3);
}

/// Errors of reporting one of `load` items, simulated count by count like the tasks do.
std::vector<double> simulated_errors(const RecallParameters& p, int load, int n,
                                     std::uint64_t seed) {
    std::vector<double> preferred_rad;
    for (int u = 0; u < 64; ++u) preferred_rad.push_back(2 * pi * u / 64);
    const double gate =
        encoding_gates(std::vector<double>(std::size_t(load), 1.0), 500, 0.1, {})[0];
    const MaintenanceParameters drift{p.diffusion_deg2_per_s, 0};
    std::vector<double> errors;
    for (int i = 0; i < n; ++i) {
        const auto trial = std::uint32_t(i);
        Draws draws(seed, trial, Stream::task, 0);
        const double shown = 2 * pi * draws.uniform();
        std::vector<double> code;
        for (const double phi : preferred_rad)
            code.push_back(std::exp(4 * (std::cos(shown - phi) - 1)));
        const MemorySlot who{seed, trial, 0};
        const StoredAngle stored = store_angle(code, preferred_rad, p.capacity.counts * gate, who);
        std::vector<double> held = {2 * pi * draws.uniform()};
        if (stored.counts > 0)
            persistent::angles(stored.angle_rad, drift, {1000 * p.delay_s}, who, held);
        const double motor =
            p.motor_noise_deg * pi / 180 * normal(seed, trial, Stream::motor, 0, 0);
        errors.push_back(std::remainder(held[0] + motor - shown, 2 * pi));
    }
    return errors;
}

/// Pearson's chi square of counts against expected counts, and the limit that a true law passes
/// with probability 1 - false_alarm_rate; bins below five expected are joined with the next.
struct ChiSquare {
    double value = 0, limit = 0;
    int df = -1;
};
ChiSquare chi_square(const std::vector<double>& counts, const std::vector<double>& expected,
                     double false_alarm_rate) {
    ChiSquare test;
    double n = 0, e = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        n += counts[i], e += expected[i];
        if (e < 5 && i + 1 < counts.size()) continue;
        test.value += (n - e) * (n - e) / e;
        ++test.df;
        n = e = 0;
    }
    test.limit = boost::math::quantile(
        boost::math::complement(boost::math::chi_squared(test.df), false_alarm_rate));
    return test;
}

} // namespace

TEST_CASE("scaled Bessel functions agree with the standard library's") {
    for (const double x : {1e-8, 0.3, 2.0, 17.0, 300.0}) {
        const std::vector<double> scaled = scaled_bessel_i(x, 30);
        for (int k = 0; k < 30; ++k) {
            INFO("x " << x << ", k " << k);
            const double expected = std::exp(-x) * std::cyl_bessel_i(double(k), x);
            // the library's own series lose some digits at large x
            CHECK(scaled[std::size_t(k)] == Approx(expected).epsilon(1e-11).margin(1e-300));
        }
    }
}

TEST_CASE("directions of one, two and three counts are those of direct integration") {
    for (const double kappa : {1.0, 4.0, 12.0}) {
        const CountDirections directions(kappa, 3, 24);
        const std::vector<double> one = von_mises_moments(kappa, 24);
        for (const int k : {0, 1, 2, 5, 11}) {
            INFO("kappa " << kappa << ", k " << k);
            CHECK(std::abs(directions.moment(1, k) - one[std::size_t(k)]) < 1e-12);
            // interpolation of order six at a spacing of 0.2 / kappa
            CHECK(std::abs(directions.moment(2, k) - moment_of_two(k, kappa)) < 1e-6);
            // the direction jumps where the sum vanishes, so the rule errs by a node's share
            if (kappa < 12)
                CHECK(std::abs(directions.moment(3, k) - moment_of_three(k, kappa)) < 1e-4);
        }
    }
}

TEST_CASE("the direction of many counts has the variance of a mean of vectors") {
    // for n -> infinity: var phi = E sin^2 theta / (n A^2), E sin^2 = A / kappa, A = I_1 / I_0;
    // corrections are of relative order 1 / n
    const CountDirections directions(4, 400, 8);
    const double A = von_mises_moments(4, 2)[1];
    for (const int n : {100, 200, 400}) {
        INFO("n " << n);
        const double variance = 1 / (n * 4 * A);
        CHECK(directions.moment(n, 0) == Approx(1).margin(1e-9));
        CHECK(-2 * std::log(directions.moment(n, 1)) == Approx(variance).epsilon(2.0 / n));
    }
}

TEST_CASE("recall: errors simulated count by count have the distribution of the law") {
    const CountDirections directions(4, 80);
    const ErrorBins bins(30, directions.n_moments());
    RecallParameters p;
    p.capacity.counts = 18;
    const int n = 40000;
    for (const int load : {1, 3, 8}) {
        const std::vector<double> share =
            bins.probabilities(recall_moments(*find_account("divisive"), p, load, directions));
        std::vector<double> counts(30, 0), expected;
        for (const double e : simulated_errors(p, load, n, 11))
            ++counts[std::min<std::size_t>(29, std::size_t((e + pi) / (2 * pi) * 30))];
        for (const double s : share) expected.push_back(n * s);
        // three tests at 0.001 each: a false alarm in 0.3 % of seeds
        const ChiSquare test = chi_square(counts, expected, 0.001);
        std::printf(
            "load %d: chi square %.1f with %d df, limit %.1f; law: SD %.2f deg\n", load, test.value,
            test.df, test.limit,
            circular_sd_deg(recall_moments(*find_account("divisive"), p, load, directions)));
        CHECK(test.value < test.limit);
    }
}

TEST_CASE("recall: a law with a tenth fewer counts is refuted by the same test") {
    const CountDirections directions(4, 80);
    const ErrorBins bins(30, directions.n_moments());
    RecallParameters p, other;
    other.capacity.counts = 0.9 * p.capacity.counts;
    std::vector<double> counts(30, 0), expected;
    for (const double e : simulated_errors(p, 8, 40000, 11))
        ++counts[std::min<std::size_t>(29, std::size_t((e + pi) / (2 * pi) * 30))];
    for (const double s :
         bins.probabilities(recall_moments(*find_account("divisive"), other, 8, directions)))
        expected.push_back(40000 * s);
    const ChiSquare test = chi_square(counts, expected, 0.001);
    CHECK(test.value > test.limit);
}

TEST_CASE("bins are the integral of the density, and sum to one") {
    const CountDirections directions(4, 60);
    const ErrorBins bins(30, directions.n_moments());
    for (const Account& account : accounts) {
        INFO(account.name);
        const std::vector<double> moments = recall_moments(account, {}, 4, directions);
        const std::vector<double> p = bins.probabilities(moments);
        double total = 0;
        for (int bin = 0; bin < 30; ++bin) {
            total += p[std::size_t(bin)];
            double integral = 0;
            for (int i = 0; i < 200; ++i)
                integral += error_density(moments, -pi + 2 * pi * (bin + (i + 0.5) / 200) / 30) *
                            2 * pi / 6000;
            // midpoint rule with steps of 0.06 degrees
            CHECK(std::abs(p[std::size_t(bin)] - integral) < 1e-6);
        }
        CHECK(total == Approx(1).epsilon(1e-12));
    }
}

TEST_CASE("accounts: what each says of one item") {
    const CountDirections directions(4, 60);
    const CapacityParameters p;
    std::vector<double> moments;
    // Poisson counts leave nothing with probability exp(-Lambda)
    divisive::hold(p, 4, directions, moments);
    CHECK(1 - moments[0] == Approx(std::exp(-18.0 / (2 + 8))).epsilon(1e-6));
    // alone, an item gets the same counts under both competitions
    CHECK(null_key::expected(p, 1) == Approx(divisive::expected(p, 1)));
    // 3 slots: an item among 8 has one in 3 of 8 trials, an item among 2 one or two
    slots::hold(p, 8, directions, moments);
    CHECK(moments[0] == Approx(3.0 / 8));
    slots::hold(p, 2, directions, moments);
    CHECK(moments[0] == Approx(1));
    const double rad = 25 * pi / 180;
    CHECK(moments[1] == Approx(0.5 * std::exp(-rad * rad / 2) + 0.5 * std::exp(-rad * rad / 4)));
}

} // namespace lamina
