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

const char* const hopfield_source = "Ramsauer et al. 2020, arXiv:2008.02217";
const char* const match_source = "Ellwood 2024, doi:10.1371/journal.pcbi.1011843";

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
    .done();
}
// clang-format on

} // namespace lamina
