#include <catch2/catch.hpp>

#include <cmath>

#include "sim/bench_spikes.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {
namespace {

struct NetworkRun {
    std::vector<Spike> spikes;
    std::vector<double> V_mV;
};

NetworkRun run_network(const NetworkSpec& spec, int n_threads, Delivery delivery,
                       std::int64_t n_steps, std::uint64_t seed = 1,
                       std::int64_t at_once = 1 << 20) {
    NetworkOptions options;
    options.n_threads = n_threads;
    options.spare_threads = false;
    options.delivery = delivery;
    SpikingNetwork network(spec, seed, options);
    for (std::int64_t done = 0; done < n_steps; done += at_once)
        network.advance(std::min(at_once, n_steps - done));
    return {network.take_spikes(), network.read(spec.populations.back().name, "V")};
}

/// Excitation and inhibition with delays of many lengths, driven from outside.
NetworkSpec small_network() {
    NetworkSpec network = microcircuit(0.02, MicrocircuitDrive::poisson);
    for (NeuronPopulationSpec& p : network.populations) p.drives[0].rate_Hz *= 1.2;
    return network;
}

/// One neuron driven over threshold, and one that listens to it.
NetworkSpec chain(double weight_pA, double delay_ms) {
    NetworkSpec network;
    for (const char* name : {"talks", "listens"}) {
        NeuronPopulationSpec p;
        p.name = name, p.model = "lif_exp", p.n = 1;
        network.populations.push_back(p);
    }
    network.populations[0].parameters = {{"I_bias", 500}, {"t_ref", 100}};
    ProjectionSpec p;
    p.from = "talks", p.to = "listens", p.rule = "one_to_one";
    p.weight = {LawKind::constant, weight_pA};
    p.delay_ms = {LawKind::constant, delay_ms};
    network.projections.push_back(p);
    return network;
}

} // namespace

TEST_CASE("spikes are the same for any number of threads, either delivery, any interruption") {
    const NetworkSpec spec = small_network();
    const NetworkRun once = run_network(spec, 1, Delivery::due_time, 3000);
    REQUIRE(once.spikes.size() > 500);
    for (const int n_threads : {1, 2, 3, 4, 8})
        for (const Delivery delivery : {Delivery::due_time, Delivery::ring}) {
            const NetworkRun again = run_network(spec, n_threads, delivery, 3000);
            CHECK(again.spikes == once.spikes);
            CHECK(again.V_mV == once.V_mV);
        }
    const NetworkRun halting = run_network(spec, 2, Delivery::due_time, 3000, 1, 7);
    CHECK(halting.spikes == once.spikes);
    CHECK(run_network(spec, 1, Delivery::due_time, 3000, 2).spikes != once.spikes);
}

TEST_CASE("parts that meet once per shortest delay exchange the same spikes") {
    NetworkSpec spec = small_network();
    for (ProjectionSpec& p : spec.projections) p.delay_ms = {LawKind::uniform, 0, 0, 0.8, 2.5};
    const NetworkRun once = run_network(spec, 1, Delivery::ring, 2000);
    REQUIRE(once.spikes.size() > 300);
    for (const int n_threads : {2, 3})
        for (const std::int64_t at_once : {2000, 5}) {
            CHECK(run_network(spec, n_threads, Delivery::due_time, 2000, 1, at_once).spikes ==
                  once.spikes);
            CHECK(run_network(spec, n_threads, Delivery::ring, 2000, 1, at_once).spikes ==
                  once.spikes);
        }
}

TEST_CASE("threads that would only slow a network down are left out") {
    const auto parts_of = [](double scale, double delay_ms, int n_threads) {
        NetworkSpec spec = microcircuit(scale, MicrocircuitDrive::poisson);
        if (delay_ms > 0)
            for (ProjectionSpec& p : spec.projections) p.delay_ms = {LawKind::constant, delay_ms};
        NetworkOptions options;
        options.n_threads = n_threads;
        return SpikingNetwork(spec, 1, options).cost().n_parts;
    };
    CHECK(parts_of(0.03, 0, 4) == 1); // 2315 neurons that meet at every step
    CHECK(parts_of(0.1, 0, 4) == 2);  // 7717
    CHECK(parts_of(0.1, 0, 1) == 1);
    CHECK(parts_of(0.03, 1.5, 4) == 4); // that meet every 15 steps
}

TEST_CASE("a spike acts exactly its delay later, and its potential is the closed form") {
    // the current arrives at the end of step s + d; the potential moves one step later
    for (const double delay_ms : {0.1, 1.5, 20.0}) {
        const NetworkSpec spec = chain(87.8085, delay_ms);
        NetworkSpec exact = spec;
        exact.precision = SpikePrecision::float64;
        SpikingNetwork network(exact, 1, {});
        std::int64_t fired = -1, first_move = -1;
        double peak_mV = 0, worst_mV = 0;
        std::int64_t peak_step = 0;
        for (std::int64_t step = 0; step < 1000; ++step) {
            network.advance(1);
            for (const Spike& s : network.take_spikes())
                if (s.neuron == 0 && fired < 0) fired = s.step;
            const double V = network.read("listens", "V")[0] + 65;
            if (V != 0 && first_move < 0) first_move = step;
            if (V > peak_mV) peak_mV = V, peak_step = step;
            if (fired < 0) continue;
            // the weight is a whole number of quanta: 87.8085 pA to a power of two
            // below 87.8085/32767
            const double since_ms = 0.1 * double(step - fired) - delay_ms;
            const double w_pA = std::round(87.8085 * 256) / 256;
            const double closed = since_ms <= 0
                                      ? 0
                                      : w_pA * 0.04 * 0.5 / (0.5 - 10) *
                                            (std::exp(-since_ms / 0.5) - std::exp(-since_ms / 10));
            worst_mV = std::max(worst_mV, std::fabs(V - closed));
        }
        REQUIRE(fired > 0);
        const auto delay_steps = std::llround(delay_ms / 0.1);
        CHECK(first_move == fired + delay_steps + 1);
        // 1000 steps, each rounding a value near 65 mV once
        CHECK(worst_mV < 1000 * 65 * 0x1p-52);
        // 0.150 mV at 1.577 ms
        CHECK(peak_mV == Approx(0.15).epsilon(1e-3));
        CHECK(0.1 * double(peak_step - fired) - delay_ms == Approx(1.577).margin(0.05));
    }
}

TEST_CASE("a constant current gives the interval of the formula") {
    NetworkSpec spec = chain(0, 1);
    spec.precision = SpikePrecision::float64;
    spec.populations[0].parameters = {{"I_bias", 500}, {"t_ref", 2}};
    const auto spikes = run_network(spec, 1, Delivery::ring, 50000).spikes;
    // T = t_ref + tau ln((RI) / (RI - 15 mV)), RI = 20 mV, then up to the next step
    const double T_ms = 2 + 10 * std::log(20.0 / 5.0);
    REQUIRE(spikes.size() > 200);
    for (std::size_t i = 1; i < spikes.size(); ++i)
        CHECK(spikes[i].step - spikes[i - 1].step == std::int64_t(std::ceil(T_ms / 0.1)));
}

TEST_CASE("a drive has its rate, however rare its spikes") {
    // per step 1e-5 spikes: all of them in open cells (kernels/poisson_counts.hpp); 0.2: few; 10:
    // of 65 536 cells 15 are open, and each is first taken for 25 spikes
    for (const double mean : {1e-5, 0.2, 10.0}) {
        INFO("mean " << mean);
        NetworkSpec spec = chain(0, 1);
        spec.projections.clear();
        for (NeuronPopulationSpec& p : spec.populations) {
            p.n = 3333;
            p.parameters = {{"tau_syn", 1e12}, {"C_m", 1e12}}; // a counter of arriving weight
            p.drives.push_back({mean * 1e4, 1, "", 0, 1e300});
        }
        std::vector<double> first;
        for (const int n_threads : {1, 3}) {
            NetworkOptions options;
            options.n_threads = n_threads;
            options.spare_threads = false;
            SpikingNetwork network(spec, 1, options);
            network.advance(3000);
            std::vector<double> n = network.read("talks", "I_syn");
            for (const double more : network.read("listens", "I_syn")) n.push_back(more);
            if (first.empty()) first = n;
            CHECK(n == first);
        }
        double sum = 0;
        for (const double n : first) sum += n;
        // 2 * 3333 * 3000 draws; five standard deviations: a false alarm in 1e6 runs
        const double expected = 2 * 3333 * 3000 * mean;
        CHECK(std::fabs(sum - expected) < 5 * std::sqrt(expected));
    }
}

TEST_CASE("a value that is no number is told with population, neuron, variable and time") {
    NetworkSpec spec = chain(0, 1);
    spec.populations[1].n = 7;
    spec.projections.clear();
    spec.populations[1].parameters["I_bias"] = -1e300; // infinite in single precision
    SpikingNetwork network(spec, 1, {});
    try {
        network.advance(1000);
        FAIL("nothing was said");
    } catch (const NumericsError& error) {
        CHECK_THAT(error.what(), Catch::Contains("listens neuron 0: V is"));
        // found at the first look, not at the end of all steps
        CHECK_THAT(error.what(), Catch::Contains("at t = 10.0 ms or up to"));
    }
}

TEST_CASE("a network names what it does not know") {
    NetworkSpec spec = chain(1, 1);
    spec.populations[0].parameters["tau"] = 3;
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}),
                      Catch::Contains("talks: lif_exp has no parameter `tau`"));
    spec = chain(1, 1);
    spec.populations[0].parameters["tau_m"] = -10;
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}),
                      Catch::Contains("membrane time constant must be positive"));
    spec = chain(1, 1);
    spec.populations[1].model = "lif";
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("no neuron model `lif`"));
    spec = chain(1, 1);
    spec.projections[0].to = "nobody";
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("no population `nobody`"));
}

TEST_CASE("the hash of spikes is that of their little-endian pairs") {
    // sha256 of 12 bytes: step 1, neuron 2
    CHECK(spike_hash({{1, 2}}) ==
          "a890adf674b36ba6672153a29917fca03c90d99f9788cd5764a1c59a66821124");
}

} // namespace lamina
