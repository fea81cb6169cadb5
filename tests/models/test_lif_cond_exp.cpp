#include <catch2/catch.hpp>

#include <cmath>

#include "models/neurons/lif_cond_exp.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using CondExpNeuron = test::OneNeuron<LifCondExp<double>>;

namespace {

LifCondExp<double>::Params silent() {
    LifCondExp<double>::Params p;
    p.V_thresh_mV = 1e9;
    return p;
}

/// V after 12.8 ms from rest, with 30 nS of excitation and 20 nS of inhibition at the beginning.
double V_after_mV(double dt_ms) {
    CondExpNeuron neuron(silent(), dt_ms);
    neuron.state.g_exc_nS = 30, neuron.state.g_inh_nS = 20;
    for (int k = 0; k < std::lround(12.8 / dt_ms); ++k) neuron.step();
    return neuron.state.V_mV;
}

double exact_V_after_mV() {
    const LifCondExp<double>::Params p = silent();
    const auto slope = [&](const std::array<double, 3>& y) {
        const double V = y[0], pA = p.g_L_nS * (p.E_L_mV - V) + y[1] * (p.E_exc_mV - V) +
                                    y[2] * (p.E_inh_mV - V);
        return std::array<double, 3>{pA / p.C_m_pF, -y[1] / p.tau_exc_ms, -y[2] / p.tau_inh_ms};
    };
    return test::runge_kutta<3>({p.E_L_mV, 30, 20}, 12800, 0.001, slope)[0];
}

} // namespace

TEST_CASE("LifCondExp: the step is of order 4") {
    const double exact_mV = exact_V_after_mV();
    const auto error = [&](double dt_ms) { return std::fabs(V_after_mV(dt_ms) - exact_mV); };
    CHECK(test::order_of("lif_cond_exp, V (mV)", 0.8, error) == Approx(4).margin(0.2));
    CHECK(test::order_of("lif_cond_exp, V (mV)", 0.4, error) == Approx(4).margin(0.2));
}

TEST_CASE("LifCondExp: constant conductances are solved exactly, whatever dt") {
    LifCondExp<double>::Params p = silent();
    p.tau_exc_ms = p.tau_inh_ms = 1e12;
    p.I_bias_pA = 50;
    const double G_nS = 10 + 30 + 20, V_inf_mV = (-600 + 30 * 0 - 20 * 80 + 50) / G_nS;
    for (const double dt_ms : {0.1, 1.0, 5.0, 100.0}) {
        CondExpNeuron neuron(p, dt_ms);
        neuron.state.g_exc_nS = 30, neuron.state.g_inh_nS = 20;
        for (int k = 0; k < 5; ++k) neuron.step();
        const double expected_mV =
            V_inf_mV + (p.E_L_mV - V_inf_mV) * std::exp(-5 * dt_ms * G_nS / p.C_m_pF);
        // what decays with 1e12 ms has lost 5e-10 after 500 ms
        CHECK(neuron.state.V_mV == Approx(expected_mV).epsilon(1e-9));
    }
}

TEST_CASE("LifCondExp: inhibition at rest changes nothing, at its reversal potential neither") {
    LifCondExp<double>::Params p = silent();
    p.E_inh_mV = p.E_L_mV;
    CondExpNeuron neuron(p, 0.1);
    for (int k = 0; k < 100; ++k) neuron.step({0, 67});
    CHECK(neuron.state.V_mV == Approx(p.E_L_mV).epsilon(1e-14));
    // without a leak to speak of, excitation alone leads to its reversal potential and no further
    for (int k = 0; k < 2000; ++k) {
        neuron.step({1000, 0});
        CHECK(neuron.state.V_mV < p.E_exc_mV);
    }
    CHECK(neuron.state.V_mV > -5);
}

TEST_CASE("LifCondExp: the refractory time is kept to the step, and conductances go on") {
    CondExpNeuron neuron({}, 0.1);
    neuron.step({500, 0});
    std::int64_t waited = neuron.steps_to_spike(1000);
    REQUIRE(waited > 0);
    const double before_nS = neuron.state.g_exc_nS;
    for (int k = 0; k < 50; ++k) {
        CHECK_FALSE(neuron.step());
        CHECK(neuron.state.V_mV == -60);
    }
    CHECK(neuron.state.g_exc_nS == Approx(before_nS * std::exp(-1.0)).epsilon(1e-13));
    neuron.step();
    CHECK(neuron.state.V_mV > -60);
}

} // namespace lamina
