#include "sim/column_cells.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalogue.hpp"
#include "models/circuits/potjans_diesmann_2014.hpp"
#include "sim/area_layout.hpp"
#include "sim/background.hpp"
#include "sim/burst_matching.hpp"

namespace lamina {

namespace pd = potjans_diesmann_2014;

namespace {

constexpr const char* background_prefix = "background_";

/// As whose neurons the cells of a population hear the microcircuit: those of their layer, PV,
/// SST and interneurons as its inhibitory ones. The output is in layer 2/3; PV and SST have their
/// gates and dendrites in layer 5.
int embedded_as(const std::string& population) {
    const bool inhibits = population.find("_I") != std::string::npos || population == "PV_spikes" ||
                          population == "SST";
    const std::string layer =
        population.rfind("L4", 0) == 0   ? "L4"
        : population.rfind("L6", 0) == 0 ? "L6"
        : population.rfind("L5", 0) == 0 || population == "PV_spikes" || population == "SST"
            ? "L5"
            : "L23";
    for (int g = 0; g < pd::n_populations; ++g)
        if (layer + (inhibits ? "I" : "E") == pd::names[g]) return g;
    return -1;
}

std::uint32_t neurons_at(double scale, int g) {
    return std::uint32_t(std::lround(scale * pd::n_neurons[g]));
}

} // namespace

bool has_driven_cells(const std::string& population) {
    return population != "L5gate" && population != "L5match" && population != "L5hidden" &&
           population.rfind(background_prefix, 0) != 0;
}

CellKind cell_kind(const AreaSpec& spec, const std::string& population, std::uint64_t seed) {
    CellKind kind = {"rates", {spec.spiking.cell, {}, spec.spiking.cell_noise}, 300};
    // fast-spiking: half the membrane time constant and refractory time of the others
    if (population == "PV_spikes")
        kind = {"PV", {"lif_exp", {{"tau_m", 5}, {"C_m", 125}, {"t_ref", 1}}, 0.5}, 400};
    if (!spec.spiking.embedded) return kind;
    const int g = embedded_as(population);
    kind.of = (kind.of == "PV" ? "PV in " : "") + std::string(pd::names[g]);
    kind.cell.noise = 0;
    const auto parameter = [&](const char* name, double otherwise) {
        const auto found = kind.cell.parameters.find(name);
        return found == kind.cell.parameters.end() ? otherwise : found->second;
    };
    const double weight =
        pd::pA_per_mV(parameter("tau_m", pd::tau_m_ms), parameter("C_m", pd::C_m_pF)) /
        pd::pA_per_mV();
    kind.cell.place = {spec.spiking.background_scale, g, weight, seed};
    return kind;
}

std::vector<CellKind> cell_kinds(const AreaSpec& spec, std::uint64_t seed) {
    std::vector<CellKind> kinds;
    for (const PopulationSpikes& one : spiking_populations(spec)) {
        if (!has_driven_cells(one.name)) continue;
        const CellKind kind = cell_kind(spec, one.name, seed);
        if (std::none_of(kinds.begin(), kinds.end(),
                         [&](const CellKind& k) { return k.of == kind.of; }))
            kinds.push_back(kind);
    }
    return kinds;
}

bool has_PV_cells(const AreaSpec& spec) {
    bool does = false;
    with_model(Inhibitions{}, spec.inhibition,
               [&](auto tag) { does = decltype(tag)::type::has_loop; });
    return does;
}

bool has_SST_cells(const AreaSpec& spec) { return spec.apical_suppression > 0; }

std::vector<PopulationSpikes> spiking_populations(const AreaSpec& spec) {
    const AreaLayout at(spec);
    std::vector<PopulationSpikes> all;
    const auto add = [&](std::size_t first, std::size_t n_numbers, int n_neurons) {
        all.push_back({at.name_at(first), std::int64_t(n_numbers) * n_neurons, 0});
    };
    const SpikingSpec& spiking = spec.spiking;
    for (const StateSpan* span :
         {&at.v, &at.k, &at.q, &at.phi_k, &at.phi_q, &at.o, &at.y, &at.f, &at.z}) {
        if (span->n == 0) continue;
        add(span->first, span->size(), spiking.n_neurons);
        if (span->interneurons > 0) add(span->interneurons, span->size(), spiking.n_neurons);
    }
    if (has_PV_cells(spec)) add(at.p_lagged.first, at.p_lagged.n, spiking.PV_neurons);
    if (has_SST_cells(spec)) add(at.r.first, at.r.n, spiking.n_neurons);
    if (spec.matched_by_bursts())
        add(at.m.first, BurstMatching::n_populations(spec), spiking.match_neurons);
    if (spec.has_hidden_cells()) add(at.m.first, at.m.n, spec.score_units);
    if (at.a.n > 0) add(at.a.first, at.a.n, spiking.n_neurons);
    for (int g = 0; spiking.embedded && g < pd::n_populations; ++g)
        all.push_back({std::string(background_prefix) + pd::names[g],
                       neurons_at(spiking.background_scale, g), 0});
    return all;
}

std::int64_t neurons_of_unit(const AreaSpec& spec, const std::string& population) {
    if (population == "L5gate") return spec.spiking.n_neurons;
    return population == "L5hidden" ? spec.score_units : 1;
}

namespace {

void add_background_synapses(const AreaSpec& spec, std::vector<ColumnSynapses>& all) {
    const double scale = spec.spiking.background_scale;
    all.push_back({"background", "background", std::int64_t(background_synapses(scale))});
    for (const PopulationSpikes& one : spiking_populations(spec))
        if (has_driven_cells(one.name))
            all.push_back({"background", one.name,
                           std::int64_t(embedding_synapses(
                               scale, {embedded_as(one.name), std::uint32_t(one.n_neurons)}))});
}

} // namespace

std::vector<ColumnSynapses> column_synapses(const AreaSpec& spec) {
    using Count = std::int64_t;
    const SpikingSpec& spiking = spec.spiking;
    const Count N = spec.columns, H = spec.heads, d = spec.d_head, width = H * d, D = spec.d_model,
                F = spec.d_ff, n = spiking.n_neurons, K = std::min<Count>(spiking.in_degree, n);
    std::vector<ColumnSynapses> all;
    const auto add = [&](const char* from, const char* to, Count cells, Count heard) {
        if (cells > 0 && heard > 0) all.push_back({from, to, cells * heard});
    };
    // [numbers] of `to`, each two populations that hear both of a pair, or with column.dale one of
    // a pair and one of its interneurons
    const auto pair = [&](const char* from, const char* inter, const char* to, Count numbers,
                          Count heard, Count n_heard) {
        add(from, to, 2 * numbers * n, (spec.dale ? 1 : 2) * heard * n_heard);
        if (spec.dale) add(inter, to, 2 * numbers * n, heard * n_heard);
    };
    const bool bursts = spec.matched_by_bursts();
    const Count gates = H * N * N * n, matching = bursts ? H * N * N * 4 * d : 0;
    const char* const output = spec.norm == Norm::post ? "L23sum" : "output";
    if (spec.has_fast_weights()) {
        // each feature of both signs of a value, and of the sums, with that of all keys
        const Count sites = 2 * H * d * d, sums = spec.inhibition == "none" ? 0 : H * d;
        add("L23E", "L23phi", N * width * n, 2 * n);
        add("L5apical", "L5phi", N * width * n, 2 * n);
        add("L23phi", "L5fast", sites, N * n);
        add("L4E", "L5fast", sites, N * n);
        add("L23phi", "L5fast_sum", sums, N * n);
        add("L5phi", "L5E", 2 * N * width * n, d * K);
    } else if (bursts) {
        const Count cells = matching * spiking.match_neurons;
        add("L23E", "L5match", cells, n);
        add("L5apical", "L5match", cells, n);
        add("L5match", "L5gate", gates, 4 * d * spiking.match_neurons);
    } else if (spec.has_hidden_cells()) {
        const Count cells = H * N * N * spec.score_units;
        add("L23E", "L5hidden", cells, 2 * d * n);
        add("L5apical", "L5hidden", cells, 2 * d * n);
        add("L5hidden", "L5gate", gates, spec.score_units);
    } else {
        add("L23E", "L5gate", gates, 2 * d * n);
        add("L5apical", "L5gate", gates, 2 * d * n);
    }
    if (has_PV_cells(spec) && spec.has_fast_weights()) {
        add("L5phi", "PV_spikes", H * N * spiking.PV_neurons, d * n);
        add("PV_spikes", "PV_spikes", H * N * spiking.PV_neurons, spiking.PV_neurons);
        add("PV_spikes", "L5E", 2 * N * width * n, spiking.PV_neurons);
    } else if (has_PV_cells(spec)) {
        add("L5gate", "PV_spikes", H * N * spiking.PV_neurons, N * n);
        add("PV_spikes", "L5gate", gates, spiking.PV_neurons);
    }
    // on the dendrites that hear the query
    if (has_SST_cells(spec)) {
        if (spec.has_fast_weights())
            add("SST", "L5phi", N * width * n, n);
        else if (bursts)
            add("SST", "L5match", matching * spiking.match_neurons, n);
        else if (spec.has_hidden_cells())
            add("SST", "L5hidden", H * N * N * spec.score_units, n);
        else
            add("SST", "L5gate", gates, n);
    }
    // values, each through a dendrite of its own that a gate opens
    if (!spec.has_fast_weights()) {
        pair("L4E", "L4E_I", "L5E", N * width, N, K);
        add("L5gate", "L5E", 2 * N * width * n, N * n);
    }
    pair("L5E", "L5E_I", "L6E", N * D, width, K);
    pair("L6E", "L6E_I", output, N * D, 1, K);
    if (F > 0) {
        pair("L6E", "L6E_I", "L23mlp", N * F, D, n);
        pair("L23mlp", "L23mlp_I", output, N * D, F, K);
    }
    if (spec.dale) {
        add("L4E", "L4E_I", 2 * N * width * n, K);
        add("L5E", "L5E_I", 2 * N * width * n, K);
        add("L6E", "L6E_I", 2 * N * D * n, K);
        add("L23mlp", "L23mlp_I", 2 * N * F * n, K);
    }
    if (spiking.embedded) add_background_synapses(spec, all);
    return all;
}

} // namespace lamina
