#include "experiments/laws/loop_fields.hpp"

#include "experiments/field_builder.hpp"

namespace lamina {
namespace {

// when a key does nothing
std::string loop_only(const Spec& s) {
    return unless(s.task.type == "softmax_loop", "task.type is not softmax_loop");
}
std::string rate_loop_only(const Spec& s) {
    if (!loop_only(s).empty()) return loop_only(s);
    return unless(s.task.loop.gates == "rates", "task.loop.gates is not rates");
}
std::string spiking_loop_only(const Spec& s) {
    if (!loop_only(s).empty()) return loop_only(s);
    return unless(s.task.loop.gates == "spikes", "task.loop.gates is not spikes");
}

const char* const section_4 = "docs/model.md, four facts about the PV loop";
const char* const section_spikes = "docs/model.md, gates that spike";

} // namespace

// clang-format off
std::vector<Field> loop_fields() {
    return FieldTable()
    .add("task.loop.draws").integer(AT(task.loop.draws)).within(2, 10000)
        .means("random score matrices behind each mean").like("50").idle_if(loop_only)
    .add("task.loop.score_sd").integers(AT(task.loop.score_sd)).within(1, 100)
        .means("standard deviations of the scores").like("[1, 3]").from(section_4).idle_if(rate_loop_only)
    .add("task.loop.kappa").integers(AT(task.loop.kappa)).within(1, 10000).symbol("kappa")
        .means("loop gains at which pv_finite is measured").like("[1, 10, 100]").from(section_4).idle_if(rate_loop_only)
    .add("task.loop.units").integers(AT(task.loop.units)).within(2, 65536).symbol("M")
        .means("hidden units with which the population equation is read literally").like("[64, 1024, 16384]").from(section_5).idle_if(rate_loop_only)
    .add("task.loop.recordings").integer(AT(task.loop.recordings)).within(2, 1000)
        .means("recordings of 120 s under noise behind each spectrum; with gates that spike, of 60 s, and as many draws of scores behind winners and frozen PV").like("8").idle_if(loop_only)
    .add("task.loop.gates").choice({{"rates", "the gates are rates: fixed point, ringing, noise, latency, gain, units"}, {"spikes", "the gates are neurons with escape noise: winners, sums, sampling, rhythm"}}, AT(task.loop.gates))
        .means("what the gates are, and so which laws are measured").idle_if(loop_only)
    .add("task.loop.neurons").integers(AT(task.loop.neurons)).within(1, 10000).symbol("n")
        .means("neurons of a gate at which sums and sampling are measured").like("[10, 100]").from(section_spikes).idle_if(spiking_loop_only)
    .add("task.loop.rhythm_neurons").integers(AT(task.loop.rhythm_neurons)).within(1, 10000)
        .means("neurons of a gate at which spectra are measured").like("[50]").idle_if(spiking_loop_only)
    .add("task.loop.rate").quantity("Hz", AT(task.loop.rate_Hz)).within(0.1, 1000).symbol("R")
        .means("rate of a gate's neuron when the gate is 1").like("100 Hz").from(section_spikes).idle_if(spiking_loop_only)
    .add("task.loop.refractory").quantity("ms", AT(task.loop.refractory_ms)).within(0, 100).symbol("t_ref")
        .means("rest after a spike, where its effect on the winners is measured").like("2 ms").idle_if(spiking_loop_only)
    .add("task.loop.uneven").number(AT(task.loop.uneven_sd)).within(0, 10)
        .means("standard deviation of what each gate alone is inhibited by, where its effect on the winners is measured").like("0.3").idle_if(spiking_loop_only)
    .done();
}
// clang-format on

} // namespace lamina
