#include <catch2/catch.hpp>

#include <cmath>

#include "models/neurons/two_compartment_burst.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using BurstModel = TwoCompartmentBurst<double>;
using BurstNeuron = test::OneNeuron<BurstModel>;

namespace {

/// The equations as they are written: {V_s, V_d, w_s, w_d, four conductances}; no spike.
struct BurstEquations {
    BurstModel::Params p;
    std::array<double, 8> operator()(const std::array<double, 8>& y) const {
        const double V_s = y[0], V_d = y[1], f = 1 / (1 + std::exp(-(V_d - p.E_d_mV) / p.D_d_mV));
        const double synapses_s = y[4] * (p.E_exc_mV - V_s) + y[5] * (p.E_inh_mV - V_s);
        const double synapses_d = y[6] * (p.E_exc_mV - V_d) + y[7] * (p.E_inh_mV - V_d);
        return {(p.E_L_mV - V_s) / p.tau_s_ms +
                    (p.g_s_pA * f + p.b_w_s_pA * y[2] + p.I_s_pA + synapses_s) / p.C_s_pF,
                (p.E_L_mV - V_d) / p.tau_d_ms +
                    (p.g_d_pA * f + p.a_w_d_nS * y[3] + p.I_d_pA + synapses_d) / p.C_d_pF,
                -y[2] / p.tau_w_s_ms,
                (-y[3] + V_d - p.E_L_mV) / p.tau_w_d_ms,
                -y[4] / p.tau_exc_ms,
                -y[5] / p.tau_inh_ms,
                -y[6] / p.tau_exc_ms,
                -y[7] / p.tau_inh_ms};
    }
};

} // namespace

TEST_CASE("TwoCompartmentBurst: the step is of order 2, through a dendritic plateau") {
    BurstModel::Params p;
    p.I_s_pA = 100, p.I_d_pA = 50, p.E_theta_mV = 1e9;
    const auto exact =
        test::runge_kutta<8>({-70, -70, 0.5, 0, 2, 3, 80, 4}, 6400, 0.001, BurstEquations{p});
    REQUIRE(exact[1] > p.E_d_mV); // the plateau is on
    const auto error = [&](double dt_ms) {
        BurstNeuron neuron(p, dt_ms);
        BurstModel::State& s = neuron.state;
        s.w_s = 0.5, s.soma_exc_nS = 2, s.soma_inh_nS = 3;
        s.dendrite_exc_nS = 80, s.dendrite_inh_nS = 4;
        for (int k = 0; k < std::lround(6.4 / dt_ms); ++k) neuron.step();
        return std::hypot(s.V_s_mV - exact[0], s.V_d_mV - exact[1], s.w_d_mV - exact[3]);
    };
    CHECK(test::order_of("two_compartment_burst, V_s, V_d, w_d (mV)", 0.2, error) ==
          Approx(2).margin(0.1));
    CHECK(test::order_of("two_compartment_burst, V_s, V_d, w_d (mV)", 0.1, error) ==
          Approx(2).margin(0.1));
}

TEST_CASE("TwoCompartmentBurst: a spike runs back into the dendrite for 2 ms") {
    BurstModel::Params p;
    p.g_d_pA = 0, p.a_w_d_nS = 0; // a passive dendrite: its answer is a closed form
    BurstNeuron neuron(p, 0.1);
    neuron.state.V_s_mV = -40;
    REQUIRE(neuron.step());
    const double rise_mV = p.c_d_pA * p.tau_d_ms / p.C_d_pF;
    for (int k = 1; k <= 60; ++k) {
        neuron.step();
        const double expected_mV =
            k <= 20 ? -rise_mV * std::expm1(-0.1 * k / 7)
                    : -rise_mV * std::expm1(-2.0 / 7) * std::exp(-0.1 * (k - 20) / 7);
        CHECK(neuron.state.V_d_mV + 70 == Approx(expected_mV).epsilon(1e-12)); // linear, so exact
    }
}

TEST_CASE("TwoCompartmentBurst: a spike resets the soma, raises threshold and adaptation") {
    const BurstModel::Params p;
    BurstNeuron neuron(p, 0.1);
    neuron.state.V_s_mV = -40, neuron.state.w_s = 1;
    REQUIRE(neuron.step());
    CHECK(neuron.state.V_s_mV == -70);
    CHECK(neuron.state.theta_mV == -48);
    CHECK(neuron.state.w_s == Approx(1 + std::exp(-0.1 / 100)).epsilon(1e-15));
    for (int k = 0; k < 270; ++k) neuron.step();
    CHECK(neuron.state.theta_mV == Approx(-50 + 2 * std::exp(-1.0)).epsilon(1e-13));
}

} // namespace lamina
