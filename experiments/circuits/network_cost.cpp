#include "experiments/circuits/network_cost.hpp"

#include <algorithm>
#include <map>

#include "experiments/circuits/circuit_network.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {
namespace {

constexpr double unknown_rate_Hz = 8; ///< where nobody has published one

bool has_drive(const NetworkSpec& network) {
    return std::any_of(network.populations.begin(), network.populations.end(),
                       [](const NeuronPopulationSpec& p) { return !p.drives.empty(); });
}

/// Seconds per synaptic event and per neuron and step, of a small network that runs 50 ms.
void measure_speed(const ExperimentSpec& spec, double& per_event_s, double& per_update_s) {
    ExperimentSpec small = spec;
    const CircuitKind& circuit = *find_circuit(spec.circuit.model);
    small.circuit.scale = std::min(spec.circuit.scale, std::max(0.05, circuit.smallest_scale));
    small.circuit.drive = "poisson"; // a small network with DC may be silent
    NetworkOptions options;
    options.take_times = true;
    options.delivery = Delivery::due_time;
    SpikingNetwork network(circuit.make(small), spec.seed, options);
    network.advance(std::int64_t(50 / network.dt_ms()));
    const NetworkCost cost = network.cost();
    per_event_s = cost.deliver_s / std::max<double>(1, double(cost.n_events));
    per_update_s = (cost.update_s + (has_drive(circuit.make(spec)) ? cost.drive_s : 0)) /
                   (double(cost.n_neurons) * double(cost.n_steps));
}

} // namespace

NetworkNeeds network_needs(const ExperimentSpec& spec, bool measure) {
    const CircuitKind& circuit = *find_circuit(spec.circuit.model);
    const NetworkSpec network = circuit.make(spec);
    const double seconds = spec.task.duration_ms * 1e-3,
                 all_seconds = seconds + spec.task.discard_ms * 1e-3;
    std::map<std::string, double> n, rate_Hz;
    NetworkNeeds needs;
    for (const NeuronPopulationSpec& p : network.populations) {
        n[p.name] = p.n;
        rate_Hz[p.name] = circuit.reference_rate_Hz(spec, p.name).value_or(unknown_rate_Hz);
        needs.neurons += p.n;
        needs.spikes += p.n * rate_Hz[p.name] * seconds;
    }
    double events = 0;
    for (const ProjectionSpec& p : network.projections) {
        const double synapses = expected_synapses(p, n[p.from], n[p.to]);
        needs.synapses += synapses;
        events += synapses * rate_Hz[p.from] * all_seconds;
    }
    // spikes are kept until their statistics are done, once by time and once by population
    needs.memory_bytes = 4.2 * needs.synapses + 100 * needs.neurons + 48 * needs.spikes;
    if (!measure) return needs;
    double per_event_s = 0, per_update_s = 0;
    measure_speed(spec, per_event_s, per_update_s);
    // some 20 ns to build a synapse
    needs.core_seconds = events * per_event_s + 20e-9 * needs.synapses +
                         needs.neurons * all_seconds * 1e3 / network.dt_ms * per_update_s;
    return needs;
}

} // namespace lamina
