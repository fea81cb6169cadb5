/// Small spiking networks that have something of everything.
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "sim/spikes/network.hpp"
#include "sim/spikes/neuron_part.hpp"

namespace lamina {

inline NeuronPopulationSpec population(const std::string& name, const std::string& model,
                                       std::uint32_t n) {
    NeuronPopulationSpec p;
    p.name = name, p.model = model, p.n = n;
    return p;
}

inline ProjectionSpec projection(const std::string& from, const std::string& to, double weight,
                                 double delay_ms) {
    ProjectionSpec p;
    p.from = from, p.to = to, p.rule = "one_to_one";
    p.weight = {LawKind::constant, weight};
    p.delay_ms = {LawKind::constant, delay_ms};
    return p;
}

/// Excitation and inhibition with short-term plasticity from E, learning from E to I, and a cue.
inline NetworkSpec lively_network() {
    NetworkSpec network;
    network.populations = {population("E", "lif_exp", 160), population("I", "lif_exp", 40),
                           population("told", "spike_times", 5)};
    for (NeuronPopulationSpec& p : network.populations) {
        if (p.model != "lif_exp") continue;
        p.drives = {{9000, 87.8, ""}};
        p.start["V"] = {LawKind::uniform, 0, 0, -65, -50};
    }
    network.populations[0].protocol = {{20, 30, {{"I_bias", 300}}}, {25, 40, {{"tau_syn", 1}}}};
    for (std::uint32_t i = 0; i < 5; ++i)
        for (double t = 3.0 + i; t < 200; t += 7) network.populations[2].spikes.push_back({t, i});
    const auto random = [&](const char* from, const char* to, double degree, ValueLaw weight) {
        ProjectionSpec p = projection(from, to, 0, 0);
        p.rule = "fixed_in_degree";
        p.parameters["number"] = degree;
        p.weight = weight;
        p.delay_ms = {LawKind::uniform, 0, 0, 0.3, 4.2};
        network.projections.push_back(p);
        return &network.projections.back();
    };
    random("E", "E", 20, {LawKind::constant, 120})->synapse = {"tsodyks_markram", {{"U", 0.4}}};
    random("E", "I", 20, {LawKind::uniform, 0, 0, 20, 90})->synapse = {
        "stdp_pair", {{"w_max", 200}, {"A_plus", 0.03}, {"A_minus", 0.02}, {"mu_minus", 1}}};
    random("I", "E", 10, {LawKind::constant, -300});
    random("I", "I", 10, {LawKind::constant, -300})->synapse = {"extended_tsodyks_markram", {}};
    random("told", "E", 1, {LawKind::constant, 500});
    return network;
}

struct Ran {
    std::vector<Spike> spikes;
    std::vector<double> V_mV, u, weight;
};

inline void ask(SpikingNetwork& network, Ran& ran) {
    for (const Spike& s : network.take_spikes()) ran.spikes.push_back(s);
    ran.V_mV = network.read("E", "V");
    ran.u = network.read("E", "u");
    for (const LearntWeight& w : network.learnt_weights(1)) ran.weight.push_back(w.weight);
}

inline NetworkOptions options_of(int n_threads, Delivery delivery) {
    NetworkOptions options;
    options.n_threads = n_threads;
    options.spare_threads = false;
    options.delivery = delivery;
    return options;
}

inline void check_same(const Ran& a, const Ran& b) {
    CHECK(a.spikes == b.spikes);
    CHECK(a.V_mV == b.V_mV);
    CHECK(a.u == b.u);
    CHECK(a.weight == b.weight);
}

/// Two populations of a model, driven and connected through every channel it has, whatever it is.
inline NetworkSpec any_network(const NeuronModelEntry& model, double dt_ms = 0.1,
                               double all_ms = 1e300) {
    NetworkSpec network;
    network.dt_ms = dt_ms;
    for (const char* name : {"a", "b"}) {
        NeuronPopulationSpec p;
        p.name = name, p.model = model.name, p.n = name[0] == 'a' ? 300 : 211;
        if (p.model == std::string("spike_times"))
            for (std::uint32_t k = 0; k < 4 * p.n; ++k)
                p.spikes.push_back({1 + 0.7 * k, k * 37 % p.n});
        for (const std::string& channel : model.channels) {
            // what brings a neuron of usual parameters near its threshold
            const bool inhibits = channel.find("inhibitory") != std::string::npos;
            const double weight = channel == "current"     ? 900
                                  : channel == "potential" ? 2.5
                                  : inhibits               ? 1
                                                           : 4;
            p.drives.push_back({800, weight, channel, 0, all_ms});
            for (const char* from : {"a", "b"}) {
                ProjectionSpec projection;
                projection.from = from, projection.to = name, projection.rule = "fixed_in_degree";
                projection.parameters["number"] = 20;
                projection.weight = {LawKind::constant, 0.1 * weight};
                projection.delay_ms = {LawKind::uniform, 0, 0, 0.5, 3};
                projection.channel = channel;
                network.projections.push_back(projection);
            }
        }
        network.populations.push_back(p);
    }
    return network;
}

} // namespace lamina
