#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "models/neurons/lif_exp.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using LifExpNeuron = test::OneNeuron<LifExp<double>>;

namespace {

constexpr double lif_dt_ms = 0.1;

/// (w / C) exp(-t / tau_m) (exp(delta t) - 1) / delta, delta = 1 / tau_m - 1 / tau_syn
long double psp_mV(const LifExp<double>::Params& p, double weight_pA, long double t_ms) {
    const long double delta = 1 / (long double)p.tau_m_ms - 1 / (long double)p.tau_syn_ms;
    const long double shape_ms = delta == 0 ? t_ms : std::expm1(delta * t_ms) / delta;
    return weight_pA / p.C_m_pF * std::exp(-t_ms / p.tau_m_ms) * shape_ms;
}

} // namespace

TEST_CASE("LifExp: the postsynaptic potential is the closed form, also at equal time constants") {
    for (const double tau_syn_ms : {0.5, 2.0, 9.999999, 10.0, 20.0}) {
        INFO("tau_syn = " << tau_syn_ms << " ms");
        LifExp<double>::Params p;
        p.tau_syn_ms = tau_syn_ms;
        p.E_L_mV = 0; // so that rounding is relative to the PSP
        p.V_thresh_mV = 1e9;
        LifExpNeuron neuron(p, lif_dt_ms);
        neuron.step({100});
        double worst = 0;
        for (int k = 1; k <= 600; ++k) {
            neuron.step();
            const double exact = double(psp_mV(p, 100, (long double)lif_dt_ms * k));
            worst = std::max(worst, std::fabs(neuron.state.V_mV / exact - 1));
            // two coefficients, two sums: four roundings a step, none of which fades relatively
            CHECK(std::fabs(neuron.state.V_mV / exact - 1) <= 4 * (k + 1) * 0x1p-53);
        }
        std::printf("lif_exp: tau_syn %g ms, worst relative error of the PSP %.2g\n", tau_syn_ms,
                    worst);
    }
}

TEST_CASE("LifExp: 87.81 pA make a PSP of 0.150 mV, at its highest after 1.577 ms") {
    const LifExp<double>::Params p;
    const double fine_ms = 0.001; // exact at any dt, so a fine grid finds the time of the peak
    LifExpNeuron neuron(p, fine_ms);
    neuron.step({87.81});
    double most_mV = 0, at_ms = 0;
    for (int k = 1; k <= 5000; ++k) {
        neuron.step();
        if (neuron.state.V_mV - p.E_L_mV > most_mV)
            most_mV = neuron.state.V_mV - p.E_L_mV, at_ms = k * fine_ms;
    }
    CHECK(most_mV == Approx(0.1500).margin(0.00005)); // as many digits as are published
    // tau_syn tau_m / (tau_m - tau_syn) ln(tau_m / tau_syn) = 1.57670 ms; V is flat to 1e-8 of the
    // peak over 0.3 us there
    CHECK(at_ms == Approx(1.5767).margin(0.002));
}

TEST_CASE("LifExp: under constant current intervals are the formula's, rounded up to the grid") {
    for (const double I_pA : {375.01, 380.0, 400.0, 500.0, 700.0, 1500.0, 4000.0}) {
        INFO("I = " << I_pA << " pA");
        LifExp<double>::Params p;
        p.I_bias_pA = I_pA;
        LifExpNeuron neuron(p, lif_dt_ms);
        const double drive_mV = p.tau_m_ms / p.C_m_pF * I_pA;
        const double passage_ms = p.tau_m_ms * std::log((drive_mV - (p.V_reset_mV - p.E_L_mV)) /
                                                        (drive_mV - (p.V_thresh_mV - p.E_L_mV)));
        const auto passage = std::int64_t(std::ceil(passage_ms / lif_dt_ms));
        CHECK(neuron.steps_to_spike(10000) == passage); // from rest, which is the reset
        CHECK(neuron.steps_to_spike(10000) == 20 + passage);
        CHECK(neuron.steps_to_spike(10000) == 20 + passage);
    }
    LifExp<double>::Params p;
    p.I_bias_pA = 375; // the rheobase: the threshold is approached and never met
    CHECK(LifExpNeuron(p, lif_dt_ms).steps_to_spike(100000) == 0);
}

TEST_CASE("LifExp: the refractory time is kept to the step, and the current goes on meanwhile") {
    for (const double t_ref_ms : {0.0, 0.1, 2.0, 5.0}) {
        INFO("t_ref = " << t_ref_ms << " ms");
        LifExp<double>::Params p;
        p.t_ref_ms = t_ref_ms;
        LifExpNeuron neuron(p, lif_dt_ms);
        neuron.step({1e9}); // from now on V crosses the threshold in every step that is free
        REQUIRE(neuron.step());
        const auto n = std::int64_t(std::lround(t_ref_ms / lif_dt_ms));
        for (std::int64_t k = 0; k < n; ++k) {
            CHECK_FALSE(neuron.step({1e9}));
            CHECK(neuron.state.V_mV == p.V_reset_mV);
        }
        CHECK(neuron.step());
    }
    LifExp<float>::Params p;
    p.t_ref_ms = 1e300; // longer than a counter holds: for ever, not never
    CHECK(LifExp<float>::prepare(p, lif_dt_ms).refractory_steps == 0x7fffffff);
}

TEST_CASE("LifExp: a reset at the threshold is refused") {
    LifExp<double>::Params p;
    CHECK(LifExp<double>::refusal(p, lif_dt_ms) == nullptr);
    p.V_reset_mV = p.V_thresh_mV;
    CHECK(LifExp<double>::refusal(p, lif_dt_ms) != nullptr);
}

} // namespace lamina
