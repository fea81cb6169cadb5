#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

#include "models/score_of.hpp"
#include "models/scores/apical.hpp"
#include "support/burst_table.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

struct Point {
    double current_pA, rate;
};

struct Residual {
    double rms, largest;
};
Residual residual(const Apical::Sigmoid& of, const std::vector<Point>& points) {
    double square = 0, largest = 0;
    for (const Point& p : points) {
        const double off = std::fabs(of(p.current_pA) - p.rate);
        square += off * off;
        largest = std::fmax(largest, off);
    }
    return {std::sqrt(square / double(points.size())), largest};
}

/// Rates of the rows in which the other current is what it is at rest.
template <std::size_t n> std::vector<Point> event_rates(const BurstRow (&table)[n]) {
    std::vector<Point> points;
    for (const BurstRow& row : table)
        if (row.I_d_pA == Apical::dendrite_rest_pA) points.push_back({row.I_s_pA, row.event_Hz});
    return points;
}
template <std::size_t n>
std::vector<Point> burst_probabilities(const BurstRow (&table)[n], double I_s_pA) {
    std::vector<Point> points;
    for (const BurstRow& row : table)
        if (row.I_s_pA == I_s_pA) points.push_back({row.I_d_pA, row.probability});
    return points;
}

/// Sum over the four populations of a dimension, from the sigmoids as they stand; their slopes at
/// rest by a difference.
double four_populations(double k, double q, double soma_pA, double dendrite_pA) {
    const auto E = [&](double x) {
        return Apical::event_rate_Hz(Apical::soma_rest_pA + soma_pA * std::fmax(x, 0));
    };
    const auto P = [&](double x) {
        return Apical::burst_probability(Apical::dendrite_rest_pA + dendrite_pA * std::fmax(x, 0));
    };
    const auto slope = [](const Apical::Sigmoid& of, double at_pA) {
        return (of(at_pA + 0.01) - of(at_pA - 0.01)) / 0.02;
    };
    double bursts_Hz = 0;
    for (const int of_key : {1, -1})
        for (const int of_query : {1, -1})
            bursts_Hz += of_key * of_query * E(of_key * k) * P(of_query * q);
    return bursts_Hz / (slope(Apical::event_rate_Hz, Apical::soma_rest_pA) * soma_pA *
                        slope(Apical::burst_probability, Apical::dendrite_rest_pA) * dendrite_pA);
}

} // namespace

TEST_CASE("Apical: event rate and burst probability are least squares through those of the cell",
          "[physics]") {
    const auto check = [](const char* what, const Apical::Sigmoid& fit,
                          const std::vector<Point>& points, double rms, double largest) {
        const Residual found = residual(fit, points);
        std::printf("%s: %zu points, residual %.4f rms, %.4f at most\n", what, points.size(),
                    found.rms, found.largest);
        REQUIRE(points.size() == 6);
        CHECK(found.rms == Approx(rms).epsilon(0.01));
        CHECK(found.largest == Approx(largest).epsilon(0.01));
        // rounded to a tenth of a pA, the parameters are within 1 % of the best ones
        for (const double factor : {0.99, 1.01}) {
            Apical::Sigmoid other = fit;
            other.half_pA *= factor;
            CHECK(residual(other, points).rms > found.rms);
            other = fit, other.width_pA *= factor;
            CHECK(residual(other, points).rms > found.rms);
            other = fit, other.top *= factor;
            if (fit.top != 1) CHECK(residual(other, points).rms > found.rms);
        }
    };
    check("E, I_d = 50 pA", Apical::event_rate_Hz, event_rates(fine_table), 0.189, 0.3095);
    check("P, I_s = 0", Apical::burst_probability, burst_probabilities(fine_table, 0), 0.00957,
          0.0201);

    // another computation of the cell, coarser and with fewer events
    const Residual E = residual(Apical::event_rate_Hz, event_rates(coarse_table)),
                   P = residual(Apical::burst_probability, burst_probabilities(coarse_table, 0));
    std::printf("the coarse table: E %.3f Hz rms, P %.4f rms\n", E.rms, P.rms);
    CHECK(E.rms < 0.25);
    CHECK(P.rms < 0.02);

    // the cell itself is not quite separable: what the fit leaves out
    CHECK(residual(Apical::burst_probability, burst_probabilities(fine_table, 200)).largest ==
          Approx(0.0696).epsilon(0.01));
    double most_Hz = 0;
    for (const BurstRow& row : fine_table)
        most_Hz = std::fmax(most_Hz, Apical::event_rate_Hz(row.I_s_pA) - row.event_Hz);
    CHECK(most_Hz == Approx(3.46).epsilon(0.01));
}

TEST_CASE("Apical: a dimension is the bursts of four populations with their signs") {
    for (const double soma_pA : {30.0, 100.0})
        for (const double dendrite_pA : {100.0, 170.0}) {
            ScoreParameters par;
            par.soma_pA = soma_pA, par.dendrite_pA = dendrite_pA;
            const std::vector<double> q = {0.3, -2.1, 0, 1.4}, k = {-1.2, -0.4, 2.2, 3.1};
            double sum = 0;
            for (std::size_t d = 0; d < q.size(); ++d)
                sum += four_populations(k[d], q[d], soma_pA, dendrite_pA);
            // the slopes by differences of 0.01 pA are good to 1e-9
            CHECK(score_of<Apical>(q, k, par, 0.7) == Approx(0.7 * sum / 2).epsilon(1e-8));
        }
}

TEST_CASE("Apical: the score of small vectors is q.k / sqrt(d_head), as with small currents") {
    const std::vector<double> q = {0.3, -2.1, 0.6, 1.4}, k = {-1.2, -0.4, 2.2, 3.1};
    const double product = dot(q, k) / 2;
    const auto scaled = [](std::vector<double> x, double factor) {
        for (double& value : x) value *= factor;
        return x;
    };
    for (const double size : {1e-3, 1e-6, 1e-9}) {
        // relative error of first order in u = J size / width, which is below 7 size
        const double small = score_of<Apical>(scaled(q, size), scaled(k, size));
        CHECK(small / (product * size * size) == Approx(1).epsilon(7 * size + 1e-12));
        ScoreParameters par;
        par.soma_pA = par.dendrite_pA = 100 * size;
        CHECK(score_of<Apical>(q, k, par) == Approx(product).epsilon(14 * size + 1e-12));
    }
    // -q and -k: each population takes the place of the other of its pair
    CHECK(score_of<Apical>(scaled(q, -1), k) == -score_of<Apical>(q, k));
    CHECK(score_of<Apical>(scaled(q, -1), scaled(k, -1)) == score_of<Apical>(q, k));
}

TEST_CASE("Apical: scores saturate") {
    // 1 / (steepness y): the sigmoids' whole way up from rest
    const auto reach = [](const Apical::Sigmoid& of, double rest_pA) {
        return of.width_pA / 100 / (of(rest_pA) / of.top);
    };
    const double key = reach(Apical::event_rate_Hz, Apical::soma_rest_pA),
                 query = reach(Apical::burst_probability, Apical::dendrite_rest_pA);
    CHECK(key == Approx(4.80).epsilon(1e-3));
    CHECK(query == Approx(3.94).epsilon(1e-3));
    const auto score = [](double q, double k) {
        return score_of<Apical>(std::vector<double>{q}, {k});
    };
    CHECK(score(1e6, -1e6) == Approx(-key * query).epsilon(1e-12));
    CHECK(score(2, 1e300) == Approx(key * score(2, 1e-6) / 1e-6).epsilon(1e-6));
    CHECK(score_of<Apical, float>({1e30f}, {1e30f}) == Approx(key * query).epsilon(1e-6));
    // supralinear first; behind the bend each further unit adds less
    CHECK(score(1.4, 1e-6) / 1.4e-6 == Approx(1.80).epsilon(2e-3));
    CHECK(score(1e-6, 1.8) / 1.8e-6 == Approx(1.15).epsilon(2e-3));
    double before = 0, grown = 1e9;
    for (double x = 2; x <= 12; x += 1) {
        const double now = score(x, x);
        CHECK(now > before);
        if (x >= 4) {
            CHECK(now - before < grown);
            grown = now - before;
        }
        before = now;
    }
}

TEST_CASE("Apical: key and query meet as a product of one function of each: rank 1") {
    const std::vector<double> x = {-3, -0.7, 0.2, 1.1, 2.5, 8};
    const auto score = [](double q, double k) {
        return score_of<Apical>(std::vector<double>{q}, {k});
    };
    for (std::size_t i = 1; i < x.size(); ++i)
        for (std::size_t j = 1; j < x.size(); ++j) {
            const double across = score(x[0], x[j]) * score(x[i], x[0]);
            CHECK(score(x[0], x[0]) * score(x[i], x[j]) == Approx(across).epsilon(1e-13));
        }
}
