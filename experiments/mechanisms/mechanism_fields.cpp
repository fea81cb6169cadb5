#include "experiments/mechanisms/mechanism_fields.hpp"

#include "experiments/field_builder.hpp"

namespace lamina {
namespace {

// when a key does nothing
std::string hopfield_only(const ExperimentSpec& s) {
    return s.task.type == "hopfield" ? "" : "task.type is not hopfield";
}
std::string match_only(const ExperimentSpec& s) {
    return s.task.type == "match_and_control" ? "" : "task.type is not match_and_control";
}
std::string linear_only(const ExperimentSpec& s) {
    return s.task.type == "linear_attention" ? "" : "task.type is not linear_attention";
}
std::string normalization_only(const ExperimentSpec& s) {
    return s.task.type == "normalization" ? "" : "task.type is not normalization";
}
std::string exponential_only(const ExperimentSpec& s) {
    return s.task.type == "exponential_spikes" ? "" : "task.type is not exponential_spikes";
}

const char* const hopfield_source = "Ramsauer et al. 2020, arXiv:2008.02217";
const char* const match_source = "Ellwood 2024, doi:10.1371/journal.pcbi.1011843";
const char* const normalization_source = "Reynolds & Heeger 2009, doi:10.1016/j.neuron.2009.01.002";

} // namespace

// clang-format off
std::vector<Field> mechanism_fields() {
    return FieldTable()
    .add("task.hopfield.gain").numbers(AT(task.hopfield.gain)).within_open(0, 1000)
        .means("factors of the scores, beta sqrt(d_head); 1 is that of a transformer").like("[1, 4]").from(hopfield_source).idle_if(hopfield_only)
    .add("task.hopfield.noise").number(AT(task.hopfield.noise)).within(0, 100)
        .means("standard deviation of what a cue adds to each number of its pattern").like("0.3").idle_if(hopfield_only)
    .add("task.hopfield.steps").integer(AT(task.hopfield.steps)).within(1, 1000)
        .means("how often what was routed becomes the next query").like("4").idle_if(hopfield_only)
    .add("task.hopfield.draws").integer(AT(task.hopfield.draws)).within(2, 10000)
        .means("random sets of patterns, each with a cue").like("20").idle_if(hopfield_only)
    .add("task.match.keys").integer(AT(task.match.keys)).within(2, 1000)
        .means("axons, one of which fires as the cell does").like("20").idle_if(match_only)
    .add("task.match.rate").quantity("Hz", AT(task.match.rate_Hz)).within(0.1, 100)
        .means("rate of every train outside its recovery").like("8 Hz").from(match_source).idle_if(match_only)
    .add("task.match.recovery").quantity("ms", AT(task.match.recovery_ms)).within(0, 1000)
        .means("time after a spike without another").like("20 ms").from(match_source).idle_if(match_only)
    .add("task.match.jitter").quantity("ms", AT(task.match.jitter_ms)).within(0, 100)
        .means("standard deviation of the matching key's spikes around the cell's").like("2 ms").idle_if(match_only)
    .add("task.match.draws").integer(AT(task.match.draws)).within(2, 100000)
        .means("draws of all trains at each window of the match phase").like("500").idle_if(match_only)
    .add("task.linear.score_sd").numbers(AT(task.linear.score_sd)).within_open(0, 100)
        .means("standard deviations of the scores at which linear attention is compared with softmax").like("[0.1, 1]").idle_if(linear_only)
    .add("task.linear.entries").integer(AT(task.linear.entries)).within(1, 100000)
        .means("entries of each weight matrix, drawn at random, whose derivatives are compared with finite differences").like("50").idle_if(linear_only)
    .add("task.linear.draws").integer(AT(task.linear.draws)).within(2, 10000)
        .means("draws of weights and tokens").like("10").idle_if(linear_only)
    .add("task.normalization.gamma").number(AT(task.normalization.gamma)).within(0.1, 100).symbol("gamma")
        .means("peak of the attention field, which is 1 elsewhere").like("3").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.sigma").number(AT(task.normalization.sigma)).within_open(0, 1).symbol("sigma")
        .means("constant that is added to the suppressive drive; it sets the contrast of half the response").like("1e-5").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.field").number(AT(task.normalization.field)).within(0.1, 100)
        .means("width of a receptive field, a standard deviation, in steps of space").like("4").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.pool").number(AT(task.normalization.pool)).within(0.1, 100)
        .means("width of the suppressive pool").like("30").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.small_stimulus").number(AT(task.normalization.small_stimulus)).within(0.1, 100)
        .means("width of the stimulus that lies within the attention field").like("3").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.large_attention").number(AT(task.normalization.large_attention)).within(0.1, 1000)
        .means("width of that attention field").like("40").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.large_stimulus").number(AT(task.normalization.large_stimulus)).within(0.1, 100)
        .means("width of the stimulus that the attention field lies within").like("13").from(normalization_source).idle_if(normalization_only)
    .add("task.normalization.small_attention").number(AT(task.normalization.small_attention)).within(0.1, 1000)
        .means("width of that attention field").like("4").from(normalization_source).idle_if(normalization_only)
    .add("task.exponential.score_sd").numbers(AT(task.exponential.score_sd)).within_open(0, 3)
        .means("standard deviations of the scores at which the law is asked").like("[0.1, 1]").from(section_5).idle_if(exponential_only)
    .add("task.exponential.units").integers(AT(task.exponential.units)).within(1, 65536).symbol("M")
        .means("cells that add query and key").like("[64, 1024]").from(section_5).idle_if(exponential_only)
    .add("task.exponential.windows").integers(AT(task.exponential.windows_ms)).within(1, 100000).symbol("T")
        .means("how long their spikes are counted, in ms").like("[20, 200]").idle_if(exponential_only)
    .add("task.exponential.rate").quantity("Hz", AT(task.exponential.rate_Hz)).within(0.1, 10000).symbol("R")
        .means("rate of a cell whose exponent is 0").like("50 Hz").idle_if(exponential_only)
    .add("task.exponential.draws").integer(AT(task.exponential.draws)).within(2, 1000000)
        .means("draws of cells and spikes behind each variance").like("1000").idle_if(exponential_only)
    .done();
}
// clang-format on

} // namespace lamina
