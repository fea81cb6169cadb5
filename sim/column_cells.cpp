#include "sim/column_cells.hpp"

#include <algorithm>

#include "models/catalogue.hpp"
#include "sim/area_layout.hpp"
#include "sim/burst_matching.hpp"

namespace lamina {

std::vector<CellKind> cell_kinds(const AreaSpec& spec) {
    std::vector<CellKind> kinds = {
        {"rates", {spec.spiking.cell, {}, spec.spiking.cell_noise}, 300}};
    // fast-spiking: half the membrane time constant and refractory time of the others
    if (has_PV_cells(spec))
        kinds.push_back({"PV", {"lif_exp", {{"tau_m", 5}, {"C_m", 125}, {"t_ref", 1}}, 0.5}, 400});
    return kinds;
}

bool has_PV_cells(const AreaSpec& spec) {
    bool does = false;
    with_model(Inhibitions{}, spec.inhibition,
               [&](auto tag) { does = decltype(tag)::type::has_loop; });
    return does;
}

std::vector<PopulationSpikes> spiking_populations(const AreaSpec& spec) {
    const AreaLayout at(spec);
    std::vector<PopulationSpikes> all;
    const auto add = [&](std::size_t first, std::size_t n_numbers, int n_neurons) {
        for (const NamedSpan& named : at.named)
            if (named.span.first == first && !named.derived)
                return all.push_back({named.info.name, std::int64_t(n_numbers) * n_neurons, 0});
    };
    const SpikingSpec& spiking = spec.spiking;
    for (const StateSpan* span :
         {&at.v, &at.k, &at.q, &at.phi_k, &at.phi_q, &at.o, &at.y, &at.f, &at.z}) {
        if (span->n == 0) continue;
        add(span->first, span->size(), spiking.n_neurons);
        if (span->interneurons > 0) add(span->interneurons, span->size(), spiking.n_neurons);
    }
    if (has_PV_cells(spec)) add(at.p_lagged.first, at.p_lagged.n, spiking.PV_neurons);
    if (spec.matched_by_bursts())
        add(at.m.first, BurstMatching::n_populations(spec), spiking.match_neurons);
    if (spec.has_hidden_cells()) add(at.m.first, at.m.n, spec.score_units);
    if (at.a.n > 0) add(at.a.first, at.a.n, spiking.n_neurons);
    return all;
}

std::int64_t neurons_of_unit(const AreaSpec& spec, const std::string& population) {
    if (population == "L5gate") return spec.spiking.n_neurons;
    return population == "L5hidden" ? spec.score_units : 1;
}

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
    return all;
}

} // namespace lamina
