#include <catch2/catch.hpp>

#include <cmath>

#include "models/neurons/escape_exp.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using Escape = EscapeExp<double>;

namespace {

/// The share of n evenly spaced random words with which the neuron spikes in its first step.
template <class Real> double share_of_words(double V_mV, double dt_ms) {
    constexpr int n = 1 << 16;
    int n_spikes = 0;
    typename EscapeExp<Real>::Params p;
    p.E_L_mV = V_mV; // held there
    const auto constants = EscapeExp<Real>::prepare(p, dt_ms);
    const Real none[1] = {0};
    for (int i = 0; i < n; ++i) {
        auto state = EscapeExp<Real>::start(p);
        const std::uint32_t word = (std::uint32_t(i) << 16) + 0x8000u;
        n_spikes += EscapeExp<Real>::step(state, none, constants, &word) ? 1 : 0;
    }
    return double(n_spikes) / n;
}

} // namespace

TEST_CASE("EscapeExp: a step's probability is 1 - exp(-rho dt), from rare to certain") {
    const Escape::Params p;
    for (const double V_mV : {-65.0, -54.0, -50.0, -46.0, -38.0, -25.0, 100.0, 1000.0}) {
        for (const double dt_ms : {0.1, 1.0}) {
            INFO("V = " << V_mV << " mV, dt = " << dt_ms << " ms");
            const double rho_Hz = p.rho_0_Hz * std::exp((V_mV - p.V_thresh_mV) / p.Delta_u_mV);
            const double expected = -std::expm1(-rho_Hz * 1e-3 * dt_ms);
            // 65536 words know a probability to one of them
            CHECK(share_of_words<double>(V_mV, dt_ms) == Approx(expected).margin(1.01 / 65536));
            CHECK(share_of_words<float>(V_mV, dt_ms) == Approx(expected).margin(1.01 / 65536));
        }
    }
}

TEST_CASE("EscapeExp: the smallest word finds hazards down to 2^-32 per step") {
    for (const double V_mV : {-110.0, -120.0}) { // 1.6e-9 and 1.3e-10 per step
        typename EscapeExp<float>::Params p;
        p.E_L_mV = V_mV;
        auto state = EscapeExp<float>::start(p);
        const std::uint32_t word = 0;
        const float none[1] = {0};
        const bool spikes =
            EscapeExp<float>::step(state, none, EscapeExp<float>::prepare(p, 0.1), &word);
        CHECK(spikes == (V_mV > -115));
    }
}

TEST_CASE("EscapeExp: reset takes V its share of the way, and 0 leaves no trace") {
    for (const double reset : {0.0, 0.25, 1.0}) {
        Escape::Params p;
        p.E_L_mV = -30, p.reset = reset, p.t_ref_ms = reset == 0 ? 0 : 2;
        test::OneNeuron<Escape> neuron(p, 0.1);
        REQUIRE(neuron.step({}, 0));
        CHECK(neuron.state.V_mV == Approx(-30 + reset * (-65 + 30)).epsilon(1e-15));
        CHECK(neuron.step({}, 0) == (reset == 0));
    }
    Escape::Params p;
    p.reset = 1.5;
    CHECK(Escape::refusal(p, 0.1) != nullptr);
}

TEST_CASE("EscapeExp: the reset begins where the step's evolution ends") {
    Escape::Params p;
    p.I_bias_pA = 5000, p.reset = 0.25;
    test::OneNeuron<Escape> spiking(p, 1.0), silent(p, 1.0);
    REQUIRE_FALSE(silent.step({}, 0xffffffffu));
    REQUIRE(spiking.step({}, 0));
    const double V_mV = silent.state.V_mV;
    REQUIRE(V_mV > -50); // it has moved
    CHECK(spiking.state.V_mV == Approx(V_mV + 0.25 * (-65 - V_mV)).epsilon(1e-15));
}

TEST_CASE("EscapeExp: the step's hazard is the integral over the step, to third order") {
    Escape::Params p;
    p.I_bias_pA = 500; // V rises from rest
    // the integral of the hazard over 8 ms, from the largest word of each step that spikes
    const auto hazard = [&](double dt_ms) {
        test::OneNeuron<Escape> neuron(p, dt_ms);
        double sum = 0;
        for (int k = 0; k < std::lround(8 / dt_ms); ++k) {
            std::int64_t spikes = -1, silent = 0xffffffff;
            while (silent - spikes > 1) {
                auto copy = neuron;
                const std::int64_t word = (spikes + silent) / 2;
                (copy.step({}, std::uint32_t(word)) ? spikes : silent) = word;
            }
            sum -= std::log1p(-double(silent) * 0x1p-32);
            neuron.step({}, 0xffffffffu);
        }
        return sum;
    };
    const double exact = hazard(0.01);
    const auto error = [&](double dt_ms) { return std::fabs(hazard(dt_ms) - exact); };
    // third in a step, second in all
    CHECK(test::order_of("escape_exp, hazard over 8 ms", 0.4, error) == Approx(2).margin(0.1));
}

} // namespace lamina
