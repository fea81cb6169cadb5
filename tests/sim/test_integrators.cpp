#include <catch2/catch.hpp>

#include <cstdio>

#include "models/relaxation.hpp"
#include "sim/errors.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec small_spec() {
    AreaSpec spec;
    spec.columns = 5, spec.heads = 2, spec.d_model = 8, spec.d_head = 4, spec.d_ff = 6;
    return spec;
}

/// State after duration_ms of constant input, from settled inputs (a = 1/N, p = 0).
std::vector<double> gate_run(AreaSpec spec, Integrator integrator, double dt_ms,
                             double duration_ms) {
    spec.integrator = integrator, spec.dt_ms = dt_ms;
    auto area = make_area(spec, small_weights(spec, 1), 1);
    area->present(tokens(spec, 2));
    area->settle_inputs();
    run(*area, duration_ms, dt_ms);
    auto state = rates(*area, "L5gate");
    const auto p = rates(*area, "PV");
    state.insert(state.end(), p.begin(), p.end());
    return state;
}

/// Least-squares slope of log error against log dt.
double order(const std::vector<double>& dt, const std::vector<double>& error) {
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    const double n = double(dt.size());
    for (std::size_t i = 0; i < dt.size(); ++i) {
        const double x = std::log(dt[i]), y = std::log(error[i]);
        sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

double measured_order(Integrator integrator, const std::vector<double>& dt,
                      const std::vector<double>& truth) {
    std::vector<double> error;
    for (const double dt_ms : dt)
        error.push_back(largest_difference(gate_run(small_spec(), integrator, dt_ms, 16), truth));
    const double slope = order(dt, error);
    std::printf("order on the gate loop: %.3f (errors", slope);
    for (const double e : error) std::printf(" %.2e", e);
    std::printf(")\n");
    return slope;
}

} // namespace

TEST_CASE("each integrator has its order on the gate loop", "[physics]") {
    AreaSpec spec = small_spec();
    const auto truth = gate_run(spec, Integrator::rk4, 1.0 / 256, 16);
    for (const double a : truth) REQUIRE(a < spec.gate_max); // the limit was never touched
    // euler's error at 1/32 ms is 2 % of its own; the slopes bend by that much
    CHECK(measured_order(Integrator::euler, {1.0 / 8, 1.0 / 16, 1.0 / 32, 1.0 / 64}, truth) ==
          Approx(1).margin(0.1));
    CHECK(measured_order(Integrator::rk4, {0.25, 0.125, 1.0 / 16, 1.0 / 32}, truth) ==
          Approx(4).margin(0.15));
    CHECK(measured_order(Integrator::exponential, {0.5, 0.25, 0.125, 1.0 / 16}, truth) ==
          Approx(2).margin(0.1));
}

TEST_CASE("dopri5 keeps its tolerance on the gate loop") {
    AreaSpec spec = small_spec();
    const auto truth = gate_run(spec, Integrator::rk4, 1.0 / 256, 16);
    for (const double tolerance : {1e-6, 1e-8, 1e-10}) {
        spec.tolerance = tolerance;
        const double error = largest_difference(gate_run(spec, Integrator::dopri5, 0.5, 16), truth);
        std::printf("dopri5: error %.2e at tolerance %.0e\n", error, tolerance);
        CHECK(error <= 10 * tolerance); // per step; a contracting flow does not pile it up
    }
}

TEST_CASE("the exponential integrator is exact for constant input at any step") {
    AreaSpec spec = small_spec();
    spec.norm = Norm::pre; // its pools are part of the linear cascade; v, k, q of the next test
    const auto weights = small_weights(spec, 1);
    const Segment in = tokens(spec, 2, true);
    for (const double dt_ms : {0.1, 1.0, 7.5, 30.0}) {
        spec.dt_ms = dt_ms;
        INFO("dt = " << dt_ms << " ms");
        auto area = make_area(spec, weights, 1);
        area->present(in);
        run(*area, 30, dt_ms);
        const auto mu = rates(*area, "L4I_x_mean"), nu = rates(*area, "L4I_x_var");
        const double e = std::exp(-30 / spec.tau.L4I_ms);
        for (int i = 0; i < spec.columns; ++i) {
            double mean = 0, var = 0;
            for (int j = 0; j < 8; ++j) mean += in.x[i * 8 + j] / 8;
            for (int j = 0; j < 8; ++j) var += std::pow(in.x[i * 8 + j] - mean, 2) / 8;
            CHECK(std::fabs(mu[i] - mean * (1 - e)) <= 1e-12);
            CHECK(std::fabs(nu[i] - (var * (1 - e) + mean * mean * e * (1 - e))) <= 1e-12);
        }
    }
}

TEST_CASE("v, k, q and SST follow the closed form of a lag at any step") {
    AreaSpec spec = small_spec();
    spec.apical_suppression = 0.4;
    const auto weights = small_weights(spec, 1);
    const Segment in = tokens(spec, 2, true);
    for (const double dt_ms : {0.1, 1.0, 7.5, 30.0}) {
        spec.dt_ms = dt_ms;
        INFO("dt = " << dt_ms << " ms");
        auto area = make_area(spec, weights, 1);
        area->present(in);
        run(*area, 30, dt_ms);
        const auto check = [&](const char* name, const std::vector<double>& W,
                               const std::vector<double>& b, const std::vector<double>& x,
                               double tau_ms) {
            const auto rate = rates(*area, name);
            for (int i = 0; i < 5; ++i)
                for (int u = 0; u < 8; ++u) {
                    double drive = b[u];
                    for (int j = 0; j < 8; ++j) drive += W[u * 8 + j] * x[i * 8 + j];
                    // 300 steps, each rounding once: 300 eps, relaxing as they come
                    REQUIRE(std::fabs(rate[i * 8 + u] - drive * (1 - std::exp(-30 / tau_ms))) <=
                            1e-12);
                }
        };
        check("L4E", weights.W_V, weights.b_V, in.x, spec.tau.L4E_ms);
        check("L23E", weights.W_K, weights.b_K, in.x, spec.tau.L23E_ms);
        check("L5apical", weights.W_Q, weights.b_Q, in.c, spec.tau.L5apical_ms);
        CHECK(std::fabs(rates(*area, "SST")[3] - 0.4 * (1 - std::exp(-30 / spec.tau.SST_ms))) <=
              1e-12);
    }
}

TEST_CASE("all integrators agree on the whole cascade, from rest, with every norm", "[physics]") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post})
        for (const char* inhibition :
             {"pv_log", "pv_linear", "pv_finite", "pv_divisive", "oracle", "none"}) {
            AreaSpec spec = small_spec();
            spec.norm = norm, spec.inhibition = inhibition;
            spec.norm_epsilon = 1e-2; // not stiff, so that the explicit judges are quick
            spec.divisive_n = 1.5, spec.divisive_sigma_n = 2;
            spec.tau.PV_lag_ms = std::string(inhibition) == "pv_log" ? 0.7 : 0;
            INFO("norm " << int(norm) << " " << inhibition);
            const auto weights = small_weights(spec, 1);
            const auto at_60_ms = [&](Integrator integrator, double dt_ms) {
                AreaSpec with = spec;
                with.integrator = integrator, with.dt_ms = dt_ms, with.tolerance = 1e-10;
                auto area = make_area(with, weights, 1);
                area->present(tokens(spec, 2));
                run(*area, 60, dt_ms);
                return area->state();
            };
            const auto dopri5 = at_60_ms(Integrator::dopri5, 0.5);
            // second order: the difference falls by 16 from 0.2 to 0.05 ms. Gates at their limit
            // and rates that start from 0 keep it from doing so everywhere; 8 is asked for
            const double coarse =
                largest_difference(at_60_ms(Integrator::exponential, 0.2), dopri5);
            const double fine = largest_difference(at_60_ms(Integrator::exponential, 0.05), dopri5);
            std::printf("exponential against dopri5, norm %d %-12s %.2e (0.2 ms) %.2e (0.05 ms)\n",
                        int(norm), inhibition, coarse, fine);
            CHECK(fine <= 2e-3);
            CHECK(fine <= coarse / 8 + 1e-8);
            // psi of pv_log falls to -14 at rest, where A = 0: rk4's first step misses that corner
            const bool corner =
                std::string(inhibition) == "pv_log" || std::string(inhibition) == "pv_finite";
            const double rk4 = largest_difference(at_60_ms(Integrator::rk4, 0.02), dopri5);
            CHECK(rk4 <= (corner ? 2e-3 : 1e-5));
            CHECK(largest_difference(at_60_ms(Integrator::euler, 0.02), dopri5) <= 5e-2);
        }
}

TEST_CASE("what an integrator cannot do is refused with the reason") {
    AreaSpec spec = small_spec();
    const auto weights = small_weights(spec, 1);
    spec.integrator = Integrator::rk4;
    spec.PV_delay_ms = 1;
    CHECK_THROWS_WITH(make_area(spec, weights, 1),
                      Catch::Contains("delay") && Catch::Contains("exponential"));
    spec.PV_delay_ms = 0;
    spec.noise.gate = 0.1;
    CHECK_THROWS_WITH(make_area(spec, weights, 1),
                      Catch::Contains("noise") && Catch::Contains("euler"));
    spec.integrator = Integrator::exponential;
    CHECK_NOTHROW(make_area(spec, weights, 1));
    spec.inhibition = "pv_logg";
    CHECK_THROWS_WITH(make_area(spec, weights, 1),
                      Catch::Contains("pv_logg") && Catch::Contains("pv_log,"));
    spec.inhibition = "oracle";
    spec.noise.gate = 0;
    spec.tau.PV_lag_ms = 1;
    CHECK_THROWS_WITH(make_area(spec, weights, 1), Catch::Contains("oracle"));
    spec.tau.PV_lag_ms = 0;
    spec.score = "multiplied";
    CHECK_THROWS_WITH(make_area(spec, weights, 1), Catch::Contains("additive_exponential"));
}
