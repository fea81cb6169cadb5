#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <limits>

#include "models/angle.hpp"
#include "sim/errors.hpp"
#include "sim/gate_loop.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

GateLoopSpec loop_of(int n_rows, int n_keys, std::vector<double> scores = {}) {
    GateLoopSpec spec;
    spec.gates.n_rows = n_rows, spec.gates.n_keys = n_keys;
    spec.scores = std::move(scores);
    return spec;
}

/// Scores q.k / sqrt(d) of Gaussian q and k, scaled to this SD; one row per query.
std::vector<double> gaussian_scores(int n, int d, double sd, std::uint64_t seed) {
    const auto q = gaussian(std::size_t(n) * d, 1, seed, 31),
               k = gaussian(std::size_t(n) * d, 1, seed, 32);
    std::vector<double> s(std::size_t(n) * n);
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            for (int u = 0; u < d; ++u) s[i * n + j] += q[i * d + u] * k[j * d + u];
            s[i * n + j] *= sd / std::sqrt(double(d));
        }
    return s;
}

/// Damped sinusoid p - p* = A exp(-t / T) cos(2 pi f t + phi) fitted to equidistant samples: such a
/// signal obeys x_{n+1} + x_{n-1} r^2 = 2 r cos(theta) x_n; r and theta by least squares.
double ringing_Hz(const std::vector<double>& x, double every_ms) {
    double aa = 0, ab = 0, bb = 0, ac = 0, bc = 0; // x_{n+1} = u x_n + v x_{n-1}
    for (std::size_t n = 1; n + 1 < x.size(); ++n) {
        aa += x[n] * x[n], ab += x[n] * x[n - 1], bb += x[n - 1] * x[n - 1];
        ac += x[n] * x[n + 1], bc += x[n - 1] * x[n + 1];
    }
    const double det = aa * bb - ab * ab;
    const double u = (ac * bb - bc * ab) / det, v = (aa * bc - ab * ac) / det;
    return std::acos(u / (2 * std::sqrt(-v))) / (2 * pi * every_ms) * 1e3;
}

/// p - p* after a kick of 0.01 from the fixed point, sampled every `every` steps.
std::vector<double> after_kick(GateLoopSpec spec, double dt_ms, double duration_ms, int every) {
    GateLoop loop(spec);
    loop.start(loop.softmax(), loop.log_normaliser());
    loop.kick_p(0.01);
    const double target = loop.log_normaliser()[0];
    std::vector<double> x;
    const auto n = std::llround(duration_ms / dt_ms);
    for (std::int64_t step = 0; step < n; ++step) {
        if (step % every == 0) x.push_back(loop.p()[0] - target);
        loop.step(dt_ms);
    }
    return x;
}

/// Does a small kick die out (late excursions below early ones)?
bool decays(const GateLoopSpec& spec, double dt_ms, double duration_ms) {
    const auto x = after_kick(spec, dt_ms, duration_ms, 1);
    double early = 0, late = 0;
    for (std::size_t i = x.size() / 4; i < x.size() / 2; ++i)
        early = std::max(early, std::fabs(x[i]));
    for (std::size_t i = x.size() * 3 / 4; i < x.size(); ++i)
        late = std::max(late, std::fabs(x[i]));
    return late < early;
}

/// Where between `low` (one answer) and `high` (the other) the loop turns unstable.
template <class Decays> double margin(double stable, double unstable, Decays decays_at) {
    for (int halving = 0; halving < 9; ++halving) {
        const double middle = (stable + unstable) / 2;
        (decays_at(middle) ? stable : unstable) = middle;
    }
    return (stable + unstable) / 2;
}

} // namespace

TEST_CASE("the PV loop rings at the gamma frequency of its two time constants") {
    const auto scores = gaussian(12, 1, 3, 1);
    for (const auto& [tau_g, tau_p] : {std::pair{5.0, 2.7},
                                       {5.0, 5.0},
                                       {5.0, 10.0},
                                       {5.0, 1.0},
                                       {10.0, 2.7},
                                       {10.0, 10.0},
                                       {2.0, 2.7},
                                       {2.0, 4.0},
                                       {8.0, 4.0},
                                       {20.0, 5.0}}) {
        GateLoopSpec spec = loop_of(1, 12, scores);
        spec.gates.tau_gate_ms = tau_g, spec.gates.tau_PV_ms = tau_p;
        const double law =
            std::sqrt(1 / (tau_g * tau_p) - 1 / (4 * tau_g * tau_g)) / (2 * pi) * 1e3;
        const double measured = ringing_Hz(after_kick(spec, 0.02, 6 * tau_g, 25), 0.5);
        std::printf("ringing tau_g %4.1f tau_p %4.1f ms: %.3f Hz, law %.3f Hz (%+.3f %%)\n", tau_g,
                    tau_p, measured, law, 100 * (measured / law - 1));
        // the kick of 0.01 bends the law by about its square; the step of 0.02 ms by 1e-5
        CHECK(measured == Approx(law).epsilon(0.005));
    }
}

TEST_CASE("the PV loop does not ring when PV is slow") {
    for (const double tau_p : {20.0, 30.0}) {
        GateLoopSpec spec = loop_of(1, 12, gaussian(12, 1, 3, 1));
        spec.gates.tau_PV_ms = tau_p;
        const auto x = after_kick(spec, 0.05, 200, 1);
        int changes = 0;
        for (std::size_t i = 1; i < x.size(); ++i)
            // below 1e-13 it is rounding that changes sign
            changes += x[i] * x[i - 1] < 0 && std::fabs(x[i]) > 1e-13;
        INFO("tau_p = " << tau_p << " ms");
        CHECK(changes <= 1);
    }
}

TEST_CASE("a lag after PV destabilises the loop where the law says") {
    for (const double tau_lag : {2.0, 5.0, 10.0}) {
        GateLoopSpec spec = loop_of(1, 8, gaussian(8, 1, 3, 1));
        spec.gates.PV_lag_ms = tau_lag;
        const double law = 5 * tau_lag / (5 + tau_lag);
        const double measured = margin(2 * law, law / 2, [&](double tau_p) {
            spec.gates.tau_PV_ms = tau_p;
            return decays(spec, 0.02, 600);
        });
        std::printf("lag %.0f ms: stable above tau_p = %.3f ms, law %.3f ms\n", tau_lag, measured,
                    law);
        CHECK(measured == Approx(law).epsilon(0.02));
    }
}

TEST_CASE("the loop bears a pure delay of 2.9 ms at the defaults") {
    GateLoopSpec spec = loop_of(1, 8, gaussian(8, 1, 3, 1));
    const double measured = margin(1, 6, [&](double delay) {
        spec.gates.PV_delay_ms = delay;
        return decays(spec, 0.02, 600);
    });
    // phase margin over crossover frequency of 1 / (i w tau_p (1 + i w tau_g))
    const double tau_g = 5, tau_p = 2.7, b = 1 / (tau_g * tau_g),
                 c = 1 / (tau_g * tau_g * tau_p * tau_p);
    const double w = std::sqrt((-b + std::sqrt(b * b + 4 * c)) / 2);
    const double law = (pi / 2 - std::atan(w * tau_g)) / w;
    std::printf("delay margin %.3f ms, law %.3f ms\n", measured, law);
    CHECK(measured == Approx(law).epsilon(0.01));
    CHECK(law == Approx(2.9).margin(0.05));
}

TEST_CASE("time to attend", "[physics]") {
    // mean over draws of the first time from which |a - softmax|_F / |softmax|_F stays below 1 %
    const auto attend_ms = [](const char* inhibition, double sd) {
        double sum = 0;
        const int draws = 50;
        for (int draw = 0; draw < draws; ++draw) {
            GateLoopSpec spec = loop_of(16, 16, gaussian_scores(16, 16, sd, 100 + draw));
            spec.gates.inhibition = inhibition;
            GateLoop loop(spec);
            const auto target = loop.softmax();
            int last_above = 0;
            for (int step = 1; step <= 8000; ++step) {
                loop.step(0.1);
                if (!(relative_error(loop.a(), target) <= 0.01)) last_above = step;
            }
            sum += 0.1 * (last_above + 1);
        }
        return sum / draws;
    };
    const double sd[] = {1, 3, 10, 30};
    const double log_ms[] = {63, 76, 90, 122}, linear_ms[] = {67, 114, 209, 313};
    for (int i = 0; i < 4; ++i) {
        const double with_log = attend_ms("pv_log", sd[i]),
                     with_linear = attend_ms("pv_linear", sd[i]);
        std::printf("score SD %2.0f: pv_log %.1f ms (%.0f), pv_linear %.1f ms (%.0f)\n", sd[i],
                    with_log, log_ms[i], with_linear, linear_ms[i]);
        // the figures are means of 50 draws of their own: up to 10 % scatter at SD 30
        CHECK(with_log == Approx(log_ms[i]).epsilon(i == 3 ? 0.08 : 0.05));
        CHECK(with_linear == Approx(linear_ms[i]).epsilon(i == 3 ? 0.08 : 0.05));
    }
}

TEST_CASE("scores of 50 settle within 0.3 s and never overflow") {
    std::vector<double> scores = gaussian(16 * 16, 25, 5, 1);
    for (double& s : scores) s = std::max(-50.0, std::min(50.0, s));
    scores[0] = 50, scores[1] = -50;
    for (const double dt_ms : {0.1, 0.5, 2.0}) {
        GateLoop loop(loop_of(16, 16, scores));
        for (int step = 0; step * dt_ms < 300; ++step) {
            loop.step(dt_ms);
            for (const double a : loop.a()) REQUIRE((a >= 0 && a <= 20));
        }
        INFO("dt = " << dt_ms << " ms");
        CHECK(largest_difference(loop.a(), loop.softmax()) <= 1e-6);
    }
}

TEST_CASE("scores far beyond sense stay finite under every inhibition") {
    for (const char* inhibition :
         {"pv_log", "pv_linear", "pv_finite", "pv_divisive", "oracle", "none"})
        for (const double size : {1e3, 1e6}) {
            GateLoopSpec spec = loop_of(1, 4, {size, -size, 0, size / 2});
            spec.gates.inhibition = inhibition;
            GateLoop loop(spec);
            for (int step = 0; step < 3000; ++step) loop.step(0.1);
            INFO(inhibition << " " << size);
            for (const double a : loop.a()) CHECK((a >= 0 && a <= 20));
            CHECK(std::isfinite(loop.p()[0]));
        }
}

TEST_CASE("pv_finite and pv_divisive reach their closed forms") {
    const auto scores = gaussian(10, 1.5, 6, 1);
    GateLoopSpec spec = loop_of(1, 10, scores);
    double Z = 0;
    for (const double s : scores) Z += std::exp(s);
    SECTION("pv_finite: sum = Z^(1/(1+kappa)), p = kappa/(1+kappa) log Z") {
        spec.gates.inhibition = "pv_finite";
        for (const double kappa : {1.0, 10.0, 100.0}) {
            spec.gates.kappa = kappa;
            GateLoop loop(spec);
            for (int step = 0; step < 40000; ++step) loop.step(0.1);
            // epsilon of psi moves the fixed point by up to epsilon |1 - 1/A| = 1e-6: solved with
            // it
            double p = 0;
            for (int i = 0; i < 500; ++i) {
                const double A = Z * std::exp(-p);
                const double f = std::log((1e-6 + A) / (1e-6 + 1)) - p / kappa;
                p -= f / (-A / (1e-6 + A) - 1 / kappa);
            }
            INFO("kappa = " << kappa);
            CHECK(std::fabs(loop.p()[0] - p) <= 1e-9);
            CHECK(std::fabs(loop.p()[0] - kappa / (1 + kappa) * std::log(Z)) <= 2e-6);
            CHECK(std::fabs(loop.gate_sum(0) - std::pow(Z, 1 / (1 + kappa))) <= 1e-5);
            CHECK(loop.a()[1] / loop.a()[0] ==
                  Approx(std::exp(scores[1] - scores[0])).epsilon(1e-9));
        }
    }
    SECTION("pv_divisive: a = D^n / (sigma^n + (sum D)^n)") {
        spec.gates.inhibition = "pv_divisive";
        for (const double n : {1.0, 1.5, 2.0})
            for (const double sigma_n : {0.0, 2.0}) {
                spec.gates.divisive_n = n, spec.gates.divisive_sigma_n = sigma_n;
                GateLoop loop(spec);
                for (int step = 0; step < 4000; ++step) loop.step(0.1);
                double pool = 0;
                for (const double s : scores) pool += std::exp(s / n);
                INFO("n = " << n << " sigma^n = " << sigma_n);
                for (int j = 0; j < 10; ++j)
                    CHECK(std::fabs(loop.a()[j] -
                                    std::exp(scores[j]) / (sigma_n + std::pow(pool, n))) <= 1e-9);
            }
    }
    SECTION("pv_divisive: sigma rules when the drive is weak") {
        GateLoopSpec weak = loop_of(1, 3, {-9, -8, -10});
        weak.gates.inhibition = "pv_divisive";
        weak.gates.divisive_n = 2, weak.gates.divisive_sigma_n = 2;
        GateLoop loop(weak);
        for (int step = 0; step < 4000; ++step) loop.step(0.1);
        const double pool = std::exp(-4.5) + std::exp(-4.0) + std::exp(-5.0);
        CHECK(loop.a()[1] == Approx(std::exp(-8.0) / (2 + pool * pool)).epsilon(1e-9));
    }
    SECTION("pv_divisive: L equal unit inputs give 1 / (sigma^n + L^n)") {
        GateLoopSpec equal = loop_of(1, 4);
        equal.gates.inhibition = "pv_divisive";
        equal.gates.divisive_n = 1.5, equal.gates.divisive_sigma_n = 2;
        GateLoop loop(equal);
        for (int step = 0; step < 4000; ++step) loop.step(0.1);
        CHECK(loop.a()[0] == Approx(1 / (2 + 8.0)).epsilon(1e-12));
    }
}

TEST_CASE("a row whose keys are all masked rests: a = 0, p frozen") {
    const double closed = -std::numeric_limits<double>::infinity();
    for (const char* inhibition :
         {"pv_log", "pv_linear", "pv_finite", "pv_divisive", "oracle", "none"}) {
        GateLoopSpec spec = loop_of(2, 3, {0.5, closed, -0.5, closed, closed, closed});
        spec.gates.inhibition = inhibition;
        GateLoop loop(spec);
        INFO(inhibition);
        loop.start({0.5, 0, 0.5, 0, 0, 0}, {0, 0.25});
        for (int step = 0; step < 2000; ++step) loop.step(0.1);
        CHECK(loop.a()[1] == 0);
        for (int key = 3; key < 6; ++key) CHECK(loop.a()[key] == 0);
        CHECK(loop.p()[1] == 0.25);
        if (std::string(inhibition) == "pv_log")
            CHECK(loop.a()[0] + loop.a()[2] == Approx(1).epsilon(1e-9));
    }
}

TEST_CASE("the noise of gates and PV has the variance of its Ornstein-Uhlenbeck process") {
    // inhibition none: the gates are 40 independent processes of variance sigma^2 / 2
    GateLoopSpec spec = loop_of(1, 40);
    spec.gates.inhibition = "none";
    spec.noise_gate = 0.2;
    for (const double dt_ms : {0.1, 2.0}) {
        GateLoop loop(spec);
        double square = 0;
        std::int64_t n = 0;
        for (int step = 0; step * dt_ms < 4000; ++step) {
            loop.step(dt_ms);
            if (step * dt_ms < 100) continue;
            for (const double a : loop.a()) square += (a - 1) * (a - 1), ++n;
        }
        // 40 processes x 3900 ms / 5 ms independent values = 31000: SD of the variance 0.8 %
        INFO("dt = " << dt_ms);
        CHECK(square / double(n) == Approx(0.02).epsilon(0.04));
    }
}

TEST_CASE("repeated loops give equal bits; another trial gives others") {
    GateLoopSpec spec = loop_of(2, 5, gaussian(10, 1, 7, 1));
    spec.noise_gate = 0.1, spec.noise_PV = 0.1;
    const auto end = [&](std::uint32_t trial) {
        spec.trial = trial;
        GateLoop loop(spec);
        for (int step = 0; step < 200; ++step) loop.step(0.1);
        return loop.a();
    };
    CHECK(end(0) == end(0));
    CHECK(end(0) != end(1));
}

TEST_CASE("a delay in the loop forbids a change of step") {
    GateLoopSpec spec = loop_of(1, 4);
    spec.gates.PV_delay_ms = 1;
    GateLoop loop(spec);
    loop.step(0.1);
    CHECK_THROWS_AS(loop.step(0.2), SpecError);
}
