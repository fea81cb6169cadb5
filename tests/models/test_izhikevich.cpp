#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/neurons/izhikevich.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using IzhikevichParams = Izhikevich<double>::Params;
using IzhikevichNeuron = test::OneNeuron<Izhikevich<double>>;

namespace {

struct IzhikevichEquations {
    IzhikevichParams p;
    std::array<double, 2> operator()(const std::array<double, 2>& y) const {
        return {0.04 * y[0] * y[0] + 5 * y[0] + 140 - y[1] + p.I, p.a * (p.b * y[0] - y[1])};
    }
};

/// Intervals over 1 s of a constant input, ms.
std::vector<double> intervals_ms(IzhikevichParams p, double I = 10) {
    p.I = I;
    IzhikevichNeuron neuron(p, 0.1);
    neuron.state = {-70, p.b * -70};
    std::vector<double> found;
    std::int64_t last = -1;
    for (std::int64_t k = 0; k < 10000; ++k)
        if (neuron.step()) {
            if (last >= 0) found.push_back(0.1 * double(k - last));
            last = k;
        }
    return found;
}
double shortest(const std::vector<double>& x) { return *std::min_element(x.begin(), x.end()); }
double longest(const std::vector<double>& x) { return *std::max_element(x.begin(), x.end()); }

} // namespace

TEST_CASE("Izhikevich: the step is of order 2") {
    IzhikevichParams p;
    p.I = 3; // rest is stable below 4
    const auto exact = test::runge_kutta<2>({-60, -13}, 12800, 0.001, IzhikevichEquations{p});
    const auto error = [&](double dt_ms) {
        IzhikevichNeuron neuron(p, dt_ms);
        neuron.state.v_mV = -60;
        for (int k = 0; k < std::lround(12.8 / dt_ms); ++k) neuron.step();
        return std::hypot(neuron.state.v_mV - exact[0], neuron.state.u - exact[1]);
    };
    CHECK(test::order_of("izhikevich, v and u", 0.2, error) == Approx(2).margin(0.1));
    CHECK(test::order_of("izhikevich, v and u", 0.1, error) == Approx(2).margin(0.1));
}

TEST_CASE("Izhikevich: each interval is that of a fine solution, rounded to the grid") {
    IzhikevichParams p;
    p.I = 10;
    IzhikevichNeuron neuron(p, 0.1);
    for (int n = 0; n < 8; ++n) {
        std::array<double, 2> y{neuron.state.v_mV, neuron.state.u};
        double t_ms = 0;
        while (y[0] < 30)
            y = test::runge_kutta<2>(y, 1, 0.0005, IzhikevichEquations{p}), t_ms += 0.0005;
        const double found_ms = 0.1 * double(neuron.steps_to_spike(10000));
        INFO("interval " << n << ": " << found_ms << " ms for " << t_ms << " ms");
        CHECK(found_ms - t_ms > -0.05);
        CHECK(found_ms - t_ms < 0.15);
        CHECK(neuron.state.v_mV == p.c_mV);
        CHECK(neuron.state.u == Approx(y[1] + p.d).margin(0.1));
    }
}

TEST_CASE("Izhikevich: the five presets fire in the patterns of their names") {
    const auto RS = intervals_ms({0.02, 0.2, -65, 8, 0}), IB = intervals_ms({0.02, 0.2, -55, 4, 0}),
               CH = intervals_ms({0.02, 0.2, -50, 2, 0}), FS = intervals_ms({0.1, 0.2, -65, 2, 0}),
               LTS = intervals_ms({0.02, 0.25, -65, 2, 0});
    // regular spiking: the first interval is short, then they lengthen to a constant
    CHECK(RS[0] < 0.6 * RS[4]);
    CHECK(longest({RS.begin() + 3, RS.end()}) - shortest({RS.begin() + 3, RS.end()}) < 1);
    // intrinsically bursting: a burst at the onset, then single spikes
    CHECK(IB[0] < 6);
    CHECK(shortest({IB.begin() + 4, IB.end()}) > 4 * IB[0]);
    // chattering: bursts with short intervals again and again
    CHECK(std::count_if(CH.begin() + 10, CH.end(), [](double x) { return x < 6; }) > 10);
    CHECK(std::count_if(CH.begin() + 10, CH.end(), [](double x) { return x > 20; }) > 5);
    // fast spiking: quick, and after three intervals without adaptation
    CHECK(FS.size() > 3 * RS.size());
    CHECK(longest({FS.begin() + 3, FS.end()}) < 1.05 * shortest({FS.begin() + 3, FS.end()}));
    // low-threshold spiking: quick, and adapts
    CHECK(LTS.size() > 2 * RS.size());
    CHECK(LTS.back() > 1.3 * LTS[0]);
}

TEST_CASE("Izhikevich: the rest of RS loses its stability at I = 3.80") {
    // the trace of the Jacobian, 0.08 v + 5 - a, is 0 at v = -62.25; there I = -(0.04 v^2 + 4.8 v +
    // 140) = 3.7975
    const auto fires = [](double I) {
        IzhikevichParams p;
        p.I = I;
        IzhikevichNeuron neuron(p, 0.1);
        const double v_mV = (-4.8 - std::sqrt(4.8 * 4.8 - 0.16 * (140 + I))) / 0.08;
        neuron.state = {v_mV + 0.01, p.b * v_mV}; // a little beside its fixed point
        return neuron.steps_to_spike(100000) > 0;
    };
    CHECK_FALSE(fires(0.99 * 3.7975));
    CHECK(fires(1.01 * 3.7975));
}

} // namespace lamina
