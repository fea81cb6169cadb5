#include "experiments/circuits/circuit_network.hpp"

#include "experiments/circuits/table_files.hpp"
#include "models/circuits/potjans_diesmann_2014.hpp"
#include "models/circuits/vogels_abbott_2005.hpp"
#include "sim/spikes/brunel.hpp"
#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/vogels_abbott.hpp"

namespace lamina {
namespace {

MicrocircuitDrive drive_of(const ExperimentSpec& spec) {
    return spec.circuit.drive == "poisson" ? MicrocircuitDrive::poisson : MicrocircuitDrive::dc;
}

NetworkSpec make_microcircuit(const ExperimentSpec& spec) {
    const ThalamusSpec& thalamus = spec.circuit.thalamus;
    NetworkSpec network = microcircuit(spec.circuit.scale, drive_of(spec), spec.area.dt_ms);
    if (thalamus.rate_Hz > 0)
        add_thalamus(network, spec.circuit.scale, thalamus.rate_Hz, thalamus.start_ms,
                     thalamus.duration_ms);
    return network;
}

std::optional<double> microcircuit_rate_Hz(const ExperimentSpec& spec,
                                           const std::string& population) {
    namespace pd = potjans_diesmann_2014;
    if (spec.circuit.thalamus.rate_Hz > 0) return {}; // the published rates are without a pulse
    const double* const rates = drive_of(spec) == MicrocircuitDrive::poisson
                                    ? pd::reference_rate_Hz_poisson
                                    : pd::reference_rate_Hz_dc;
    for (int g = 0; g < pd::n_populations; ++g)
        if (population == pd::names[g]) return rates[g];
    return {};
}

/// Every pair of from and to of every projection.
NetworkSpec of_tables(const ExperimentSpec& spec) {
    NetworkSpec network;
    network.dt_ms = spec.area.dt_ms;
    for (const PopulationTable& table : spec.circuit.populations)
        network.populations.push_back(with_spikes(table, spec.folder));
    for (const ProjectionTable& table : spec.circuit.projections) {
        ProjectionSpec projection = with_synapses(table, spec.folder);
        for (const std::string& from : table.from)
            for (const std::string& to : table.to) {
                projection.from = from, projection.to = to;
                projection.name = table.from.size() * table.to.size() > 1
                                      ? table.name + "_" + from + "_" + to
                                      : table.name;
                network.projections.push_back(projection);
            }
    }
    return network;
}

NetworkSpec make_brunel(const ExperimentSpec& spec) {
    const CircuitSpec& circuit = spec.circuit;
    return brunel(circuit.g, circuit.eta, circuit.scale, spec.area.dt_ms);
}

NetworkSpec make_vogels_abbott(const ExperimentSpec& spec) {
    return vogels_abbott(spec.circuit.scale, spec.area.dt_ms);
}

std::optional<double> vogels_abbott_rate_Hz(const ExperimentSpec&, const std::string& population) {
    return population == "E" ? vogels_abbott_2005::reference_excitatory_Hz
                             : vogels_abbott_2005::reference_inhibitory_Hz;
}

std::optional<double> no_published_rate_Hz(const ExperimentSpec&, const std::string&) { return {}; }

} // namespace

const std::vector<CircuitKind>& circuit_kinds() {
    static const std::vector<CircuitKind> table = {
        {"potjans_diesmann_2014", "the cortical microcircuit below 1 mm2 of early sensory cortex",
         "doi:10.1093/cercor/bhs358", 0.001, make_microcircuit, microcircuit_rate_Hz},
        {"brunel_2000", "a sparse random network of excitatory and inhibitory neurons",
         "doi:10.1023/A:1008925309027", brunel_smallest_scale, make_brunel, no_published_rate_Hz},
        {"vogels_abbott_2005", "a balanced network that sustains its activity",
         "doi:10.1523/JNEUROSCI.3508-05.2005", vogels_abbott_smallest_scale, make_vogels_abbott,
         vogels_abbott_rate_Hz}};
    return table;
}

const CircuitKind* find_circuit(const std::string& name) {
    for (const CircuitKind& kind : circuit_kinds())
        if (kind.name == name) return &kind;
    return nullptr;
}

bool has_network(const ExperimentSpec& spec) {
    return spec.circuit.tabled() || find_circuit(spec.circuit.model);
}

NetworkSpec network_of(const ExperimentSpec& spec) {
    return spec.circuit.tabled() ? of_tables(spec) : find_circuit(spec.circuit.model)->make(spec);
}

std::optional<double> reference_rate_Hz(const ExperimentSpec& spec, const std::string& population) {
    if (spec.circuit.tabled()) return {};
    return find_circuit(spec.circuit.model)->reference_rate_Hz(spec, population);
}

std::string circuit_name(const ExperimentSpec& spec) {
    return spec.circuit.tabled() ? "of its own tables" : spec.circuit.model;
}

} // namespace lamina
