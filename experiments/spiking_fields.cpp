#include "experiments/spiking_fields.hpp"

#include "experiments/circuits/circuit_network.hpp"
#include "experiments/field_builder.hpp"
#include "sim/cells.hpp"

namespace lamina {

std::string spiking_column_only(const Spec& s) {
    if (!s.area.spiking.on) return "simulation.mode is not spiking";
    return unless(!has_network(s), "the circuit is not the attention column");
}
std::string gate_tau_only(const Spec& s) {
    return unless(!s.area.has_fast_weights() ||
                      (s.area.inhibition != "oracle" && s.area.inhibition != "none"),
                  "column.spiking.fast_weights stand in for the gates, and no PV listens to them");
}
std::string rates_only(const Spec& s) {
    return unless(!s.area.spiking.on, "simulation.mode is spiking");
}

namespace {

// when a key does nothing
std::string PV_cells_only(const Spec& s) {
    if (!spiking_column_only(s).empty()) return spiking_column_only(s);
    return unless(s.area.inhibition != "oracle" && s.area.inhibition != "none" &&
                      s.area.inhibition != "pv_divisive",
                  "column.inhibition has no PV cells that listen to the gates");
}

std::string gates_only(const Spec& s) {
    return unless(!s.area.has_fast_weights(), "column.spiking.fast_weights stand in for the gates");
}
std::string spiking_gates_only(const Spec& s) {
    return spiking_column_only(s).empty() ? gates_only(s) : spiking_column_only(s);
}
std::string PV_at_gates_only(const Spec& s) {
    return PV_cells_only(s).empty() ? gates_only(s) : PV_cells_only(s);
}

std::string linear_score_only(const Spec& s) {
    if (!spiking_column_only(s).empty()) return spiking_column_only(s);
    return unless(s.area.score == "linear", "column.score.type is not linear");
}
std::string fast_weights_only(const Spec& s) {
    if (!linear_score_only(s).empty()) return linear_score_only(s);
    return unless(s.area.spiking.fast_weights, "column.spiking.fast_weights is no");
}

std::string bursts_only(const Spec& s) {
    if (!spiking_column_only(s).empty()) return spiking_column_only(s);
    return unless(s.area.matched_by_bursts(), "column.score.type is not apical");
}

std::string telling_cells_only(const Spec& s) {
    if (!spiking_column_only(s).empty()) return spiking_column_only(s);
    return unless(s.area.matched_by_bursts() || s.area.has_hidden_cells(),
                  "column.score.type is neither apical nor additive_exponential");
}

std::string embedded_only(const Spec& s) {
    if (!spiking_column_only(s).empty()) return spiking_column_only(s);
    return unless(s.area.spiking.embedded, "column.spiking.background is not microcircuit");
}
std::string own_noise_only(const Spec& s) {
    if (!spiking_column_only(s).empty()) return spiking_column_only(s);
    return unless(!s.area.spiking.embedded, "column.spiking.background is microcircuit");
}

std::vector<Choice> cell_names() {
    std::vector<Choice> names;
    for (const CellModel& model : cell_models()) names.push_back({model.name, model.meaning});
    return names;
}

const char* const section_noise = "docs/model.md, the rate column";
const char* const section_6 = "docs/model.md, the spiking column";

} // namespace

// clang-format off
std::vector<Field> noise_fields() {
    return FieldTable()
    .add("column.noise.L4E").number(AT(area.noise.L4E)).at_least(0).symbol("sigma").means("noise of the values; SD sigma / sqrt(2)").like("0.1").from(section_noise).idle_if(rates_only)
    .add("column.noise.L23E").number(AT(area.noise.L23E)).at_least(0).symbol("sigma").means("noise of the keys").like("0.1").from(section_noise).idle_if(rates_only)
    .add("column.noise.L5apical").number(AT(area.noise.L5apical)).at_least(0).symbol("sigma").means("noise of the queries").like("0.1").from(section_noise).idle_if(rates_only)
    .add("column.noise.gate").number(AT(area.noise.gate)).at_least(0).symbol("sigma").means("noise of the gates").like("0.01").from(section_noise).idle_if(rates_only)
    .add("column.noise.PV").number(AT(area.noise.PV)).at_least(0).symbol("sigma").means("noise of the PV cells").like("0.01").from(section_noise).idle_if(rates_only)
    .add("column.noise.L5E").number(AT(area.noise.L5E)).at_least(0).symbol("sigma").means("noise of the routed values").like("0.1").from(section_noise).idle_if(rates_only)
    .add("column.noise.L6E").number(AT(area.noise.L6E)).at_least(0).symbol("sigma").means("noise of the residual stream").like("0.1").from(section_noise).idle_if(rates_only)
    .add("column.noise.L23mlp").number(AT(area.noise.L23mlp)).at_least(0).symbol("sigma").means("noise of the feed-forward layer").like("0.1").from(section_noise).idle_if(rates_only)
    .done();
}

std::vector<Field> spiking_fields() {
    return FieldTable()
    .add("column.spiking.neurons").integer(AT(area.spiking.n_neurons)).within(1, 1e5).symbol("n")
        .means("neurons of each rate of an opponent pair, and of each gate").like("100").from(section_6).idle_if(spiking_column_only)
    .add("column.spiking.in_degree").integer(AT(area.spiking.in_degree)).within(1, 1e5).symbol("K")
        .means("cells of each rate that a cell hears, drawn once; as many as there are or more: all. Gates, PV, L5match, L5hidden, L23phi, L5phi and L23mlp hear all").like("100").from(section_6).idle_if(spiking_column_only)
    .add("column.spiking.cell").choice(cell_names(), AT(area.spiking.cell))
        .means("neuron model of all rates; its rate over its drive is measured once and turned around").like("lif_exp").from(section_6).idle_if(spiking_column_only)
    .add("column.spiking.cell_noise").number(AT(area.spiking.cell_noise)).within(0, 100)
        .means("factor of the background noise of the cells; at 1 a membrane without threshold has an SD of 4 mV").like("1.5").from(section_6).idle_if(own_noise_only)
    .add("column.spiking.background").choice({{"noise", "white noise of each cell's own"}, {"microcircuit", "that of Potjans & Diesmann (2014), as whose neurons cells hear it"}}, AT(area.spiking.embedded))
        .means("what cells hear beside their drive").from(section_6).idle_if(spiking_column_only)
    .add("column.spiking.background_scale").number(AT(area.spiking.background_scale)).within(0.1, 1)
        .means("of the microcircuit's neurons and in-degrees, 77169 and some 3900 at 1; at 0.1 its layer 2/3 fires half of what it should (docs/model.md)").like("0.1").from(section_6).idle_if(embedded_only)
    .add("column.spiking.rate").quantity("Hz", AT(area.spiking.rate_Hz)).within_open(0, 1000).symbol("R")
        .means("what a neuron fires for a rate of 1").like("40 Hz").from(section_6).idle_if(spiking_column_only)
    .add("column.spiking.gate_rate").quantity("Hz", AT(area.spiking.gate_rate_Hz)).within_open(0, 1000).symbol("R_g")
        .means("what a neuron of a gate fires when its weight is 1").like("100 Hz").from(section_6).idle_if(spiking_gates_only)
    .add("column.spiking.delay").quantity("ms", AT(area.spiking.delay_ms)).within(0, 100)
        .means("from a spike to its arrival in other populations; column.PV_delay for that of PV at the gates").like("1 ms").from(section_6).idle_if(spiking_column_only)
    .add("column.spiking.match_neurons").integer(AT(area.spiking.match_neurons)).within(1, 1e5)
        .means("bursting cells of each of the four populations that one query, one key and one of their dimensions have: 4 heads columns^2 d_head of them in all").like("100").from(section_6).idle_if(bursts_only)
    .add("column.spiking.match_tau").quantity("ms", AT(area.spiking.match_tau_ms)).within_open(0, 1e4).symbol("tau_m")
        .means("over which the dendrite of a gate adds up the bursts of L5match, or the spikes of L5hidden").like("100 ms").from(section_6).idle_if(telling_cells_only)
    .add("column.spiking.fast_weights").boolean(AT(area.spiking.fast_weights))
        .means("linear attention by one matrix of synapses that spikes of keys write and queries read, instead of gates").like("true").from("Katharopoulos et al. (2020), arXiv:2006.16236").idle_if(linear_score_only)
    .add("column.spiking.fast_tau").quantity("ms", AT(area.spiking.fast_tau_ms)).within_open(0, 1e6).symbol("tau_M")
        .means("over which fast weights forget, and settle").like("50 ms").from(section_6).idle_if(fast_weights_only)
    .add("column.spiking.PV_neurons").integer(AT(area.spiking.PV_neurons)).within(1, 1e6).symbol("m")
        .means("fast-spiking cells of one row's pool").like("500").from(section_6).idle_if(PV_cells_only)
    .add("column.spiking.PV_rest").quantity("Hz", AT(area.spiking.PV_rest_Hz)).within(0, 200).symbol("r_0")
        .means("what they fire at p = 0; p cannot fall below minus PV_rest over PV_gain").like("75 Hz").from(section_6).idle_if(PV_cells_only)
    .add("column.spiking.PV_gain").quantity("Hz", AT(area.spiking.PV_gain_Hz)).within_open(0, 200).symbol("1 / g_PV")
        .means("what they fire more for each unit of p").like("15 Hz").from(section_6).idle_if(PV_cells_only)
    .add("column.spiking.PV_tau").quantity("ms", AT(area.spiking.PV_tau_ms)).within_open(0, 100).symbol("tau_I")
        .means("decay of their inhibition in the gates; the loop is stable for tau_p > tau_g tau_I / (tau_g + tau_I)").like("2 ms").from(section_6).idle_if(PV_cells_only)
    .add("column.spiking.PV_spread").number(AT(area.spiking.PV_spread)).within(0, 1)
        .means("standard deviation over gates of the share of PV's inhibition that reaches them").like("0.1").from(section_6).idle_if(PV_at_gates_only)
    .add("column.spiking.PV_silenced").number(AT(area.spiking.PV_silenced)).within(0, 1)
        .means("share of the PV cells that is silenced").like("0.5").from(section_6).idle_if(PV_cells_only)
    .add("column.spiking.window").quantity("ms", AT(area.spiking.window_ms)).within_open(0, 1e6)
        .means("spikes are counted over the end of a presentation, this long or half of it, before they are compared with the block").like("500 ms").from(section_6).idle_if(spiking_column_only)
    .done();
}
// clang-format on

} // namespace lamina
