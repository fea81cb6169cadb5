/// Gates that spike: the same bits on every executor, the rate that they were told, and rest.
#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "kernels/cpu/exec.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"
#include "kernels/spike_gates.hpp"

using namespace lamina;

namespace {

constexpr int n_rows = 3, n_keys = 5, n_neurons = 7;
constexpr std::size_t n_gates = n_rows * n_keys;
const std::vector<double> scores = {0,  1, -1, 0.5, 2, -math::infinity<double>, 0, 1, 0.3, 60,
                                    -2, 0, -3, 1,   0};
const std::vector<double> divisors = {0.5, 1, -1}, offsets(n_gates, 0.25);

SpikeGates<double> body_of_step(std::uint64_t step, std::uint32_t rest_steps) {
    SpikeGates<double> body{};
    body.n_keys = n_keys, body.n_neurons = n_neurons, body.rest_steps = rest_steps;
    body.leak = 0.02, body.rate_dt = 0.05, body.log_limit = std::log(20.0);
    body.seed = 5, body.trial = 2, body.step = step;
    return body;
}

struct Gates {
    std::vector<double> a = std::vector<double>(n_gates, 0.2);
    std::vector<std::uint32_t> n_spikes = std::vector<std::uint32_t>(n_gates, 0);
    std::vector<std::uint32_t> free_at = std::vector<std::uint32_t>(n_gates * n_neurons, 0);

    void step(std::uint64_t number, std::uint32_t rest_steps = 0, bool uneven = true) {
        SpikeGates<double> body = body_of_step(number, rest_steps);
        body.log_drive = scores.data(), body.log_divisor = divisors.data();
        body.offset = uneven ? offsets.data() : nullptr;
        body.gate = a.data(), body.n_spikes = n_spikes.data();
        body.free_at = rest_steps > 0 ? free_at.data() : nullptr;
        Cpu().for_each(n_gates, body);
    }
};

} // namespace

TEST_CASE("SpikeGates has the same bits on a processor and on a device") {
    const std::uint32_t rest_steps = GENERATE(0u, 3u);
    const Emulated exec(GENERATE(1u, 2u));
    DeviceArray<Emulated, double> s(exec, scores), b(exec, divisors), c(exec, offsets),
        a(exec, std::vector<double>(n_gates, 0.2));
    DeviceArray<Emulated, std::uint32_t> n(exec, n_gates),
        free_at(exec, std::vector<std::uint32_t>(n_gates * n_neurons, 0));
    Gates here;
    for (std::uint64_t step = 0; step < 40; ++step) {
        here.step(step, rest_steps);
        SpikeGates<double> body = body_of_step(step, rest_steps);
        body.log_drive = s.data(), body.log_divisor = b.data(), body.offset = c.data();
        body.gate = a.data(), body.n_spikes = n.data();
        body.free_at = rest_steps > 0 ? free_at.data() : nullptr;
        exec.for_each("gates", n_gates, body);
        CHECK(n.get() == here.n_spikes);
    }
    CHECK(a.get() == here.a);
    CHECK(here.a != std::vector<double>(n_gates, 0.2));
}

TEST_CASE("SpikeGates: as many spikes as the hazard says, none without a key", "[physics]") {
    Gates gates;
    std::vector<double> count(n_gates, 0), filtered = gates.a;
    constexpr int n_steps = 20000;
    for (int step = 0; step < n_steps; ++step) {
        gates.step(std::uint64_t(step));
        for (std::size_t i = 0; i < n_gates; ++i) {
            count[i] += gates.n_spikes[i];
            filtered[i] += 0.02 * (gates.n_spikes[i] / (n_neurons * 0.05) - filtered[i]);
            REQUIRE(gates.a[i] == Approx(filtered[i]).epsilon(1e-12));
        }
    }
    for (std::size_t i = 0; i < n_gates; ++i) {
        const double drive = std::min(std::exp(scores[i] - 0.25 - divisors[i / n_keys]), 20.0);
        const double p = 1 - std::exp(-0.05 * drive), n = double(n_steps) * n_neurons;
        // 15 gates at 4.5 standard deviations: a false alarm in 10 000 seeds
        CHECK(std::fabs(count[i] - n * p) <= 4.5 * std::sqrt(n * p * (1 - p)));
    }
    CHECK(count[5] == 0);
}

TEST_CASE("SpikeGates: a neuron rests after its spike, the others do not", "[physics]") {
    constexpr std::uint32_t rest_steps = 4;
    Gates gates;
    double n = 0;
    std::vector<double> together(n_neurons - 1, 0); // neuron 0 with each of the others, in one step
    constexpr int n_steps = 40000;
    std::uint32_t most = 0, in_five = 0;
    std::vector<std::uint32_t> last_five;
    for (int step = 0; step < n_steps; ++step) {
        gates.step(std::uint64_t(step), rest_steps, false);
        const std::uint32_t now = gates.n_spikes[9]; // at a_max: hazard 1 per step
        n += now;
        const std::uint32_t* const free_at = gates.free_at.data() + 9 * n_neurons;
        for (int k = 1; k < n_neurons; ++k)
            together[std::size_t(k) - 1] +=
                free_at[0] == std::uint32_t(step) + 1 + rest_steps && free_at[k] == free_at[0];
        last_five.push_back(now);
        in_five += now;
        if (last_five.size() > rest_steps + 1)
            in_five -= last_five[last_five.size() - rest_steps - 2];
        most = std::max(most, in_five);
    }
    // no neuron spikes twice in five steps, and all of them do spike
    CHECK(most <= std::uint32_t(n_neurons));
    CHECK(most >= std::uint32_t(n_neurons - 1));
    // one spike per 1 / p steps of readiness and 4 of rest
    const double p = 1 - std::exp(-1.0), per_step = 1 / (1 / p + rest_steps);
    CHECK(n / (double(n_steps) * n_neurons) == Approx(per_step).epsilon(0.01));
    // and each draws for itself: some 1400 meetings, of which a shared draw would make 7500
    for (const double meetings : together)
        CHECK(meetings == Approx(n_steps * per_step * per_step).epsilon(0.2));
}
