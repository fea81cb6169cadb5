#include "sim/area_layout.hpp"

#include <utility>

namespace lamina {

StateSpan AreaLayout::add(const char* name, const char* layer, const char* symbol,
                          std::vector<int> shape, std::vector<std::string> dims, double tau_ms,
                          bool coded, double sigma) {
    StateSpan span;
    span.first = size;
    span.n = 1;
    for (const int extent : shape) span.n *= static_cast<std::size_t>(extent);
    span.pair = coded;
    span.tau_ms = tau_ms;
    span.sigma = sigma;
    size = span.end();
    named.push_back(
        {{name, layer, symbol, std::move(shape), std::move(dims), tau_ms, coded}, span, false});
    return span;
}

AreaLayout::AreaLayout(const AreaSpec& spec) {
    const int N = spec.columns, H = spec.heads, D = spec.d_model, width = H * spec.d_head;
    const bool coded = spec.paired();
    const TauSpec& tau = spec.tau;
    const NoiseSpec& noise = spec.noise;
    const std::vector<std::string> pool = {"column"}, units = {"column", "unit"},
                                   rows = {"head", "query"}, model = {"column", "model"};

    if (spec.norm == Norm::pre) {
        mean_x = add("L4I_x_mean", "4", "mu_0", {N}, pool, tau.L4I_ms, false);
        var_x = add("L4I_x_var", "4", "nu_0", {N}, pool, tau.L4I_ms, false);
        mean_c = add("L4I_c_mean", "4", "mu_c", {N}, pool, tau.L4I_ms, false);
        var_c = add("L4I_c_var", "4", "nu_c", {N}, pool, tau.L4I_ms, false);
    }
    v = add("L4E", "4", "v", {N, width}, units, tau.L4E_ms, coded, noise.L4E);
    k = add("L23E", "2/3", "k", {N, width}, units, tau.L23E_ms, coded, noise.L23E);
    q = add("L5apical", "5", "q", {N, width}, units, tau.L5apical_ms, coded, noise.L5apical);
    r = add("SST", "1", "r", {N}, pool, tau.SST_ms, false);
    if (spec.matched_by_bursts())
        m = add("L5match", "5", "s", {H, N, N}, {"head", "query", "key"}, spec.spiking.match_tau_ms,
                false);
    if (spec.has_hidden_cells())
        m = add("L5hidden", "5", "D", {H, N, N}, {"head", "query", "key"},
                spec.spiking.match_tau_ms, false);
    if (spec.has_fast_weights())
        add_fast_weights(spec);
    else
        a = add("L5gate", "5", "a", {H, N, N}, {"head", "query", "key"}, tau.gate_ms, false,
                noise.gate);
    p = add("PV", "5", "p", {H, N}, rows, tau.PV_ms, false, noise.PV);
    if (spec.spiking.on)
        p_lagged = add("PV_spikes", "5", "p_I", {H, N}, rows, spec.spiking.PV_tau_ms, false);
    else if (tau.PV_lag_ms > 0)
        p_lagged = add("PV_lag", "5", "p_I", {H, N}, rows, tau.PV_lag_ms, false);
    o = add("L5E", "5", "o", {N, width}, units, tau.L5E_ms, coded, noise.L5E);
    y = add("L6E", "6", "y", {N, D}, model, tau.L6E_ms, coded, noise.L6E);
    if (spec.norm != Norm::none) {
        mean_y = add("L6I_mean", "6", "mu_1", {N}, pool, tau.L6I_ms, false);
        var_y = add("L6I_var", "6", "nu_1", {N}, pool, tau.L6I_ms, false);
    }
    if (spec.d_ff > 0)
        f = add("L23mlp", "2/3", "f", {N, spec.d_ff}, {"column", "hidden"}, tau.L23mlp_ms, coded,
                noise.L23mlp);
    const bool post = spec.norm == Norm::post;
    z = add(post ? "L23sum" : "output", "2/3", "z", {N, D}, model, tau.L23mlp_ms, coded,
            noise.L23mlp);
    if (post) {
        mean_z = add("L6I_z_mean", "6", "mu_2", {N}, pool, tau.L6I_ms, false);
        var_z = add("L6I_z_var", "6", "nu_2", {N}, pool, tau.L6I_ms, false);
        NamedSpan output{{"output", "2/3", "LN_2(z)", {N, D}, model, tau.L6I_ms}, z, true};
        named.push_back(output);
    }
    if (spec.dale) add_interneurons(spec);
}

std::vector<PopulationInfo> populations_of(const AreaSpec& spec) {
    std::vector<PopulationInfo> infos;
    for (const NamedSpan& named : AreaLayout(spec).named) infos.push_back(named.info);
    return infos;
}

/// What is in the place of gates. The attention that it implies has no place in the state.
void AreaLayout::add_fast_weights(const AreaSpec& spec) {
    const int N = spec.columns, H = spec.heads, d = spec.d_head;
    const std::vector<std::string> units = {"column", "unit"};
    const double tau_ms = spec.spiking.fast_tau_ms;
    phi_k = add("L23phi", "2/3", "phi_k", {N, H * d}, units, spec.tau.L23E_ms, false);
    phi_q = add("L5phi", "5", "phi_q", {N, H * d}, units, spec.tau.L5apical_ms, false);
    M = add("L5fast", "5", "M", {H, d, d}, {"head", "feature", "value"}, tau_ms, false);
    if (spec.inhibition != "none") {
        z_phi = add("L5fast_sum", "5", "z_phi", {H, d}, {"head", "feature"}, tau_ms, false);
        A = add("PV_dendrite", "5", "A", {H, N}, {"head", "query"}, spec.tau.gate_ms, false);
    }
    named.push_back({{"L5implied", "5", "a", {H, N, N}, {"head", "query", "key"}}, {}, true});
}

/// One for each rate that a weight reads: k and q meet in the dendrite, z leaves the area.
void AreaLayout::add_interneurons(const AreaSpec& spec) {
    const int N = spec.columns, D = spec.d_model, width = spec.heads * spec.d_head;
    const double tau_ms = spec.tau.interneuron_ms;
    const std::vector<std::string> units = {"column", "unit"}, model = {"column", "model"};
    u_x = add("x_I", "4", "u_x", {N, D}, model, tau_ms, true);
    u_c = add("c_I", "1", "u_c", {N, D}, model, tau_ms, true);
    v.interneurons = add("L4E_I", "4", "u_v", {N, width}, units, tau_ms, true).first;
    o.interneurons = add("L5E_I", "5", "u_o", {N, width}, units, tau_ms, true).first;
    y.interneurons = add("L6E_I", "6", "u_y", {N, D}, model, tau_ms, true).first;
    if (spec.d_ff > 0)
        f.interneurons =
            add("L23mlp_I", "2/3", "u_f", {N, spec.d_ff}, {"column", "hidden"}, tau_ms, true).first;
}

std::string AreaLayout::name_at(std::size_t first) const {
    for (const NamedSpan& one : named)
        if (one.span.first == first && !one.derived) return one.info.name;
    return "";
}

} // namespace lamina
