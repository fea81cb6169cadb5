#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "kernels/philox.hpp"
#include "sim/errors.hpp"
#include "sim/small_networks.hpp"
#include "sim/spikes/network.hpp"
#include "sim/spikes/synapse_models.hpp"

namespace lamina {
namespace {

/// One neuron that spikes when told, and one that never leaks nor spikes and so adds up its input.
NetworkSpec talker_and_adder(const std::vector<double>& times_ms) {
    NetworkSpec network;
    network.precision = SpikePrecision::float64;
    network.populations = {population("talks", "spike_times", 1),
                           population("adds", "lif_delta", 1)};
    for (const double t : times_ms) network.populations[0].spikes.push_back({t, 0});
    network.populations[1].parameters = {{"tau_m", 1e12}, {"V_thresh", 1e6}};
    network.projections = {projection("talks", "adds", 1, 1)};
    return network;
}

/// Potential of the adder at the end of every step.
std::vector<double> added(const NetworkSpec& spec, std::int64_t n_steps, Delivery delivery) {
    NetworkOptions options;
    options.delivery = delivery;
    options.probes = {{"adds", "V", 1, 1}};
    SpikingNetwork network(spec, 1, options);
    network.advance(n_steps);
    return network.take_samples()[0].values;
}

} // namespace

TEST_CASE("a population spikes exactly when its list says so") {
    NetworkSpec network;
    network.populations = {population("told", "spike_times", 3)};
    // on the grid, within a step, given out of order
    network.populations[0].spikes = {{2.0, 1}, {0.1, 0}, {0.35, 2}, {0.3, 0}};
    for (const int n_threads : {1, 2}) {
        SpikingNetwork run(network, 1, options_of(n_threads, Delivery::automatic));
        run.advance(100);
        CHECK(run.take_spikes() == std::vector<Spike>{{0, 0}, {2, 0}, {3, 2}, {19, 1}});
    }
    for (const TimedSpike wrong : {TimedSpike{0, 0}, TimedSpike{1, 3}, TimedSpike{0.26, 0}}) {
        NetworkSpec bad = network;
        bad.populations[0].spikes.push_back(wrong);
        CHECK_THROWS_AS(SpikingNetwork(bad, 1, {}), SpecError);
    }
}

TEST_CASE("short-term plasticity follows its equations from spike to spike") {
    const std::vector<double> times_ms = {5, 10, 15, 20, 60, 61, 300};
    struct Case {
        SynapseSpec synapse;
        double U, f, tau_F, tau_D;
        bool before; ///< u grows before the spike is sent
    };
    const Case cases[] = {
        {{"tsodyks_markram", {}}, 0.2, 0.2, 1500, 200, true},
        {{"tsodyks_markram", {{"U", 0.45}, {"tau_F", 30}, {"tau_D", 900}}},
         0.45,
         0.45,
         30,
         900,
         true},
        {{"extended_tsodyks_markram", {}}, 0.02, 0.1, 100, 100, false},
        {{"extended_tsodyks_markram", {{"U", 0.9}, {"tau_F", 1000}, {"tau_D", 20}}},
         0.9,
         0.1,
         1000,
         20,
         false}};
    for (const Case& c : cases)
        for (const Delivery delivery : {Delivery::due_time, Delivery::ring}) {
            NetworkSpec spec = talker_and_adder(times_ms);
            spec.projections[0].synapse = c.synapse;
            const std::vector<double> V = added(spec, 4000, delivery);
            double u = c.U, x = 1, sum = 0, last_ms = 0;
            for (const double t : times_ms) {
                u = c.U + (u - c.U) * std::exp(-(t - last_ms) / c.tau_F);
                x = 1 + (x - 1) * std::exp(-(t - last_ms) / c.tau_D);
                if (c.before) u += c.f * (1 - u);
                sum += u * x;
                x -= u * x;
                if (!c.before) u += c.f * (1 - u);
                last_ms = t;
                // the share is a whole number of 2^-16, the weight of 2^-14 (1 mV): each spike is
                // rounded by at most 2^-17 + 2^-15
                const auto arrival = std::size_t(std::lround((t + 1) / 0.1)) - 1;
                CHECK(V[arrival] == Approx(sum).margin(7 * (0x1p-17 + 0x1p-15)));
                CHECK(V[arrival - 1] < V[arrival]);
            }
        }
}

TEST_CASE("short-term plasticity settles where regular spikes at one rate keep it") {
    // behind a spike u = v + U (1 - v), v = U + (u - U) F before it; x alike
    for (const double rate_Hz : {1.0, 5.0, 10.0, 20.0, 50.0}) {
        std::vector<double> times_ms;
        const double T_ms = 1000 / rate_Hz;
        for (int k = 1; k <= 200; ++k) times_ms.push_back(k * T_ms);
        NetworkSpec spec = talker_and_adder(times_ms);
        spec.projections[0].synapse.model = "tsodyks_markram";
        SpikingNetwork network(spec, 1, {});
        network.advance(std::llround(200 * T_ms / 0.1)); // to the last spike
        const double F = std::exp(-T_ms / 1500), D = std::exp(-T_ms / 200), U = 0.2;
        const double steady_u = U * (2 - U - F * (1 - U)) / (1 - (1 - U) * F); // behind a spike
        const double steady_x = (1 - steady_u) * (1 - D) / (1 - (1 - steady_u) * D);
        CHECK(network.read("talks", "u")[0] == Approx(steady_u).epsilon(1e-10));
        CHECK(network.read("talks", "x")[0] == Approx(steady_x).epsilon(1e-10));
    }
}

TEST_CASE("pair STDP is the sum over all pairs of arrival and spike") {
    // 40 random spikes of source and target in 200 ms, delay 2.3 ms
    NetworkSpec spec;
    spec.populations = {population("pre", "spike_times", 1), population("post", "spike_times", 1)};
    std::vector<std::int64_t> pre, post;
    for (std::uint32_t i = 0; i < 40; ++i) {
        const PhiloxWords w = philox(3, 0, Stream::laboratory, i, 0);
        pre.push_back(w.word[0] % 2000);
        post.push_back(w.word[1] % 2000);
    }
    for (auto* steps : {&pre, &post}) {
        std::sort(steps->begin(), steps->end());
        steps->erase(std::unique(steps->begin(), steps->end()), steps->end());
    }
    post.back() = pre.back() + 23; // an arrival in the very step of a spike
    std::sort(post.begin(), post.end());
    for (const std::int64_t s : pre) spec.populations[0].spikes.push_back({double(s + 1) * 0.1, 0});
    for (const std::int64_t s : post)
        spec.populations[1].spikes.push_back({double(s + 1) * 0.1, 0});
    spec.projections = {projection("pre", "post", 5, 2.3)};

    for (const double mu : {0.0, 1.0, 0.3}) {
        spec.projections[0].synapse = {"stdp_pair",
                                       {{"w_max", 10},
                                        {"tau_plus", 17},
                                        {"tau_minus", 34},
                                        {"A_plus", 0.01},
                                        {"A_minus", 0.004},
                                        {"mu_plus", mu},
                                        {"mu_minus", mu}}};
        SpikingNetwork network(spec, 1, {});
        network.advance(2200);
        // in the order of time; an arrival comes before a spike of the same step
        double w = 0.5;
        for (std::int64_t step = 0; step < 2200; ++step) {
            if (std::binary_search(pre.begin(), pre.end(), step - 23)) {
                double y = 0;
                for (const std::int64_t s : post)
                    if (s < step) y += std::exp(-0.1 * double(step - s) / 34);
                w -= 0.004 * std::pow(w, mu) * y;
            }
            if (std::binary_search(post.begin(), post.end(), step)) {
                double x = 0;
                for (const std::int64_t s : pre)
                    if (s + 23 <= step) x += std::exp(-0.1 * double(step - s - 23) / 17);
                w += 0.01 * std::pow(1 - w, mu) * x;
            }
            REQUIRE(w > 0);
            REQUIRE(w < 1);
        }
        REQUIRE(std::fabs(w - 0.5) > 0.005); // it has learnt
        const auto weights = network.learnt_weights(0);
        REQUIRE(weights.size() == 1);
        CHECK(weights[0].delay_ms == Approx(2.3));
        // some 80 changes of a number in single precision, each rounded by 2^-25 of w_max
        CHECK(weights[0].weight == Approx(10 * w).margin(10 * 80 * 0x1p-24));
    }
}

TEST_CASE("a weight that learns stays within its bounds and acts as it is") {
    NetworkSpec spec = talker_and_adder({5, 15, 25});
    spec.projections[0].synapse = {"stdp_pair", {{"w_max", 2}}};
    const std::vector<double> V = added(spec, 400, Delivery::due_time);
    // without spikes of the target nothing is learnt: three times the weight of 1 mV
    CHECK(V.back() == Approx(3).margin(3 * 0x1p-14));

    for (const ValueLaw beyond :
         {ValueLaw{LawKind::constant, 3}, ValueLaw{LawKind::constant, -1}}) {
        spec.projections[0].weight = beyond;
        CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("w_max = 2"));
    }
    spec.projections[0].weight = {LawKind::constant, 1};
    spec.projections[0].synapse.parameters = {{"tau", 3}};
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("has no parameter `tau`"));
    for (const char* share : {"A_plus", "A_minus"}) {
        spec.projections[0].synapse = {"stdp_pair", {{"w_max", 2}, {share, 1}}};
        CHECK_NOTHROW(SpikingNetwork(spec, 1, {}));
        spec.projections[0].synapse.parameters[share] = 1.01;
        CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}),
                          "talks -> adds: A_plus and A_minus are shares: at most 1 (stdp_pair)");
    }
    spec.projections[0].synapse = {"tsodyks_markram", {{"U", 1.5}}};
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("U is a share"));
    spec.projections[0].synapse = {"stpd_pair", {}};
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("no synapse model `stpd_pair`"));
}

TEST_CASE("synapse models give the same spikes for any threads and delivery") {
    const NetworkSpec spec = lively_network();
    Ran once;
    SpikingNetwork network(spec, 1, options_of(1, Delivery::due_time));
    network.advance(2000);
    ask(network, once);
    REQUIRE(once.spikes.size() > 300);
    REQUIRE(*std::max_element(once.weight.begin(), once.weight.end()) > 95); // 90 at the start
    REQUIRE(once.u != std::vector<double>(160, once.u[0]));
    for (const int n_threads : {1, 2, 3, 8})
        for (const Delivery delivery : {Delivery::due_time, Delivery::ring}) {
            SpikingNetwork again(spec, 1, options_of(n_threads, delivery));
            for (int k = 0; k < 20; ++k) again.advance(100);
            Ran ran;
            ask(again, ran);
            check_same(ran, once);
        }
}

TEST_CASE("a network saved at any step and restored goes on as if it had never stopped") {
    const NetworkSpec spec = lively_network();
    Ran once;
    SpikingNetwork network(spec, 1, options_of(2, Delivery::due_time));
    network.advance(900);
    ask(network, once);
    for (const std::int64_t at : {0, 1, 203, 417, 640})
        for (const Delivery first : {Delivery::due_time, Delivery::ring})
            for (const Delivery then : {Delivery::due_time, Delivery::ring}) {
                SpikingNetwork begun(spec, 1, options_of(1, first));
                begun.advance(at);
                Ran ran;
                ran.spikes = begun.take_spikes();
                const NetworkState state = begun.save();
                CHECK(begun.save().arrays == state.arrays);

                SpikingNetwork other(spec, 1, options_of(3, then));
                other.advance(57); // what it did before is forgotten
                other.take_spikes();
                other.restore(state);
                CHECK(other.save().arrays == state.arrays);
                other.advance(900 - at);
                ask(other, ran);
                check_same(ran, once);

                // and the one that was saved goes on as well
                Ran rest;
                begun.advance(900 - at);
                ask(begun, rest);
                CHECK(rest.V_mV == once.V_mV);
                CHECK(rest.weight == once.weight);
            }
}

TEST_CASE("every synapse model gives the same spikes for any threads, delivery and interruption") {
    for (const SynapseModelEntry& model : synapse_models()) {
        INFO(model.name);
        NetworkSpec spec = lively_network();
        ProjectionSpec& to_I = spec.projections[1];
        to_I.synapse = {model.name, {}};
        if (model.kind == SynapseKind::plastic)
            to_I.synapse.parameters = {{"w_max", 200}, {"A_plus", 0.03}, {"A_minus", 0.02}};
        const auto run = [&](int n_threads, Delivery delivery, std::int64_t saved_at) {
            SpikingNetwork first(spec, 1, options_of(1, Delivery::ring));
            first.advance(saved_at);
            std::vector<Spike> spikes = first.take_spikes();
            SpikingNetwork then(spec, 1, options_of(n_threads, delivery));
            then.restore(first.save());
            then.advance(800 - saved_at);
            for (const Spike& s : then.take_spikes()) spikes.push_back(s);
            return spikes;
        };
        const auto once = run(1, Delivery::ring, 0);
        REQUIRE(once.size() > 100);
        CHECK(run(2, Delivery::due_time, 0) == once);
        CHECK(run(3, Delivery::due_time, 333) == once);
        CHECK(run(2, Delivery::ring, 500) == once);
    }
}

TEST_CASE("a state of another network is refused") {
    NetworkSpec spec = lively_network();
    SpikingNetwork network(spec, 1, {});
    network.advance(100);
    const NetworkState state = network.save();
    const auto refusal = [&](const NetworkSpec& changed) {
        SpikingNetwork other(changed, 1, {});
        try {
            other.restore(state);
        } catch (const SpecError& e) { return std::string(e.what()); }
        return std::string("accepted");
    };
    const std::string words = "the saved state is of another network: ";
    CHECK(refusal(spec) == "accepted");
    NetworkSpec other = spec;
    other.populations[0].n = 161;
    CHECK(refusal(other) == words + "neurons/E should have 483 words and has 480");
    other = spec;
    other.populations[1].name = "J";
    for (ProjectionSpec& p : other.projections) {
        if (p.from == "I") p.from = "J";
        if (p.to == "I") p.to = "J";
    }
    CHECK(refusal(other) == words + "neurons/J should have 120 words and has 0");
    other = spec;
    other.projections[1].parameters["number"] = 19; // of 40 targets
    CHECK(refusal(other) == words + "learning/1/shares should have 760 words and has 800");
    other = spec;
    other.projections[2].synapse = {"tsodyks_markram", {}};
    CHECK(refusal(other) == words + "emission/2 should have 120 words and has 0");
    // what the other would lose
    other = spec;
    for (ProjectionSpec& p : other.projections) p.synapse = {};
    CHECK(refusal(other) == words + "it has emission/0, and this one has no such thing");
    other = spec;
    for (ProjectionSpec& p : other.projections) p.delay_ms = {LawKind::constant, 1};
    CHECK_THAT(refusal(other), Catch::StartsWith(words + "it has coming/E/0/1"));
    // who refuses goes on as if nobody had asked
    other = spec;
    other.populations[1].name = "J";
    for (ProjectionSpec& p : other.projections) {
        if (p.from == "I") p.from = "J";
        if (p.to == "I") p.to = "J";
    }
    SpikingNetwork asked(other, 1, {}), untouched(other, 1, {});
    for (SpikingNetwork* n : {&asked, &untouched}) n->advance(60);
    CHECK_THROWS_AS(asked.restore(state), SpecError);
    for (SpikingNetwork* n : {&asked, &untouched}) n->advance(300);
    CHECK((asked.take_spikes() == untouched.take_spikes()));
    CHECK((asked.save().arrays == untouched.save().arrays));
}

TEST_CASE("parameters differ while their window lasts") {
    NetworkSpec spec;
    spec.precision = SpikePrecision::float64;
    spec.populations = {population("cell", "lif_exp", 1)};
    spec.populations[0].protocol = {{10, 30, {{"I_bias", 200}}}, {20, 25, {{"I_bias", -100}}}};
    NetworkOptions options;
    options.probes = {{"cell", "V", 1, 1}};
    SpikingNetwork network(spec, 1, options);
    network.advance(600);
    const std::vector<double> V = network.take_samples()[0].values;
    // V relaxes towards E_L + 40 MOhm I with 10 ms, exactly from one end of a window to the next
    double expected = -65, worst = 0;
    for (std::size_t step = 0; step < 600; ++step) {
        const double t = 0.1 * double(step);
        const double I_pA = t >= 20 - 1e-9 && t < 25 - 1e-9   ? -100
                            : t >= 10 - 1e-9 && t < 30 - 1e-9 ? 200
                                                              : 0;
        const double target = -65 + 0.04 * I_pA;
        expected = target + (expected - target) * std::exp(-0.01);
        worst = std::max(worst, std::fabs(V[step] - expected));
    }
    // 600 steps, each rounding a value near 65 mV once
    CHECK(worst < 600 * 65 * 0x1p-52);
    CHECK(*std::max_element(V.begin(), V.end()) > -60);

    spec.populations[0].protocol[0].parameters = {{"I_bais", 1}};
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("I_bais"));
}

TEST_CASE("a variable that neuron and synapses both have is the neuron's") {
    NetworkSpec spec;
    spec.populations = {{"E", "izhikevich", 3, {}, {}, {}, {}, {}}};
    ProjectionSpec to_E;
    to_E.from = to_E.to = "E", to_E.rule = "all_to_all";
    to_E.weight = {LawKind::constant, 0.1}, to_E.delay_ms = {LawKind::constant, 1};
    to_E.synapse = {"tsodyks_markram", {{"U", 0.3}}};
    spec.projections = {to_E};
    const SpikingNetwork network(spec, 1, {});
    // izhikevich begins with u = b V < 0; the synapses with U
    CHECK(network.read("E", "u")[0] < 0);
    CHECK(network.read("E", "x")[0] == 1);
}

TEST_CASE("external spikes that a sum cannot hold are refused") {
    NetworkSpec spec;
    spec.populations = {{"E", "lif_exp", 3, {}, {}, {}, {}, {}}};
    // 32 767 quanta at most each: 2^30 are 32 768 spikes in a step of 0.1 ms, and 330 MHz
    spec.populations[0].drives = {{1e8, 90, ""}};
    CHECK_NOTHROW(SpikingNetwork(spec, 1, {}));
    spec.populations[0].drives = {{1e9, 90, ""}};
    CHECK_THROWS_WITH(SpikingNetwork(spec, 1, {}), Catch::Contains("E: external spikes at 1e+09"));
}

TEST_CASE("a restored network gives no samples and spikes of the time before") {
    NetworkOptions options = options_of(2, Delivery::automatic);
    options.probes = {{"E", "V", 10, 5}};
    SpikingNetwork network(lively_network(), 1, options);
    network.advance(200);
    const NetworkState state = network.save();
    network.advance(100); // nobody takes what was seen
    network.restore(state);
    network.advance(50);
    const auto samples = network.take_samples();
    CHECK(samples[0].first_step == 204);
    REQUIRE(samples[0].values.size() == 10 * 10);
    std::vector<double> now = network.read("E", "V");
    now.resize(10);
    CHECK(std::vector<double>(samples[0].values.end() - 10, samples[0].values.end()) == now);
    const std::vector<Spike> spikes = network.take_spikes();
    REQUIRE_FALSE(spikes.empty());
    CHECK(spikes.front().step >= 200);
}

TEST_CASE("probes see every neuron at every sample, whatever the threads and interruptions") {
    const NetworkSpec spec = lively_network();
    std::vector<std::vector<double>> seen;
    for (const auto& [n_threads, at_once] :
         {std::pair(1, 500), std::pair(3, 500), std::pair(2, 77)}) {
        NetworkOptions options = options_of(n_threads, Delivery::automatic);
        options.probes = {{"E", "V", 100, 5}, {"E", "x", 160, 50}};
        SpikingNetwork network(spec, 1, options);
        std::vector<double> V, x;
        for (std::int64_t done = 0; done < 500; done += at_once) {
            network.advance(std::min<std::int64_t>(at_once, 500 - done));
            const auto samples = network.take_samples();
            CHECK(samples[0].first_step == done / 5 * 5 + 4);
            V.insert(V.end(), samples[0].values.begin(), samples[0].values.end());
            x.insert(x.end(), samples[1].values.begin(), samples[1].values.end());
        }
        REQUIRE(V.size() == 100 * 100);
        REQUIRE(x.size() == 10 * 160);
        std::vector<double> last = network.read("E", "V");
        last.resize(100);
        CHECK(std::vector<double>(V.end() - 100, V.end()) == last);
        CHECK(std::vector<double>(x.end() - 160, x.end()) == network.read("E", "x"));
        V.insert(V.end(), x.begin(), x.end());
        seen.push_back(V);
    }
    CHECK(seen[1] == seen[0]);
    CHECK(seen[2] == seen[0]);
    for (const Probe& wrong :
         {Probe{"E", "W", 1, 1}, Probe{"F", "V", 1, 1}, Probe{"E", "V", 161, 1},
          Probe{"E", "V", 1, 0}, Probe{"I", "U", 1, 1}}) {
        NetworkOptions options;
        options.probes = {wrong};
        CHECK_THROWS_AS(SpikingNetwork(spec, 1, options), SpecError);
    }
}

} // namespace lamina
