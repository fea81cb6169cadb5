#include <catch2/catch.hpp>

#include <cmath>

#include "models/neurons/lif_delta.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using DeltaNeuron = test::OneNeuron<LifDelta<double>>;
constexpr double delta_dt_ms = 0.1;

TEST_CASE("LifDelta: without noise intervals are the formula's, rounded up to the grid") {
    for (const double mu_mV : {20.001, 21.0, 24.0, 30.0, 60.0}) {
        INFO("mu = " << mu_mV << " mV");
        LifDelta<double>::Params p;
        p.mu_mV = mu_mV;
        DeltaNeuron neuron(p, delta_dt_ms);
        const auto steps_from = [&](double V_mV) {
            return std::int64_t(std::ceil(
                p.tau_m_ms * std::log((mu_mV - V_mV) / (mu_mV - p.V_thresh_mV)) / delta_dt_ms));
        };
        CHECK(neuron.steps_to_spike(10000) == steps_from(0));
        CHECK(neuron.steps_to_spike(10000) == 20 + steps_from(p.V_reset_mV));
    }
    LifDelta<double>::Params p;
    p.mu_mV = 20;
    CHECK(DeltaNeuron(p, delta_dt_ms).steps_to_spike(100000) == 0);
}

TEST_CASE("LifDelta: a weight is a jump that decays; while refractory it is lost") {
    LifDelta<double>::Params p;
    DeltaNeuron neuron(p, delta_dt_ms);
    CHECK_FALSE(neuron.step({19.5}));
    CHECK(neuron.state.V_mV == Approx(19.5).epsilon(1e-15));
    for (int k = 0; k < 100; ++k) neuron.step();
    CHECK(neuron.state.V_mV == Approx(19.5 * std::exp(-10.0 / 20)).epsilon(1e-14));
    CHECK(neuron.step({20})); // a jump over the threshold is a spike of the same step
    for (int k = 0; k < 20; ++k) {
        CHECK_FALSE(neuron.step({1000}));
        CHECK(neuron.state.V_mV == p.V_reset_mV);
    }
    CHECK(neuron.step({1000}));
}

TEST_CASE("LifDelta: one step of noise has the mean and variance of the process") {
    LifDelta<double>::Params p;
    p.mu_mV = 5, p.sigma_mV = 3, p.V_thresh_mV = 1e9;
    for (const double dt_ms : {0.01, 0.1, 1.0, 50.0}) {
        INFO("dt = " << dt_ms << " ms");
        // all quantiles once: the mean over them is the law's, up to the spacing
        constexpr int n = 1 << 16;
        double sum = 0, squares = 0;
        const double expected_mV = 5 * -std::expm1(-dt_ms / 20);
        for (int i = 0; i < n; ++i) {
            DeltaNeuron neuron(p, dt_ms);
            neuron.step({}, (std::uint32_t(i) << 16) + 0x8000u);
            const double moved_mV = neuron.state.V_mV - expected_mV;
            sum += moved_mV, squares += moved_mV * moved_mV;
        }
        const double sd_mV = 3 * std::sqrt(-0.5 * std::expm1(-2 * dt_ms / 20));
        CHECK(std::fabs(sum / n) < 1e-6 * sd_mV); // words come in pairs of opposite z
        // the two outermost of 65536 strips, which one point each stands for, hold 3e-4 of the
        // variance beyond that point's share; within a strip z varies by 1 / (n phi(z))
        CHECK(squares / n == Approx(sd_mV * sd_mV).epsilon(3e-4));
    }
}

} // namespace lamina
