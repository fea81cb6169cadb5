#include "experiments/circuits/network_cost.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "experiments/circuits/circuit_network.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/device/device_memory.hpp"
#include "sim/spikes/network.hpp"
#include "sim/spikes/neuron_part.hpp"
#include "sim/spikes/synapse_models.hpp"

namespace lamina {
namespace {

constexpr double unknown_rate_Hz = 8; ///< where nobody has published one
constexpr double synapse_bytes = 4.2;
constexpr double learning_synapse_bytes = 24; ///< measured: 9 million of stdp_pair

bool has_drive(const NetworkSpec& network) {
    return std::any_of(network.populations.begin(), network.populations.end(),
                       [](const NeuronPopulationSpec& p) { return !p.drives.empty(); });
}

constexpr double small_neurons = 4000; ///< of a network that is timed

/// A network of fewer neurons and synapses that does the same things.
NetworkSpec scaled(NetworkSpec network, double share) {
    std::map<std::string, std::uint32_t> n;
    for (NeuronPopulationSpec& p : network.populations) {
        // two at least, so that there is a pair
        n[p.name] = p.n = std::max(std::min(2u, p.n), std::uint32_t(std::lround(share * p.n)));
        const auto beyond = [&](const TimedSpike& spike) { return spike.neuron >= p.n; };
        p.spikes.erase(std::remove_if(p.spikes.begin(), p.spikes.end(), beyond), p.spikes.end());
    }
    for (ProjectionSpec& p : network.projections) {
        const auto number = p.parameters.find("number");
        if (number != p.parameters.end())
            number->second =
                p.rule == "fixed_total"
                    ? std::floor(number->second * share * share)
                    : std::min(std::floor(number->second * share),
                               double(std::min(n[p.from], n[p.to])) - 1); // without multapses, too
        const auto beyond = [&](const TabledSynapse& synapse) {
            return synapse.source >= n[p.from] || synapse.target >= n[p.to];
        };
        auto& table = p.table.synapses;
        table.erase(std::remove_if(table.begin(), table.end(), beyond), table.end());
    }
    return network;
}

/// What is timed: a small network of the same kind.
NetworkSpec small_network(const ExperimentSpec& spec) {
    if (spec.circuit.tabled()) {
        const NetworkSpec network = network_of(spec);
        double n = 0;
        for (const NeuronPopulationSpec& p : network.populations) n += p.n;
        return scaled(network, std::min(1.0, small_neurons / n));
    }
    ExperimentSpec small = spec;
    const CircuitKind& circuit = *find_circuit(spec.circuit.model);
    small.circuit.scale = std::min(spec.circuit.scale, std::max(0.05, circuit.smallest_scale));
    small.circuit.drive = "poisson"; // a small network with DC may be silent
    return network_of(small);
}

/// Seconds per synaptic event and per neuron and step, of a small network that runs 50 ms.
void measure_speed(const ExperimentSpec& spec, double& per_event_s, double& per_update_s) {
    NetworkOptions options;
    options.take_times = true;
    options.delivery = Delivery::due_time;
    const NetworkSpec small = small_network(spec);
    SpikingNetwork network(small, spec.seed, options);
    network.advance(std::max<std::int64_t>(1, std::int64_t(50 / network.dt_ms())));
    const NetworkCost cost = network.cost();
    constexpr double few_events = 1000, usual_s = 1e-9; // docs/spikes.md, Speed
    per_event_s =
        double(cost.n_events) < few_events ? usual_s : cost.deliver_s / double(cost.n_events);
    per_update_s = (cost.update_s + (has_drive(network_of(spec)) ? cost.drive_s : 0)) /
                   (double(cost.n_neurons) * double(cost.n_steps));
}

} // namespace

NetworkNeeds network_needs(const ExperimentSpec& spec, bool measure) {
    const NetworkSpec network = network_of(spec);
    const double seconds = spec.task.duration_ms * 1e-3,
                 all_seconds = seconds + spec.task.discard_ms * 1e-3;
    std::map<std::string, double> n, rate_Hz;
    NetworkNeeds needs;
    for (const NeuronPopulationSpec& p : network.populations) {
        n[p.name] = p.n;
        rate_Hz[p.name] = reference_rate_Hz(spec, p.name).value_or(unknown_rate_Hz);
        needs.neurons += p.n;
        needs.spikes += p.n * rate_Hz[p.name] * seconds;
    }
    double events = 0;
    device::DeviceLoad load;
    std::set<std::tuple<std::string, std::string, std::map<std::string, double>>> bundles;
    for (const NeuronPopulationSpec& p : network.populations)
        for (const NeuronModelEntry& model : neuron_models())
            if (p.model == model.name) load.slots += p.n * double(model.channels.size());
    for (const ProjectionSpec& p : network.projections) {
        const double synapses = p.table.synapses.empty() ? expected_synapses(p, n[p.from], n[p.to])
                                                         : double(p.table.synapses.size());
        needs.synapses += synapses;
        const bool learns = synapse_model(p.synapse.model).kind == SynapseKind::plastic;
        needs.memory_bytes += (learns ? learning_synapse_bytes : synapse_bytes) * synapses;
        events += synapses * rate_Hz[p.from] * all_seconds;
        if (learns) load.learning += synapses;
        const double steps = delay_ends_ms(p).largest / network.dt_ms;
        load.longest_steps = std::max(load.longest_steps, std::int64_t(std::round(steps)));
        if (synapse_model(p.synapse.model).kind == SynapseKind::emission &&
            bundles.insert({p.from, p.synapse.model, p.synapse.parameters}).second)
            load.emitting += n[p.from];
    }
    load.neurons = needs.neurons, load.synapses = needs.synapses;
    needs.device_bytes = device::predicted_bytes(load);
    // spikes are kept until their statistics are done, once by time and once by population
    needs.memory_bytes += 100 * needs.neurons + 48 * needs.spikes;
    double n_variants = 1;
    for (const VaryFactor& factor : spec.vary) n_variants *= double(factor.values.size());
    for (const RecordedVariable& v : spec.record.variables)
        needs.variable_bytes += 8 * (std::min(double(v.neurons), n[v.population]) + 1) *
                                std::floor(spec.task.duration_ms / v.every_ms);
    // those of all variants are kept: a vector that grew, a table, the file and its copy
    needs.memory_bytes += 4 * n_variants * needs.variable_bytes;
    if (!measure) return needs;
    double per_event_s = 0, per_update_s = 0;
    measure_speed(spec, per_event_s, per_update_s);
    // some 20 ns to build a synapse
    needs.core_seconds = events * per_event_s + 20e-9 * needs.synapses +
                         needs.neurons * all_seconds * 1e3 / network.dt_ms * per_update_s;
    return needs;
}

} // namespace lamina
