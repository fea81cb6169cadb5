/// The memory: encoding under load, counts, maintenance, and the recall curve they give together.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

#include "kernels/normal.hpp"
#include "models/angle.hpp"
#include "models/memory/encoding.hpp"
#include "models/memory/item_memory.hpp"
#include "models/memory/maintenance_catalogue.hpp"
#include "models/memory/poisson.hpp"

namespace lamina {
namespace {

/// von Mises population code, kappa = 4, 64 units: the ring stimuli's default.
std::vector<double> preferred_angles(int n_units = 64) {
    std::vector<double> rad;
    for (int u = 0; u < n_units; ++u) rad.push_back(2 * pi * u / n_units);
    return rad;
}
std::vector<double> von_mises_code(double angle_rad, const std::vector<double>& preferred_rad) {
    std::vector<double> code;
    for (const double p : preferred_rad)
        code.push_back(std::exp(4 * (std::cos(angle_rad - p) - 1)));
    return code;
}

/// Circular standard deviation sqrt(-2 log R) in degrees, R the mean resultant length.
double sd_of_errors_deg(const std::vector<double>& errors_rad) {
    double x = 0, y = 0;
    for (const double e : errors_rad) x += std::cos(e), y += std::sin(e);
    const double n = static_cast<double>(errors_rad.size());
    return std::sqrt(-2 * std::log(std::hypot(x, y) / n)) * 180 / pi;
}

} // namespace

TEST_CASE("encoding: L equal items settle at a = 1 / (sigma^n + L^n)") {
    const EncodingParameters p;
    for (int load = 1; load <= 8; ++load) {
        INFO("load " << load);
        const std::vector<double> a =
            encoding_gates(std::vector<double>(std::size_t(load), 1.0), 500, 0.1, p);
        const double expected = 1 / (2 + std::pow(load, 1.5));
        // what is left of the transient after 500 ms is exp(-100); rounding over 5000 steps
        for (const double gate : a) CHECK(std::abs(gate - expected) < 1e-13);
    }
}

TEST_CASE("encoding: the transient converges with second order in the step, and is fast") {
    const std::vector<double> three(3, 1.0);
    // n = 2 starts smoothly; P^1.5 adds a term of order 2.5, which hides the order at coarse steps
    EncodingParameters square;
    square.n = 2;
    const double exact = encoding_gates(three, 12, 0.0005, square)[0];
    const double coarse = std::abs(encoding_gates(three, 12, 0.1, square)[0] - exact);
    const double fine = std::abs(encoding_gates(three, 12, 0.05, square)[0] - exact);
    // second order: half the step, a quarter of the error; the next order makes it a few percent
    // off
    CHECK(coarse / fine > 3.8);
    CHECK(coarse / fine < 4.2);

    // whatever the exponent: 1e-6 of a gate of order 0.1 at the default step
    const EncodingParameters p;
    CHECK(std::abs(encoding_gates(three, 12, 0.1, p)[0] - encoding_gates(three, 12, 0.001, p)[0]) <
          1e-6);

    // feed-forward: within 1 % of the fixed point after 50 ms
    const double settled = 1 / (2 + std::pow(3.0, 1.5));
    CHECK(std::abs(encoding_gates(three, 50, 0.1, p)[0] / settled - 1) < 0.01);
    CHECK(encoding_gates(three, 0, 0.1, p)[0] == 0);
}

TEST_CASE("encoding: unequal drives share the pool, each by its own power") {
    const EncodingParameters p;
    const std::vector<double> a = encoding_gates({1.0, 2.0, 0.0}, 500, 0.1, p);
    CHECK(a[1] / a[0] == Approx(std::pow(2.0, 1.5)).epsilon(1e-12));
    CHECK(a[0] == Approx(1 / (2 + std::pow(3.0, 1.5))).epsilon(1e-12));
    CHECK(a[2] == 0);
}

TEST_CASE("Poisson counts have the distribution, also where the mean is split in parts") {
    // null: the counts are Poisson(mean). 40 000 draws; chi^2 over cells of expectation >= 20. A
    // false alarm per mean has probability 1e-4 (z = 3.7 by Wilson and Hilferty); it would see a
    // shift of the mean by 2 % at mean 6
    const int n = 40000;
    for (const double mean : {0.05, 0.73, 6.0, 15.99, 16.01, 100.0}) {
        INFO("mean " << mean);
        std::vector<double> seen(400, 0);
        double sum = 0, squares = 0;
        for (int i = 0; i < n; ++i) {
            Draws draws(11, std::uint32_t(i), Stream::encoding, 0);
            const double k = double(poisson(mean, draws));
            seen[std::size_t(k)] += 1;
            sum += k;
            squares += k * k;
        }

        double chi2 = 0, cell_expected = 0, cell_seen = 0, left = n, left_seen = n;
        int cells = 0;
        for (int k = 0; k < 400; ++k) {
            cell_expected += n * std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
            cell_seen += seen[std::size_t(k)];
            if (cell_expected < 20 || left - cell_expected < 20) continue;
            chi2 += (cell_seen - cell_expected) * (cell_seen - cell_expected) / cell_expected;
            left -= cell_expected, left_seen -= cell_seen;
            cell_expected = cell_seen = 0;
            ++cells;
        }
        chi2 += (left_seen - left) * (left_seen - left) / left;
        const double df = cells; // cells + 1 with the rest, one constraint
        const double z = (std::cbrt(chi2 / df) - (1 - 2 / (9 * df))) / std::sqrt(2 / (9 * df));
        CHECK(z < 3.72);

        // mean and variance within 4 standard errors (false alarm 6e-5 each)
        const double m = sum / n, variance = squares / n - m * m;
        CHECK(std::abs(m - mean) < 4 * std::sqrt(mean / n));
        CHECK(std::abs(variance - mean) < 4 * std::sqrt((mean + 2 * mean * mean) / n));
    }
    Draws draws(11, 0, Stream::encoding, 0);
    CHECK(poisson(0, draws) == 0);
}

TEST_CASE("a stored angle is unbiased, exact with many counts, and absent with none") {
    const std::vector<double> preferred = preferred_angles();
    const double angle = 1.234;
    const std::vector<double> code = von_mises_code(angle, preferred);

    // N counts of a von Mises code, kappa = 4: A1 = I1(4) / I0(4) = 0.8635, A2 = 1 - 2 A1 / 4 =
    // 0.5682; the direction's standard error is sqrt((1 - A2) / 2 / N) / A1 = 0.538 / sqrt(N)
    const StoredAngle many = store_angle(code, preferred, 1e6, {1, 0, 0});
    CHECK(std::abs(many.counts - 1e6) < 5e3);                  // five standard deviations
    CHECK(std::abs(many.angle_rad - angle) < 5 * 0.538 / 1e3); // five again
    CHECK(store_angle(code, preferred, 0, {1, 0, 0}).counts == 0);

    // the same key gives the same memory, another slot or trial another
    const StoredAngle once = store_angle(code, preferred, 6, {1, 2, 3});
    CHECK(store_angle(code, preferred, 6, {1, 2, 3}).angle_rad == once.angle_rad);
    CHECK(store_angle(code, preferred, 6, {1, 2, 4}).angle_rad != once.angle_rad);
    CHECK(store_angle(code, preferred, 6, {1, 3, 3}).angle_rad != once.angle_rad);
}

TEST_CASE("a stored vector is unbiased, and its noise is what its header says") {
    // null: E held = x, Var held_u = |x_u| |x|_1 / Lambda; 20 000 memories of 8 units; five
    // standard errors of the mean (false alarm 6e-7 each), 10 % of the variance (its relative
    // standard error is below sqrt(2.2 + 1 / m) / 141 with m >= 0.1 counts per unit, i.e. 2.5 %)
    const int n = 20000;
    const double expected = 6;
    const std::vector<double> x = {0.5, -1.0, 0.0, 2.0, -0.25, 1.5, -0.75, 0.1};
    double l1 = 0;
    for (const double v : x) l1 += std::abs(v);
    std::vector<double> sum(x.size(), 0), squares(x.size(), 0);
    int empty = 0;
    for (int i = 0; i < n; ++i) {
        const StoredVector stored = store_vector(x, expected, {5, std::uint32_t(i), 1});
        empty += stored.counts == 0;
        for (std::size_t u = 0; u < x.size(); ++u) {
            sum[u] += stored.held[u];
            squares[u] += stored.held[u] * stored.held[u];
        }
    }
    for (std::size_t u = 0; u < x.size(); ++u) {
        INFO("unit " << u);
        const double mean = sum[u] / n, variance = squares[u] / n - mean * mean;
        const double theory = std::abs(x[u]) * l1 / expected;
        CHECK(std::abs(mean - x[u]) <= 5 * std::sqrt(theory / n));
        CHECK(std::abs(variance - theory) <= 0.1 * theory);
    }
    // P(no counts) = exp(-6) = 0.0025: 49.6 +- 7.0
    CHECK(std::abs(empty - n * std::exp(-expected)) < 35);
    CHECK(store_vector({0, 0, 0}, 6, {5, 0, 1}).counts == 0);
}

TEST_CASE("persistent: the variance of a held angle and of a held vector grows as D t") {
    const Maintenance& persistent = *find_maintenance("persistent");
    const MaintenanceParameters p; // 20 deg^2/s, 0.05 /s
    const std::vector<double> time_ms = {0, 10, 250, 1000, 4000};
    const int n = 10000;
    std::vector<double> squares(time_ms.size(), 0), vector_squares(time_ms.size(), 0);
    double early_late = 0;
    const std::vector<double> x = {3, -4, 0, 12}; // |x| = 13
    for (int i = 0; i < n; ++i) {
        const MemorySlot who{21, std::uint32_t(i), 2};
        std::vector<double> angle;
        persistent.angles(1.0, p, time_ms, who, angle);
        std::vector<std::vector<double>> held;
        persistent.vectors(x, 13, p, time_ms, who, held);
        for (std::size_t k = 0; k < time_ms.size(); ++k) {
            const double deg = (angle[k] - 1.0) * 180 / pi;
            squares[k] += deg * deg;
            for (std::size_t u = 0; u < x.size(); ++u)
                vector_squares[k] += (held[k][u] - x[u]) * (held[k][u] - x[u]) / double(x.size());
        }
        early_late += (angle[2] - 1.0) * (angle[4] - angle[2]) * (180 / pi) * (180 / pi);
    }
    CHECK(squares[0] == 0);
    CHECK(vector_squares[0] == 0);
    for (std::size_t k = 1; k < time_ms.size(); ++k) {
        INFO("after " << time_ms[k] << " ms");
        const double t_s = time_ms[k] * 1e-3;
        // relative standard error of a variance sqrt(2 / n) = 1.4 %, five of them; vectors have
        // four units, so half of it
        CHECK(std::abs(squares[k] / n / (20 * t_s) - 1) < 0.07);
        CHECK(std::abs(vector_squares[k] / n / (0.05 * t_s * 169 / 4) - 1) < 0.035);
    }
    // increments are independent: five standard errors of the mean product
    CHECK(std::abs(early_late / n) < 5 * std::sqrt(20 * 0.25 * 20 * 3.75 / n));
}

TEST_CASE(
    "recall: circular SD against set size follows the curve the encoding law was chosen for") {
    // C = 19.4 and motor noise 15 deg, no diffusion; a guess uniform on the circle when nothing was
    // stored. Expected figures: an independent sketch of the same law (docs/model.md, "Working
    // memory and decision"). 40 000 recalls per set size give the SD to about 1 % at large sizes,
    // and the sketch has a counting error of its own: 3 % bounds both
    const double sketch_deg[] = {20.5, 25.6, 33.7, 42.6, 50.8, 58.4, 64.7, 70.5};
    const std::vector<double> preferred = preferred_angles();
    const int n = 40000;
    const double motor_rad = 15 * pi / 180;
    for (int load = 1; load <= 8; ++load) {
        const double a =
            encoding_gates(std::vector<double>(std::size_t(load), 1.0), 500, 0.1, {})[0];
        std::vector<double> errors;
        for (int i = 0; i < n; ++i) {
            const auto trial = std::uint32_t(i);
            Draws draws(31, trial, Stream::task, 0);
            const double shown = 2 * pi * draws.uniform();
            const double guess = 2 * pi * draws.uniform();
            const StoredAngle stored = store_angle(von_mises_code(shown, preferred), preferred,
                                                   19.4 * a, {31, trial, std::uint32_t(load)});
            const double recalled = stored.counts > 0 ? stored.angle_rad : guess;
            errors.push_back(recalled + motor_rad * normal(31, trial, Stream::motor, 0, load) -
                             shown);
        }
        const double sd_deg = sd_of_errors_deg(errors);
        std::printf("set size %d: circular SD %.1f deg (sketch %.1f)\n", load, sd_deg,
                    sketch_deg[load - 1]);
        CHECK(std::abs(sd_deg / sketch_deg[load - 1] - 1) < 0.03);
    }
}

TEST_CASE("every kind of maintenance can be found by its name, an unknown one not") {
    for (const Maintenance& kind : maintenance_kinds) CHECK(find_maintenance(kind.name) == &kind);
    CHECK(find_maintenance("eternal") == nullptr);
}

} // namespace lamina
