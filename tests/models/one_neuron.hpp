/// One neuron outside of any network, and a plain integrator to hold it against.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace lamina::test {

template <class Model> struct OneNeuron {
    using Params = typename Model::Params;
    typename Model::Constants constants;
    typename Model::State state;

    OneNeuron(const Params& p, double dt_ms)
        : constants(Model::prepare(p, dt_ms)), state(Model::start(p)) {}

    /// @param arriving  in the unit of the channels
    /// @param word      the random word of models that draw one
    bool step(const std::array<double, Model::n_channels>& arriving = {}, std::uint32_t word = 0) {
        if constexpr (Model::n_draws == 0)
            return Model::step(state, arriving.data(), constants);
        else
            return Model::step(state, arriving.data(), constants, &word);
    }

    /// Steps until the next spike, or 0 when there is none within the limit.
    std::int64_t steps_to_spike(std::int64_t limit, std::uint32_t word = 0) {
        for (std::int64_t k = 1; k <= limit; ++k)
            if (step({}, word)) return k;
        return 0;
    }
};

/// The state after n steps of dt_ms of dy/dt = slope(y), by the classical method of order 4.
template <std::size_t size, class Slope>
std::array<double, size> runge_kutta(std::array<double, size> y, std::int64_t n, double dt_ms,
                                     Slope slope) {
    const auto plus = [](std::array<double, size> a, double h, const std::array<double, size>& k) {
        for (std::size_t i = 0; i < size; ++i) a[i] += h * k[i];
        return a;
    };
    for (std::int64_t step = 0; step < n; ++step) {
        const auto k1 = slope(y), k2 = slope(plus(y, dt_ms / 2, k1)),
                   k3 = slope(plus(y, dt_ms / 2, k2)), k4 = slope(plus(y, dt_ms, k3));
        for (std::size_t i = 0; i < size; ++i)
            y[i] += dt_ms / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    return y;
}

/// The order with which error(dt) falls when dt is halved; printed.
template <class Error> double order_of(const char* what, double dt_ms, Error error) {
    const double order = std::log2(error(dt_ms) / error(dt_ms / 2));
    std::printf("%s: error %.3g at dt = %g ms, order %.3f\n", what, error(dt_ms), dt_ms, order);
    return order;
}

} // namespace lamina::test
