/// The published circuits that a spec can name, against what their papers say of them.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "analysis/spectrum.hpp"
#include "analysis/spikes.hpp"
#include "analysis/statistics.hpp"
#include "models/circuits/brunel_2000.hpp"
#include "models/circuits/vogels_abbott_2005.hpp"
#include "sim/spikes/brunel.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/network.hpp"
#include "sim/spikes/vogels_abbott.hpp"
#include "support/siegert.hpp"

namespace lamina {
namespace {

constexpr double dt_ms = 0.1;

struct Activity {
    double rate_Hz = 0;            ///< of all neurons
    double cv = 0;                 ///< mean CV of intervals, excitatory neurons with 5 or more
    double modulation = 0;         ///< SD over mean of the network's spikes in 0.5 ms
    double peak_Hz = 0;            ///< of the spectrum of the excitatory population's rate
    std::vector<double> counts_Hz; ///< of the whole network in 50 ms
};

/// What a network does after the first 200 ms.
Activity activity_of(const NetworkSpec& spec, double for_ms, std::uint64_t seed = 1) {
    NetworkOptions options;
    options.n_threads = 2;
    SpikingNetwork network(spec, seed, options);
    network.advance(2000);
    network.take_spikes();
    analysis::SpikeTrains trains, all;
    trains.n_steps = all.n_steps = std::llround(for_ms / dt_ms);
    trains.dt_ms = all.dt_ms = dt_ms;
    trains.n_neurons = network.first_neurons()[1];
    all.n_neurons = network.n_neurons();
    network.advance(trains.n_steps);
    for (const Spike& s : network.take_spikes()) {
        all.step.push_back(s.step - 2000), all.neuron.push_back(s.neuron);
        if (s.neuron >= trains.n_neurons) continue;
        trains.step.push_back(s.step - 2000), trains.neuron.push_back(s.neuron);
    }
    Activity a;
    a.rate_Hz = analysis::mean(analysis::neuron_rates_Hz(all));
    a.cv = analysis::mean(analysis::finite(analysis::interval_cv(trains, 5)));
    const auto counts = analysis::binned_counts(all, 0.5, all.n_neurons);
    a.modulation = analysis::standard_deviation(counts) / analysis::mean(counts);
    a.counts_Hz = analysis::population_rate_Hz(all, 50);
    const auto spectrum = analysis::welch(analysis::population_rate_Hz(trains, 0.5), 0.5, 512);
    const auto highest = std::max_element(spectrum.density.begin(), spectrum.density.end());
    a.peak_Hz = spectrum.frequency_Hz[std::size_t(highest - spectrum.density.begin())];
    return a;
}

/// Rate at which all neurons of the network make each other fire (Brunel 2000, eqs 4, 5, 21), with
/// the threshold that a grid of dt sees (Broadie, Glasserman & Kou 1997,
/// doi:10.1111/1467-9965.00035).
double mean_field_Hz(double g, double eta) {
    namespace paper = brunel_2000;
    const double C = paper::C_excitatory, J = paper::J_mV, tau_s = paper::tau_m_ms * 1e-3,
                 gamma = double(paper::C_inhibitory) / C;
    const auto excess_Hz = [&](double rate_Hz) {
        const double external_Hz = eta * paper::threshold_rate_Hz,
                     mu_mV = C * J * tau_s * (external_Hz + rate_Hz * (1 - gamma * g)),
                     sigma_mV =
                         J * std::sqrt(C * tau_s * (external_Hz + rate_Hz * (1 + gamma * g * g))),
                     shift_mV = 0.5826 * sigma_mV * std::sqrt(dt_ms / paper::tau_m_ms);
        return test::siegert_Hz(paper::tau_m_ms, paper::t_ref_ms, mu_mV, sigma_mV,
                                paper::V_thresh_mV + shift_mV, paper::V_reset_mV) -
               rate_Hz;
    };
    double low_Hz = 0.01, high_Hz = 400;
    for (int k = 0; k < 60; ++k) {
        const double middle_Hz = 0.5 * (low_Hz + high_Hz);
        (excess_Hz(middle_Hz) > 0 ? low_Hz : high_Hz) = middle_Hz;
    }
    return low_Hz;
}

} // namespace

TEST_CASE("brunel_2000: its numbers are the published ones") {
    CHECK(brunel_2000::threshold_rate_Hz == Approx(10)); // 20 mV over 0.1 mV, 1000 and 20 ms
    for (const double scale : {0.2, 1.0}) {
        const NetworkSpec network = brunel(5, 2, scale);
        CHECK(network.populations[0].n == std::lround(10000 * scale));
        CHECK(network.populations[1].n == std::lround(2500 * scale));
        CHECK(network.populations[0].drives.at(0).rate_Hz == Approx(20000));
        double synapses = 0;
        for (const ProjectionSpec& p : network.projections)
            synapses += expected_synapses(p, 0, network.populations[p.to == "I"].n);
        CHECK(synapses == 1250 * 12500 * scale); // every neuron keeps its own
    }
    CHECK(brunel(5, 0, 0.2).populations[0].drives.empty());
    const SpikingNetwork built(brunel(4.5, 0.9, 0.2), 1, {});
    CHECK(built.synapses() == std::vector<std::uint64_t>{2000000, 500000, 500000, 125000});
}

TEST_CASE("brunel_2000: the rate of the asynchronous state is that of the mean-field theory") {
    const Activity a = activity_of(brunel(5, 2, 1), 1000);
    const double theory_Hz = mean_field_Hz(5, 2);
    const double spread_Hz =
        analysis::standard_deviation(a.counts_Hz) / std::sqrt(double(a.counts_Hz.size()));
    std::printf("brunel_2000, g 5, eta 2: %.2f Hz (SE %.2f), theory %.2f Hz\n", a.rate_Hz,
                spread_Hz, theory_Hz);
    CHECK(theory_Hz == Approx(37.25).epsilon(1e-3)); // computed independently; 37.95 without grid
    // The theory takes the recurrent spikes for white noise. Their intervals have a CV of 0.4, and
    // a tenth of them is shared; half or one and a half times the variance would move the rate by
    // -4.2 or +3.8 %. The mean over 1 s adds its error. g off by 3 % is seen, by 2 % not.
    CHECK(std::fabs(a.rate_Hz / theory_Hz - 1) < 0.042 + 3 * spread_Hz / theory_Hz);
}

TEST_CASE("brunel_2000: the four regimes of figure 8 are told apart") {
    const auto tell = [](const char* name, const Activity& a) {
        std::printf("brunel_2000, %s: %.1f Hz, CV %.2f, modulation %.2f, peak %.0f Hz\n", name,
                    a.rate_Hz, a.cv, a.modulation, a.peak_Hz);
        return a;
    };
    const Activity SR = tell("synchronous regular", activity_of(brunel(3, 2, 1), 300)),
                   fast = tell("fast oscillation", activity_of(brunel(6, 4, 1), 500)),
                   AI = tell("asynchronous irregular", activity_of(brunel(5, 2, 1), 500)),
                   slow = tell("slow oscillation", activity_of(brunel(4.5, 0.9, 1), 2000));
    // Seeds 1 to 4 give rates within 3 %, CV 0.74 to 0.83 (fast), 0.39 (AI), 0.61 to 0.64 (slow),
    // modulations 0.90 to 1.02, 0.56 to 0.60 and 1.7 to 2.0; the bounds lie between the regimes.
    // all spike in step, with a period of twice the delay: after it everybody's excitation arrives
    CHECK(SR.cv < 0.05);
    CHECK(SR.modulation > 1.2); // were they in 1 of 3 ms: sqrt(2)
    CHECK(SR.rate_Hz == Approx(1000 / (2 * brunel_2000::delay_ms)).epsilon(0.01));
    // the network is faster than its neurons, which take part in some cycles
    CHECK(fast.cv > 0.55);
    CHECK(fast.peak_Hz > 100);
    CHECK(fast.peak_Hz > 2 * fast.rate_Hz);
    CHECK(slow.rate_Hz < 12);
    CHECK(slow.peak_Hz > 2 * slow.rate_Hz);
    CHECK(slow.peak_Hz < 60);
    CHECK(slow.modulation > 1);
    // irregular, and the least modulated of all
    CHECK(AI.cv > 0.3);
    CHECK(AI.modulation < 0.85 * std::min({SR.modulation, fast.modulation, slow.modulation}));
    CHECK(mean_field_Hz(4.5, 0.9) == Approx(slow.rate_Hz).epsilon(0.3)); // oscillates: not exact
}

TEST_CASE("vogels_abbott_2005: a network without input sustains irregular activity") {
    const NetworkSpec network = vogels_abbott(1);
    CHECK(network.populations[0].n + network.populations[1].n == 4000);
    double synapses = 0;
    for (const ProjectionSpec& p : network.projections)
        synapses += expected_synapses(p, p.from == "E" ? 3200 : 800, p.to == "E" ? 3200 : 800);
    CHECK(synapses == Approx(0.02 * 4000 * 4000)); // 80 of each neuron
    for (const NeuronPopulationSpec& p : network.populations) CHECK(p.drives.empty());
    double sum_Hz = 0;
    for (const std::uint64_t seed : {1, 2, 3}) {
        const Activity a = activity_of(network, 1000, seed);
        std::printf("vogels_abbott_2005, seed %d: %.2f Hz, CV %.2f, modulation %.2f\n", int(seed),
                    a.rate_Hz, a.cv, a.modulation);
        sum_Hz += a.rate_Hz;
        // bursts and pauses; independent spikes would have a modulation of 0.16
        CHECK(a.cv > 1.2);
        CHECK(a.modulation < 0.4);
        for (const double rate_Hz : a.counts_Hz) CHECK(rate_Hz > 5); // nowhere near its end
    }
    // Brian2 has 19.4 Hz. Runs of 1 s have an SD of 1.4 Hz, so three of them are off by 4 Hz in one
    // of 10^6. A tenth less inhibition gives 2 Hz more or lets activity end, which CV and counts
    // see
    CHECK(std::fabs(sum_Hz / 3 - vogels_abbott_2005::reference_excitatory_Hz) < 4);
    // it is the activity at the start that goes on: from rest nothing ever happens
    NetworkSpec silent = network;
    for (NeuronPopulationSpec& p : silent.populations) p.start.clear();
    CHECK(activity_of(silent, 300).rate_Hz == 0);
}

} // namespace lamina
