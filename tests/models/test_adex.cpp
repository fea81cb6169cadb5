#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/neurons/adex.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using AdexParams = AdEx<double>::Params;
using AdexNeuron = test::OneNeuron<AdEx<double>>;

namespace {

/// The four equations as they are written, {V, w, g_exc, g_inh}.
struct AdexEquations {
    AdexParams p;
    std::array<double, 4> operator()(const std::array<double, 4>& y) const {
        const double V = y[0], onset = std::exp((V - p.V_T_mV) / p.Delta_T_mV);
        const double pA = -p.g_L_nS * (V - p.E_L_mV) + p.g_L_nS * p.Delta_T_mV * onset - y[1] -
                          y[2] * (V - p.E_exc_mV) - y[3] * (V - p.E_inh_mV) + p.I_bias_pA;
        return {pA / p.C_m_pF, (p.a_nS * (V - p.E_L_mV) - y[1]) / p.tau_w_ms, -y[2] / p.tau_exc_ms,
                -y[3] / p.tau_inh_ms};
    }
};

/// PV and SOM cells as in the model's table.
AdexParams pv() {
    AdexParams p;
    p.C_m_pF = 100, p.g_L_nS = 10, p.E_L_mV = -70, p.V_T_mV = -48, p.Delta_T_mV = 2;
    p.V_reset_mV = -55, p.t_ref_ms = 1, p.a_nS = 0, p.b_pA = 0;
    return p;
}
AdexParams som() {
    AdexParams p;
    p.C_m_pF = 100, p.g_L_nS = 5, p.E_L_mV = -70, p.V_T_mV = -61, p.Delta_T_mV = 4;
    p.V_reset_mV = -65, p.t_ref_ms = 2, p.a_nS = 0.5, p.b_pA = 10, p.tau_w_ms = 500;
    return p;
}

/// The current that holds V.
double holding_pA(const AdexParams& p, double V_mV) {
    const double onset = std::exp((V_mV - p.V_T_mV) / p.Delta_T_mV);
    return (p.g_L_nS + p.a_nS) * (V_mV - p.E_L_mV) - p.g_L_nS * p.Delta_T_mV * onset;
}

/// Does a neuron leave its fixed point, 0.01 mV beside which it begins, for a spike within 5 s?
bool fires(AdexParams p, double I_pA) {
    // the lower fixed point, below the potential of the largest current that can be held
    double low_mV = p.E_L_mV - 100,
           high_mV = p.V_T_mV + p.Delta_T_mV * std::log1p(p.a_nS / p.g_L_nS);
    while (high_mV - low_mV > 1e-9) {
        const double middle_mV = 0.5 * (low_mV + high_mV);
        (holding_pA(p, middle_mV) < I_pA ? low_mV : high_mV) = middle_mV;
    }
    p.I_bias_pA = I_pA;
    AdexNeuron neuron(p, 0.1);
    neuron.state.V_mV = low_mV + 0.01;
    neuron.state.w_pA = p.a_nS * (low_mV - p.E_L_mV);
    return neuron.steps_to_spike(50000) > 0;
}

} // namespace

TEST_CASE("AdEx: the step is of order 2 up to the beginning of the upswing") {
    AdexParams p;
    p.I_bias_pA = 650;
    const AdexEquations equations{p};
    const auto exact = test::runge_kutta<4>({p.E_L_mV, 0, 10, 5}, 19200, 0.001, equations);
    REQUIRE(exact[0] > p.V_T_mV); // the exponential current takes part
    REQUIRE(exact[0] < p.V_T_mV + 5 * p.Delta_T_mV);
    const auto error = [&](double dt_ms) {
        AdexNeuron neuron(p, dt_ms);
        neuron.state.g_exc_nS = 10, neuron.state.g_inh_nS = 5;
        for (int k = 0; k < std::lround(19.2 / dt_ms); ++k) neuron.step();
        return std::hypot(neuron.state.V_mV - exact[0], neuron.state.w_pA - exact[1]);
    };
    CHECK(test::order_of("adex, V (mV) and w (pA)", 0.1, error) == Approx(2).margin(0.2));
    CHECK(test::order_of("adex, V (mV) and w (pA)", 0.05, error) == Approx(2).margin(0.1));
}

TEST_CASE("AdEx: each interval is that of a fine solution, rounded to the grid") {
    const double dt_ms = 0.1;
    double earliest_ms = 1e9, latest_ms = -1e9;
    for (AdexParams p : {AdexParams{}, pv(), som()}) {
        p.I_bias_pA = p.C_m_pF > 200 ? 1000 : 400;
        const double fine_ms = 0.0005;
        const AdexEquations equations{p};
        AdexNeuron neuron(p, dt_ms);
        for (int n = 0; n < 8; ++n) {
            // the same state at the beginning of an interval: errors do not add up
            std::array<double, 4> y{neuron.state.V_mV, neuron.state.w_pA, 0, 0};
            const double held_ms = n == 0 ? 0 : p.t_ref_ms;
            // while refractory V is held and w relaxes
            y[1] -= (p.a_nS * (y[0] - p.E_L_mV) - y[1]) * std::expm1(-held_ms / p.tau_w_ms);
            double exact_ms = held_ms, w_pA = 0;
            for (; y[0] < p.V_peak_mV && exact_ms < 1000; exact_ms += fine_ms)
                w_pA = y[1], y = test::runge_kutta<4>(y, 1, fine_ms, equations);
            const double found_ms = dt_ms * double(neuron.steps_to_spike(10000));
            const double late_ms = found_ms - exact_ms;
            INFO("interval " << n << ": " << found_ms << " ms for " << exact_ms << " ms");
            earliest_ms = std::min(earliest_ms, late_ms), latest_ms = std::max(latest_ms, late_ms);
            // rounded up to the grid, with a tenth of a step for the upswing
            CHECK(late_ms > -0.1 * dt_ms);
            CHECK(late_ms < 1.1 * dt_ms);
            // w grows by b and by what up to one more step adds to it, not by the upswing
            const double slope_pA_per_ms = (std::fabs(w_pA) + p.a_nS * 90) / p.tau_w_ms;
            CHECK(neuron.state.w_pA - p.b_pA == Approx(w_pA).margin(1.1 * dt_ms * slope_pA_per_ms));
        }
    }
    std::printf("adex: spikes come %.3f to %.3f ms after the exact ones\n", earliest_ms, latest_ms);
}

TEST_CASE("AdEx: rest loses its stability where Touboul and Brette computed it") {
    // doi:10.1007/s00422-008-0267-4. A Hopf bifurcation where a / g_L > tau_m / tau_w, at
    //   e^x = 1 + tau_m / tau_w;  else a saddle-node at e^x = 1 + a / g_L,  x = (V - V_T) / Delta_T
    for (const AdexParams& p : {AdexParams{}, pv(), som()}) {
        const double tau_m_ms = p.C_m_pF / p.g_L_nS;
        const double e_x = 1 + std::min(p.a_nS / p.g_L_nS, tau_m_ms / p.tau_w_ms);
        const double V_mV = p.V_T_mV + p.Delta_T_mV * std::log(e_x);
        const double I_pA = holding_pA(p, V_mV);
        INFO("I = " << I_pA << " pA");
        CHECK_FALSE(fires(p, 0.99 * I_pA));
        CHECK(fires(p, 1.01 * I_pA));
    }
}

TEST_CASE("AdEx: firing adapts with b, and is regular without") {
    const auto intervals = [](AdexParams p) {
        p.I_bias_pA = 1000;
        AdexNeuron neuron(p, 0.1);
        std::vector<std::int64_t> steps;
        for (int n = 0; n < 30; ++n) steps.push_back(neuron.steps_to_spike(10000));
        return steps;
    };
    const auto adapting = intervals({});
    CHECK(adapting[0] > 0);
    CHECK(double(adapting.back()) > 2 * double(adapting[1]));
    for (std::size_t n = 2; n < adapting.size(); ++n) CHECK(adapting[n] + 1 >= adapting[n - 1]);
    const auto regular = intervals(pv());
    for (std::size_t n = 2; n < regular.size(); ++n) CHECK(regular[n] == regular[1]);
}

TEST_CASE("AdEx: no parameter or input makes the upswing overflow") {
    for (const double Delta_T_mV : {0.05, 0.5, 2.0, 5.0})
        for (const double arriving_nS : {0.0, 1e3, 1e6}) {
            AdEx<float>::Params p;
            p.Delta_T_mV = Delta_T_mV, p.I_bias_pA = 2000;
            const auto constants = AdEx<float>::prepare(p, 0.1);
            auto state = AdEx<float>::start(p);
            int n_spikes = 0;
            for (int k = 0; k < 10000; ++k) {
                const float arriving[2] = {k % 100 == 0 ? float(arriving_nS) : 0, 0};
                n_spikes += AdEx<float>::step(state, arriving, constants);
                REQUIRE(std::isfinite(state.V_mV));
                REQUIRE(state.V_mV < p.V_peak_mV);
                REQUIRE(std::isfinite(state.w_pA));
            }
            CHECK(n_spikes > 0);
        }
}

TEST_CASE("AdEx: inhibition of any size keeps the neuron near its reversal potential") {
    AdEx<float>::Params p;
    p.I_bias_pA = 2000;
    const auto constants = AdEx<float>::prepare(p, 0.1);
    auto state = AdEx<float>::start(p);
    for (int k = 0; k < 1000; ++k) {
        const float arriving[2] = {0, 1e6f};
        CHECK_FALSE(AdEx<float>::step(state, arriving, constants));
        if (k > 0) CHECK(state.V_mV == Approx(p.E_inh_mV).margin(0.1));
    }
}

} // namespace lamina
