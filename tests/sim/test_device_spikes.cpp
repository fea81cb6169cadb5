/// Spiking networks on a device: the kernels of a graphics processor, thread by thread in shuffled
/// orders, give the spikes, states and weights of the processor's own, bit for bit.
#include <catch2/catch.hpp>

#include <cmath>
#include <memory>

#include "sim/errors.hpp"
#include "sim/small_networks.hpp"
#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/network.hpp"
#include "sim/tested_device.hpp"
#include "support/skip.hpp"

namespace lamina {
namespace {

NetworkOptions device_options(std::uint64_t seed, int n_threads = 2, bool plain = false) {
    NetworkOptions options = options_of(n_threads, Delivery::automatic);
    options.device = test::tested_device(seed, plain);
    return options;
}

struct End {
    std::vector<Spike> spikes;
    NetworkState state;
    NetworkCost cost;
};
End end_of_run(const NetworkSpec& spec, const NetworkOptions& options, std::int64_t n_steps) {
    SpikingNetwork network(spec, 1, options);
    network.advance(n_steps);
    return {network.take_spikes(), network.save(), network.cost()};
}

} // namespace

TEST_CASE("device: every synapse model, drives, windows and lists give the processor's spikes") {
    const NetworkSpec spec = lively_network();
    Ran once;
    SpikingNetwork network(spec, 1, options_of(1, Delivery::due_time));
    network.advance(900);
    const NetworkState state = network.save();
    ask(network, once);
    REQUIRE(once.spikes.size() > 300);
    for (const std::uint64_t seed : {1, 2, 3}) {
        INFO("order " << seed);
        SpikingNetwork device(spec, 1, device_options(seed, int(seed)));
        device.advance(130);
        device.advance(1);
        device.advance(769);
        CHECK((device.save().arrays == state.arrays));
        Ran ran;
        ask(device, ran);
        check_same(ran, once);
        CHECK(device.cost().n_events > 10000);
    }
}

TEST_CASE("device: every neuron model gives the processor's spikes and state, in both precisions") {
    for (const NeuronModelEntry& model : neuron_models())
        for (const SpikePrecision precision : {SpikePrecision::float32, SpikePrecision::float64}) {
            INFO(model.name << (precision == SpikePrecision::float32 ? ", float32" : ", float64"));
            NetworkSpec spec = any_network(model);
            spec.precision = precision;
            const End cpu = end_of_run(spec, options_of(1, Delivery::ring), 500),
                      plain = end_of_run(spec, device_options(7, 2, true), 500),
                      together = end_of_run(spec, device_options(7), 500);
            CHECK(cpu.spikes.size() > 10);
            CHECK((plain.spikes == cpu.spikes));
            CHECK((plain.state.arrays == cpu.state.arrays));
            CHECK((together.spikes == cpu.spikes));
            CHECK((together.state.arrays == cpu.state.arrays));
            const bool listed = model.name == std::string("spike_times");
            const bool by_steps = together.cost.device_path.find("a sequence of launches") == 0;
            CHECK(by_steps == listed);
        }
}

TEST_CASE("cuda: every model on a graphics processor gives the processor's spikes and state") {
    if (const std::string why = why_no_device(); !why.empty()) {
        test::skip(why);
        return;
    }
    const auto on_cuda = [](bool plain) {
        NetworkOptions options = options_of(2, Delivery::automatic);
        options.device = {Device::cuda, 0, plain};
        return options;
    };
    const NetworkSpec lively = lively_network();
    const End cpu = end_of_run(lively, options_of(1, Delivery::ring), 900),
              cuda = end_of_run(lively, on_cuda(false), 900);
    CHECK((cuda.spikes == cpu.spikes));
    CHECK((cuda.state.arrays == cpu.state.arrays));
    for (const NeuronModelEntry& model : neuron_models())
        for (const SpikePrecision precision : {SpikePrecision::float32, SpikePrecision::float64})
            for (const bool plain : {false, true}) {
                INFO(model.name << (precision == SpikePrecision::float32 ? ", float32" : "")
                                << (plain ? ", plain" : ""));
                NetworkSpec spec = any_network(model);
                spec.precision = precision;
                const End expected = end_of_run(spec, options_of(1, Delivery::ring), 500),
                          found = end_of_run(spec, on_cuda(plain), 500);
                CHECK((found.spikes == expected.spikes));
                CHECK((found.state.arrays == expected.state.arrays));
            }
}

TEST_CASE("device: lists of spikes are used again and again") {
    NetworkSpec spec;
    spec.populations = {population("a", "poisson", 40), population("b", "lif_delta", 3)};
    spec.populations[0].parameters["rate"] = 100;
    ProjectionSpec all = projection("a", "b", 3, 2);
    all.rule = "all_to_all";
    spec.projections = {all, all};
    spec.projections[1].synapse = {"tsodyks_markram", {}};
    const auto run_in_pieces = [&](const NetworkOptions& options) {
        SpikingNetwork network(spec, 1, options);
        network.advance(2047);
        network.advance(1);
        network.advance(1500);
        return network.take_spikes();
    };
    const auto cpu = run_in_pieces(options_of(1, Delivery::ring));
    CHECK(cpu.size() > 1000);
    CHECK((run_in_pieces(device_options(1)) == cpu));
    spec.projections.pop_back();
    spec.populations.pop_back();
    spec.projections.clear(); // one model, of many steps per launch
    const auto lone = run_in_pieces(options_of(1, Delivery::ring));
    CHECK((run_in_pieces(device_options(2)) == lone));
    CHECK((run_in_pieces(device_options(3, 1, true)) == lone));
}

TEST_CASE("device: a network goes on from the other's state") {
    const NetworkSpec spec = lively_network();
    const End once = end_of_run(spec, options_of(1, Delivery::ring), 700);
    for (const std::int64_t at : {0, 203, 417}) {
        for (const bool device_first : {true, false}) {
            INFO("at step " << at << (device_first ? ", first on the device" : ", then on it"));
            SpikingNetwork first(spec, 1,
                                 device_first ? device_options(4) : options_of(2, Delivery::ring)),
                then(spec, 1, device_first ? options_of(3, Delivery::due_time) : device_options(5));
            first.advance(at);
            std::vector<Spike> spikes = first.take_spikes();
            then.advance(57); // what it did before is forgotten
            then.take_spikes();
            then.restore(first.save());
            then.advance(700 - at);
            for (const Spike& s : then.take_spikes()) spikes.push_back(s);
            CHECK((spikes == once.spikes));
            CHECK((then.save().arrays == once.state.arrays));
        }
    }
}

TEST_CASE("device: the microcircuit has the processor's spikes, with either drive") {
    for (const MicrocircuitDrive drive : {MicrocircuitDrive::dc, MicrocircuitDrive::poisson}) {
        NetworkSpec spec = microcircuit(0.02, drive);
        for (NeuronPopulationSpec& p : spec.populations) { // more than at rest
            for (PoissonDrive& d : p.drives) d.rate_Hz *= 1.3;
            if (p.drives.empty()) p.parameters["I_bias"] *= 2;
        }
        const End cpu = end_of_run(spec, options_of(2, Delivery::due_time), 600),
                  device = end_of_run(spec, device_options(11), 600),
                  plain = end_of_run(spec, device_options(12, 3, true), 600);
        CHECK(cpu.spikes.size() > 150);
        CHECK((plain.spikes == cpu.spikes));
        CHECK((plain.state.arrays == cpu.state.arrays));
        CHECK(device.cost.device_path == "many steps per launch, sums in shared memory");
        CHECK(plain.cost.device_path ==
              "a sequence of launches per step: plain kernels were asked for");
        CHECK((device.spikes == cpu.spikes));
        CHECK((device.state.arrays == cpu.state.arrays));
    }
}

TEST_CASE("device: small networks run at once, each in a block of its own, as each alone") {
    std::vector<NetworkSpec> specs;
    for (int k = 0; k < 5; ++k) {
        NetworkSpec spec = any_network(neuron_models()[0]);
        spec.populations[0].n = std::uint32_t(20 + 5 * k), spec.populations[1].n = 21;
        for (ProjectionSpec& p : spec.projections) p.parameters["number"] = 5 + k;
        for (NeuronPopulationSpec& p : spec.populations)
            for (PoissonDrive& d : p.drives) d.rate_Hz *= 1 + 0.2 * k;
        specs.push_back(spec);
    }
    for (const std::uint64_t order : {1, 2}) {
        std::vector<std::unique_ptr<SpikingNetwork>> networks;
        std::vector<SpikingNetwork*> all;
        for (const NetworkSpec& spec : specs) {
            networks.push_back(std::make_unique<SpikingNetwork>(spec, 1, device_options(order)));
            all.push_back(networks.back().get());
        }
        SpikingNetwork::advance_all(all, 300);
        SpikingNetwork::advance_all(all, 1100);
        for (std::size_t k = 0; k < specs.size(); ++k) {
            const End alone = end_of_run(specs[k], options_of(1, Delivery::ring), 1400);
            CHECK(alone.spikes.size() > 100);
            CHECK(networks[k]->cost().device_path ==
                  "many networks per launch, each in a block of its own");
            CHECK((networks[k]->take_spikes() == alone.spikes));
            CHECK((networks[k]->save().arrays == alone.state.arrays));
        }
    }
    // of several models, or large: one after the other
    SpikingNetwork other(lively_network(), 1, device_options(3)),
        small(specs[0], 1, device_options(3));
    SpikingNetwork::advance_all({&small, &other}, 200);
    CHECK((other.take_spikes() ==
           end_of_run(lively_network(), options_of(1, Delivery::ring), 200).spikes));
    CHECK(small.step() == 200);
}

TEST_CASE("device: probes see what they see on the processor") {
    const NetworkSpec spec = lively_network();
    const auto seen = [&](NetworkOptions options) {
        options.probes = {{"E", "V", 100, 5}, {"E", "x", 160, 50}, {"I", "I_syn", 40, 1}};
        SpikingNetwork network(spec, 1, options);
        std::vector<std::vector<double>> values(3);
        for (const std::int64_t n : {77, 1, 202, 220}) {
            network.advance(n);
            const auto samples = network.take_samples();
            for (std::size_t k = 0; k < 3; ++k)
                values[k].insert(values[k].end(), samples[k].values.begin(),
                                 samples[k].values.end());
        }
        return values;
    };
    const auto cpu = seen(options_of(1, Delivery::ring)), device = seen(device_options(3));
    REQUIRE(cpu[0].size() == 100 * 100);
    CHECK(device[0] == cpu[0]);
    CHECK(device[1] == cpu[1]);
    CHECK(device[2] == cpu[2]);
}

TEST_CASE("device: a value that is no number is told as on the processor") {
    NetworkSpec spec = lively_network();
    spec.populations[1].parameters["I_bias"] = -1e300; // infinite in single precision
    const auto told = [&](const NetworkOptions& options) -> std::string {
        try {
            SpikingNetwork network(spec, 1, options);
            network.advance(400);
        } catch (const NumericsError& e) { return e.what(); }
        return "";
    };
    const std::string cpu = told(options_of(1, Delivery::ring));
    CHECK_THAT(cpu, Catch::Contains("I neuron 0: V is"));
    CHECK_THAT(told(device_options(2)), Catch::StartsWith(cpu.substr(0, cpu.find(" at t"))) &&
                                            Catch::Contains("at t = 40.0 ms or up to 399 steps"));
}

TEST_CASE("device: names of devices") {
    CHECK(find_device("cpu").kind == Device::cpu);
    CHECK(find_device("emulated").kind == Device::emulated);
    CHECK(find_device("emulated:7").number == 7);
    CHECK(describe(find_device("emulated:7")) == "emulated:7");
    CHECK(describe(find_device("emulated:7,plain")) == "emulated:7, plain kernels");
    for (const char* words :
         {"gpu", "cpu,plain", "emulated,fast", "cuda:x", "cuda:", "cuda:1x", "emulated:-1", ""})
        CHECK_THROWS_AS(find_device(words), SpecError);
}

} // namespace lamina
