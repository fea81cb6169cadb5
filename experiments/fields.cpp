#include "experiments/fields.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/field_builder.hpp"
#include "experiments/idle_keys.hpp"
#include "experiments/laws/loop_fields.hpp"
#include "experiments/mechanisms/mechanism_fields.hpp"
#include "experiments/quantities.hpp"
#include "experiments/spiking_fields.hpp"
#include "experiments/task_catalogue.hpp"
#include "models/capacity/account_catalogue.hpp"

namespace lamina {
namespace {

// when a key does nothing
std::string memory_only(const Spec& s) {
    return unless(task_has(s, remembers), "this task.type remembers nothing");
}
std::string places_only(const Spec& s) {
    return unless(task_has(s, by_place), "this task.type does not ask for items by their place");
}
std::string choice_only(const Spec& s) {
    return unless(task_has(s, chooses), "this task.type asks for no choice");
}
std::string dual_only(const Spec& s) {
    return unless(s.task.type == "dual_delayed_match", "task.type is not dual_delayed_match");
}
std::string category_only(const Spec& s) {
    return unless(s.task.type == "match_to_category", "task.type is not match_to_category");
}
std::string load_only(const Spec& s) {
    if (task_has(s, own_load)) return "how many items are shown is part of this task.type";
    return memory_only(s);
}
std::string comparison_only(const Spec& s) {
    return unless(s.task.type == "delayed_comparison", "task.type is not delayed_comparison");
}
std::string probe_only(const Spec& s) {
    return unless(s.task.type == "delayed_match_to_sample" || s.task.type == "dual_delayed_match",
                  "this task.type has no probe that may match an item");
}
std::string mirrored_only(const Spec& s) {
    if (s.task.type == "match_to_category" || s.task.type == "delayed_comparison")
        return "the answers of this task.type are mirror images: its criterion is 0";
    return choice_only(s);
}
std::string change_only(const Spec& s) {
    return unless(s.task.type == "change_detection", "task.type is not change_detection");
}
std::string presentation_only(const Spec& s) {
    return unless(s.task.type == "presentation", "task.type is not presentation");
}
std::string resting_only(const Spec& s) {
    return unless(s.task.type == "resting_state", "task.type is not resting_state");
}
std::string duration_only(const Spec& s) {
    return resting_only(s).empty() ? "" : presentation_only(s);
}
std::string spiking_only(const Spec& s) {
    return unless(s.area.spiking.on, "simulation.mode is not spiking");
}
std::string model_only(const Spec& s) {
    return unless(!s.circuit.tabled(), "circuit.populations says what is built");
}
std::string spiking_model_only(const Spec& s) {
    return s.circuit.tabled() ? model_only(s) : spiking_only(s);
}
std::string microcircuit_only(const Spec& s) {
    if (!spiking_model_only(s).empty()) return spiking_model_only(s);
    return unless(s.circuit.model == "potjans_diesmann_2014",
                  "circuit.model is not potjans_diesmann_2014");
}
std::string brunel_only(const Spec& s) {
    if (s.circuit.tabled()) return model_only(s);
    return unless(s.circuit.model == "brunel_2000", "circuit.model is not brunel_2000");
}
std::string thalamus_only(const Spec& s) {
    if (!microcircuit_only(s).empty()) return microcircuit_only(s);
    return unless(s.circuit.thalamus.rate_Hz > 0, "circuit.thalamus.rate is none");
}
std::string set_size_only(const Spec& s) {
    return unless(s.task.type == "set_size", "task.type is not set_size");
}
std::string divisive_only(const Spec& s) {
    return unless(s.area.inhibition == "pv_divisive", "column.inhibition is not pv_divisive");
}
std::string hidden_units_only(const Spec& s) {
    return unless(s.area.score == "additive_exponential",
                  "column.score is not additive_exponential");
}
std::string bursts_only(const Spec& s) {
    return unless(s.area.score == "apical", "column.score is not apical");
}
std::string squares_only(const Spec& s) {
    return unless(s.area.score == "quarter_square", "column.score is not quarter_square");
}
std::string random_weights_only(const Spec& s) {
    return unless(s.weights.kind == "random", "column.weights is not random");
}
std::string dale_only(const Spec& s) { return unless(s.area.dale, "column.dale is false"); }
std::string norm_only(const Spec& s) {
    return unless(s.area.norm != Norm::none, "column.norm is none");
}
std::string ff_only(const Spec& s) { return unless(s.area.d_ff > 0, "column.d_ff is 0"); }
std::string rhythm_only(const Spec& s) {
    return unless(s.area.oscillation.imposed, "oscillation is none");
}
std::string ring_only(const Spec& s) {
    return unless(s.task.stimuli.kind == "ring", "task.stimuli.kind is not ring");
}
std::string file_stimuli_only(const Spec& s) {
    return unless(s.task.stimuli.kind == "vectors" || s.task.stimuli.kind == "rdm",
                  "task.stimuli.kind is neither vectors nor rdm");
}
std::string made_stimuli_only(const Spec& s) {
    return unless(s.task.stimuli.kind == "ring" || s.task.stimuli.kind == "random",
                  "the number of stimuli follows from task.stimuli.file");
}

std::string fit_only(const Spec& s) { return unless(s.fit.given(), "there is no fit.to"); }
std::string slots_only(const Spec& s) {
    if (s.task.type == "set_size") return "";
    return unless(s.fit.given() && s.fit.account == "slots", "fit.account is not slots");
}

const char* const section_3 = "docs/model.md, the rate column";
const char* const section_7 = "docs/model.md, oscillations and routing";
const char* const brunel_paper = "Brunel (2000), doi:10.1023/A:1008925309027";
const char* const section_9 = "docs/model.md, working memory and decision";
const char* const wong_wang = "Wong & Wang (2006), doi:10.1523/JNEUROSCI.3733-05.2006";

constexpr double max_count = 1000000; // keeps products of three counts within 64 bits

const std::vector<Choice> inhibition_names = {
    {"pv_log",
     "compressive recruitment, psi(A) = log((eps + A) / (eps + 1)); the fixed point is softmax"},
    {"pv_linear", "psi(A) = A - 1; the same fixed point, winds up on large scores"},
    {"pv_finite", "loop gain kappa; ratios are softmax, the sum is Z^(1 / (1 + kappa))"},
    {"pv_divisive", "D^n / (sigma^n + P^n), the power after pooling"},
    {"oracle", "p = log sum exp s at once"},
    {"none", "no inhibition: the gates relax to exp(s)"}};

std::vector<Choice> account_names() {
    std::vector<Choice> names;
    for (const Account& account : accounts) names.push_back({account.name, account.meaning});
    return names;
}

} // namespace

// clang-format off
const std::vector<Section>& sections() {
    static const std::vector<Section> table = {
        {"", "the experiment file", ""},
        {"simulation", "how time is advanced", ""},
        {"column", "the circuit: one area of columns, one attention layer", ""},
        {"column.score", "how query and key meet in the apical dendrite of layer 5", "type"},
        {"column.inhibition", "how PV cells normalise the gates", "type"},
        {"column.tau", "time constants of the populations", ""},
        {"column.noise", "noise amplitudes sigma of sqrt(tau) sigma xi(t), by population", ""},
        {"column.spiking", "the column made of spiking neurons (simulation.mode: spiking)", ""},
        {"column.weights", "where the weights come from; the reference block uses the same", "kind"},
        {"oscillation", "rhythms imposed on the column", "mode"},
        {"oscillation.gamma", "gates L4E and L23E, that is values and keys", ""},
        {"oscillation.beta", "gates L5apical, that is queries", ""},
        {"circuit", "which circuit is built: a model by its name, or populations and projections of your own", ""},
        {"circuit.thalamus", "a pulse of thalamic spikes", ""},
        {"circuit.populations", "a circuit of your own: neurons, by names of your own", ""},
        {"circuit.populations.*", "neurons of one kind", ""},
        {"circuit.populations.*.parameters", "what differs from the model's own values", ""},
        {"circuit.populations.*.start", "state at the start of the run, by state variable", ""},
        {"circuit.populations.*.start.*", "the law of a state variable", "mean"},
        {"circuit.populations.*.drive", "Poisson spikes from outside, for each neuron its own", "", true},
        {"circuit.populations.*.protocol", "parameters that differ for a while", "", true},
        {"circuit.projections", "a circuit of your own: synapses, by names of your own", ""},
        {"circuit.projections.*", "synapses between populations", ""},
        {"circuit.projections.*.rule", "who is connected with whom", "type", false, true},
        {"circuit.projections.*.weight", "what a spike adds to the input", "mean"},
        {"circuit.projections.*.delay", "from a spike to its arrival, in whole steps", "mean"},
        {"circuit.projections.*.synapse", "how a synapse turns spikes into weights", "model"},
        {"task", "what is shown and asked", "", false, true},
        {"task.stimuli", "the set from which items and probes are drawn", ""},
        {"task.places", "where items are shown, when the task asks for one by its place", ""},
        {"task.timing", "lengths of the parts of a trial, in this order", ""},
        {"task.comparison", "the pairs of frequencies that are compared", ""},
        {"task.trials", "how many trials", ""},
        {"task.loop", "measurements of the PV loop alone", ""},
        {"task.hopfield", "attention over stored patterns, again and again", ""},
        {"task.match", "spike trains of match and control", ""},
        {"task.linear", "linear attention by a memory matrix", ""},
        {"task.normalization", "the normalization model of attention", ""},
        {"task.exponential", "exponential cells whose spikes estimate a score", ""},
        {"task.set_size", "the comparison of three accounts of capacity", ""},
        {"task.decision", "from routed content to a choice and a reaction time", ""},
        {"task.decision.network", "the two accumulators of the decision", ""},
        {"memory", "how items are stored and held", ""},
        {"memory.encoding", "competition of the items during the sample", ""},
        {"transformer", "the reference block", ""},
        {"record", "what the run file keeps", ""},
        {"record.rates", "population means over time", "every"},
        {"record.attention", "attention weights over time", "every"},
        {"record.trace", "every population of the trial named by --trace", "every"},
        {"analysis", "statistics of the summary", ""},
        {"fit", "values that `lamina fit` refits to data", ""},
        {"fit.slots", "the account of K slots", ""},
    };
    return table;
}

const std::vector<Field>& fields() {
    static const std::vector<Field> table = without_column(FieldTable()
    // ------------------------------------------------------------------------------ the question
    .add("lamina").integer(constant(std::int64_t(1))).within(1, 1).must()
        .means("format version of this file").like("1")
    .add("name").name(AT(name)).must()
        .means("short name of the experiment; part of the name of its run directory").like("dms")
    .add("title").text(AT(title))
        .means("title of the report; the name when absent").like("Attention and set size")
    .add("question").text(AT(question))
        .means("the question this experiment asks, printed at the top of the report")
        .like("Does attention through PV normalisation explain the human set-size effect?")
    .add("source").text(AT(source))
        .means("where the numbers of this file come from").like("doi:10.1523/JNEUROSCI.3733-05.2006")
    .add("seed").natural(AT(seed))
        .means("every random number of the run follows from it").like("7")

    // ------------------------------------------------------------------------------ simulation
    .add("simulation.mode").choice({{"rate", "population rates"}, {"spiking", "spiking neurons"}}, AT(area.spiking.on))
        .means("what is integrated")
    .add("simulation.dt").quantity("ms", AT(area.dt_ms)).within_open(0, 1000).symbol("dt")
        .means("time step; every duration and delay is a multiple of it").like("0.1 ms")
    .add("simulation.integrator").choice({{"exponential", "exact for the linear part, second order for the gates"},
                                          {"euler", "explicit Euler, order 1"},
                                          {"rk4", "Runge-Kutta of order 4"},
                                          {"dopri5", "Dormand-Prince 5(4) with error control"},
                                          {"rosenbrock4", "for stiff systems of up to 256 variables, with error control"}}, AT(area.integrator))
        .means("how a step is taken").from(section_3)
    .add("simulation.tolerance").number(AT(area.tolerance)).within_open(0, 1)
        .means("absolute and relative error per step that dopri5 and rosenbrock4 allow").like("1e-8")
        .idle_if([](const Spec& s) { return unless(s.area.integrator == Integrator::dopri5 || s.area.integrator == Integrator::rosenbrock4,
                                                   "simulation.integrator is neither dopri5 nor rosenbrock4"); })
    .add("simulation.device").choice({{"cpu", "the processor"}, {"auto", "a graphics processor if there is one that can run this"},
                                      {"cuda", "a graphics processor"}}, AT(device))
        .means("where the run is computed; --device overrides it")
    .add("simulation.precision").choice({{"float64", "double"}, {"float32", "single"}, {"default", "float64 for rates, float32 for spikes"}}, precision_member())
        .means("floating-point type of the column or of the neurons; the reference block is always double")
        .idle_if([](const Spec& s) { return unless(!spiking_column_only(s).empty(), "neurons of the column are float32, its circuit float64"); })

    // ------------------------------------------------------------------------------ column
    .add("column.columns").integer(AT(area.columns)).within(1, max_count).symbol("N")
        .means("tokens, locations or slots; also the number of keys").like("16").from(section_3)
    .add("column.heads").integer(AT(area.heads)).within(1, max_count).symbol("H")
        .means("attention heads, sub-populations of every column").like("4").from("Vaswani et al. (2017), arXiv:1706.03762")
    .add("column.d_model").integer(AT(area.d_model)).within(1, max_count).symbol("d_model")
        .means("numbers that represent one token").like("64")
    .add("column.d_head").integer(AT(area.d_head)).within(1, max_count).symbol("d_head")
        .means("length of one query, key or value").like("16")
    .add("column.d_ff").integer(AT(area.d_ff)).within(0, max_count).symbol("d_ff")
        .means("width of the feed-forward layer in L2/3; 0: none").like("256")
    .add("column.attention").choice({{"self", "queries and keys of the same stream"},
                                     {"causal", "a query sees its own and earlier tokens"},
                                     {"cross", "queries come from the context in layer 1"}}, AT(area.attention))
        .means("which keys a query can see").symbol("m_ij")
    .add("column.norm").choice({{"none", "no layer norm"}, {"pre", "before attention and feed-forward layer"},
                                {"post", "behind them"}}, AT(area.norm))
        .means("where layer norms stand, made by feed-forward inhibition").from("Ba, Kiros & Hinton (2016), arXiv:1607.06450")
    .add("column.norm_epsilon").number(AT(area.norm_epsilon)).within_open(0, 1).symbol("epsilon")
        .means("added to the variance in the layer norm").like("1e-5").idle_if(norm_only)
    .add("column.activation").choice({{"relu", "max(0, x)"}, {"gelu", "x Phi(x), exact"}, {"gelu_tanh", "the tanh approximation"}}, AT(area.activation))
        .means("nonlinearity of the feed-forward layer").symbol("phi").idle_if(ff_only)
    .add("column.coding").choice({{"signed", "rates may be negative"}, {"opponent", "each number is the difference of two rates"}}, AT(area.coding))
        .means("how numbers are written in rates").from(section_3)
        .idle_if([](const Spec& s) { return unless(!s.area.dale && !s.area.spiking.on,
                                                   "column.dale and spiking neurons write every number as a pair"); })
    .add("column.dale").boolean(AT(area.dale))
        .means("Dale's law: pairs of rates, weights of one sign, and an interneuron behind every rate that a weight reads").like("true").from("docs/model.md, Dale's law")
    .add("column.dale_balance").number(AT(area.dale_balance)).within(0, 2).symbol("beta")
        .means("factor of what every interneuron takes away; 1: excitation and inhibition in balance").like("0.9").from("docs/model.md, Dale's law").idle_if(dale_only)
    .add("column.baseline").number(AT(area.baseline)).at_least(0).symbol("r_0")
        .means("lowest rate of an opponent pair").like("1")
        .idle_if([](const Spec& s) { return unless(s.area.paired(), "column.coding is not opponent"); })
    .add("column.apical_suppression").number(AT(area.apical_suppression)).within(0, 1).symbol("r_in")
        .means("drive of SST cells, which scales the scores by 1 - r").like("0.2").from(section_3)
    .add("column.score.type").choice({{"multiplicative", "the ideal dendritic product q k"},
                                      {"additive_exponential", "M hidden units exp(W (q + k)): softmax by sampling"},
                                      {"apical", "event rate of the key times burst probability of the query; both saturate"},
                                      {"quarter_square", "difference of the squares of q + k and q - k, by rates with a threshold"},
                                      {"match_and_control", "coincidence and thresholded potentiation", true},
                                      {"linear", "a drive phi(q) phi(k), phi = elu + 1: linear attention"},
                                      {"hopfield", "recurrent iteration of the softmax step", true},
                                      {"normalization", "attention field of Reynolds and Heeger", true}}, AT(area.score))
        .means("mechanism of the score").symbol("s_ij").from(section_5)
    .add("column.score.gain").number(AT(area.score_gain)).within(-1000, 1000).symbol("lambda")
        .means("factor of every score").like("1.5")
    .add("column.score.units").integer(AT(area.score_units)).within(1, max_count).symbol("M")
        .means("hidden units of each head").like("4096").from(section_5).idle_if(hidden_units_only)
    .add("column.score.orthogonal").boolean(AT(area.score_orthogonal)).symbol("Omega")
        .means("orthogonal instead of independent random projections").from("Choromanski et al. (2021), arXiv:2009.14794").idle_if(hidden_units_only)
    .add("column.score.threshold").number(AT(area.score_threshold)).within(0, 1e6).symbol("theta")
        .means("threshold of the quadratic rates of quarter_square; 0: the product exactly").like("0.1").from(section_5).idle_if(squares_only)
    .add("column.score.soma_current").quantity("pA", AT(area.score_soma_pA)).within_open(0, 1e6).symbol("J_s")
        .means("current into the soma per unit of a key").like("50 pA").from(section_5).idle_if(bursts_only)
    .add("column.score.dendrite_current").quantity("pA", AT(area.score_dendrite_pA)).within_open(0, 1e6).symbol("J_d")
        .means("current into the apical dendrite per unit of a query").like("50 pA").from(section_5).idle_if(bursts_only)
    .add("column.inhibition.type").choice(inhibition_names, AT(area.inhibition))
        .means("how PV cells turn drives into weights").symbol("psi").from(section_3)
    .add("column.inhibition.kappa").number(AT(area.kappa)).above(0).symbol("kappa")
        .means("loop gain of pv_finite").like("20")
        .idle_if([](const Spec& s) { return unless(s.area.inhibition == "pv_finite", "column.inhibition is not pv_finite"); })
    .add("column.inhibition.n").number(AT(area.divisive_n)).within_open(0, 20).symbol("n")
        .means("exponent of pv_divisive").like("1.5").from("Carandini & Heeger (2012), doi:10.1038/nrn3136").idle_if(divisive_only)
    .add("column.inhibition.sigma_n").number(AT(area.divisive_sigma_n)).at_least(0).symbol("sigma^n")
        .means("semi-saturation of pv_divisive").like("2").from("Carandini & Heeger (2012), doi:10.1038/nrn3136").idle_if(divisive_only)
    .add("column.inhibition.gate_max").number(AT(area.gate_max)).above(0).symbol("a_max")
        .means("largest rate of a gate").like("20").from(section_3).idle_if([](const Spec& s) {
            if (s.area.inhibition == "pv_divisive") return std::string("pv_divisive has no largest rate");
            return gate_tau_only(s); })
    .add("column.PV_delay").quantity("ms", AT(area.PV_delay_ms)).within(0, 1000)
        .means("pure delay between PV and the gates; the loop is stable below 2.9 ms at the defaults").like("1 ms").from(section_3)

    // ------------------------------------------------------------------------------ column.tau
    .add("column.tau.L4I").quantity("ms", AT(area.tau.L4I_ms)).within_open(0, 1e6).symbol("tau")
        .means("mean and variance pools of the first layer norm").like("5 ms").from(section_3)
        .idle_if([](const Spec& s) { return unless(s.area.norm == Norm::pre, "column.norm is not pre"); })
    .add("column.tau.L4E").quantity("ms", AT(area.tau.L4E_ms)).within_open(0, 1e6).symbol("tau")
        .means("values in layer 4").like("10 ms").from(section_3)
    .add("column.tau.L23E").quantity("ms", AT(area.tau.L23E_ms)).within_open(0, 1e6).symbol("tau")
        .means("keys in layer 2/3").like("10 ms").from(section_3)
    .add("column.tau.L5apical").quantity("ms", AT(area.tau.L5apical_ms)).within_open(0, 1e6).symbol("tau")
        .means("queries in the apical tufts of layer 5").like("15 ms").from(section_3)
    .add("column.tau.SST").quantity("ms", AT(area.tau.SST_ms)).within_open(0, 1e6).symbol("tau")
        .means("SST cells, apical gain").like("20 ms").from(section_3)
    .add("column.tau.gate").quantity("ms", AT(area.tau.gate_ms)).within_open(0, 1e6).symbol("tau_g")
        .means("attention weights, the gates of layer 5").like("5 ms").from(section_3).idle_if(gate_tau_only)
    .add("column.tau.PV").quantity("ms", AT(area.tau.PV_ms)).within_open(0, 1e6).symbol("tau_p")
        .means("PV cells; with tau_g it sets the gamma rhythm, 40.3 Hz at the defaults").like("2.7 ms").from(section_3)
    .add("column.tau.PV_lag").quantity("ms", AT(area.tau.PV_lag_ms)).within(0, 1e6).symbol("tau_I")
        .means("first-order lag between PV and the gates; stable for tau_p > tau_g tau_I / (tau_g + tau_I)").like("2 ms").from(section_3).idle_if(rates_only)
    .add("column.tau.L5E").quantity("ms", AT(area.tau.L5E_ms)).within_open(0, 1e6).symbol("tau")
        .means("routed values in layer 5").like("10 ms").from(section_3)
    .add("column.tau.L6E").quantity("ms", AT(area.tau.L6E_ms)).within_open(0, 1e6).symbol("tau")
        .means("residual stream in layer 6").like("20 ms").from(section_3)
    .add("column.tau.L6I").quantity("ms", AT(area.tau.L6I_ms)).within_open(0, 1e6).symbol("tau")
        .means("mean and variance pools of the second layer norm").like("5 ms").from(section_3).idle_if(norm_only)
    .add("column.tau.L23mlp").quantity("ms", AT(area.tau.L23mlp_ms)).within_open(0, 1e6).symbol("tau")
        .means("feed-forward layer and output in layer 2/3").like("10 ms").from(section_3)
    .add("column.tau.interneuron").quantity("ms", AT(area.tau.interneuron_ms)).within_open(0, 1e6).symbol("tau_I")
        .means("interneurons of Dale's law").like("5 ms").from("docs/model.md, Dale's law").idle_if(dale_only)

    // ------------------------------------------------------------------------------ column.noise, spiking
    .append(noise_fields())
    .append(spiking_fields())

    // ------------------------------------------------------------------------------ column.weights
    .add("column.weights.kind").choice({{"matched", "W_Q = W_K = sqrt(g) R_h, W_V = R_h, W_O = the transposes: routing one item returns it"},
                                        {"random", "N(0, 1 / d_model), W_Q and W_K scaled to score_sd"},
                                        {"file", "the arrays of column.weights.file"},
                                        {"values", "the arrays of column.weights.values"}}, AT(weights.kind))
        .means("how the weights are made from the seed, or where they are given; a map with `file` or `values` says it by itself")
    .add("column.weights.match_gain").number(AT(weights.match_gain)).above(0).symbol("g")
        .means("matched: mean score of an item with itself").like("6")
        .idle_if([](const Spec& s) { return unless(s.weights.kind == "matched", "column.weights is not matched"); })
    .add("column.weights.score_sd").number(AT(weights.score_sd)).above(0)
        .means("random: standard deviation of the scores over unmasked pairs").like("1").idle_if(random_weights_only)
    .add("column.weights.biases").boolean(AT(weights.biases))
        .means("random: biases and norm scales are drawn too").idle_if(random_weights_only)
    .add("column.weights.file").file(AT(weights_file))
        .means("arrays W_Q, W_K, W_V, W_O and others by their names (docs/model.md): .npz as numpy.savez writes it, or .safetensors").like("weights.npz")
        .idle_if([](const Spec& s) { return unless(s.weights.kind == "file", "column.weights is not file"); })
    .add("column.weights.values").special(FieldKind::arrays)
        .means("the same arrays as nested lists").like("{W_Q: [[1, 0], [0, 1]], W_K: [[1, 0], [0, 1]], W_V: [[1, 0], [0, 1]], W_O: [[1, 0], [0, 1]]}")
        .idle_if([](const Spec& s) { return unless(s.weights.kind == "values", "column.weights is not values"); })

    // ------------------------------------------------------------------------------ oscillation
    .add("oscillation.mode").choice({{"none", "G = 1"}, {"imposed", "G(t) as written below"},
                                     {"emergent", "from a laminar E-I circuit", true}}, AT(area.oscillation.imposed))
        .means("whether rhythms gate the column; a map of rhythms means imposed").from(section_7)
    .rhythm("gamma", [](Spec& s) -> RhythmSpec& { return s.area.oscillation.gamma; }, "G_gamma", "40 Hz", rhythm_only, section_7)
    .rhythm("beta", [](Spec& s) -> RhythmSpec& { return s.area.oscillation.beta; }, "G_beta", "20 Hz", rhythm_only, section_7)

    // ------------------------------------------------------------------------------ circuit
    .add("circuit.model").choice({{"attention_column", "the circuit of docs/model.md"},
                                  {"potjans_diesmann_2014", "cortical microcircuit, 77 169 spiking neurons"},
                                  {"brunel_2000", "sparse random network of 12 500 spiking neurons"},
                                  {"vogels_abbott_2005", "balanced network of 4000 spiking neurons that sustains itself"}}, AT(circuit.model))
        .means("which circuit is built; circuit.populations describes another").idle_if(model_only)
    .add("circuit.scale").number(AT(circuit.scale)).within(0.001, 1)
        .means("share of neurons. potjans_diesmann_2014: and of in-degrees; weights grow by 1 / sqrt(scale), and a constant current makes up for the missing mean input. "
               "brunel_2000 (from 0.2), vogels_abbott_2005 (from 0.1): neurons keep their number of synapses and share more of their inputs").like("0.1")
        .from("van Albada et al. (2015), doi:10.1371/journal.pcbi.1004490").idle_if(spiking_model_only)
    .add("circuit.g").number(AT(circuit.g)).within(0, 100).symbol("g")
        .means("brunel_2000: an inhibitory synapse relative to an excitatory one").like("5").from(brunel_paper).idle_if(brunel_only)
    .add("circuit.eta").number(AT(circuit.eta)).within(0, 100).symbol("nu_ext / nu_thr")
        .means("brunel_2000: rate of the external spikes, 1 where their mean alone reaches the threshold").like("2").from(brunel_paper).idle_if(brunel_only)
    .add("circuit.drive").choice({{"dc", "a constant current"}, {"poisson", "Poisson spikes of the same mean"}}, AT(circuit.drive))
        .means("input from outside the circuit").from("Potjans & Diesmann (2014), doi:10.1093/cercor/bhs358").idle_if(microcircuit_only)
    .add("circuit.thalamus.rate").quantity("Hz", AT(circuit.thalamus.rate_Hz)).within(0, 10000).zero("none")
        .means("rate of 902 thalamic neurons during the pulse; none: there are none").like("120 Hz").from("Potjans & Diesmann (2014), doi:10.1093/cercor/bhs358").idle_if(microcircuit_only)
    .add("circuit.thalamus.start").quantity("ms", AT(circuit.thalamus.start_ms)).within(0, 1e8)
        .means("when the pulse begins, from the start of the simulation").like("700 ms").idle_if(thalamus_only)
    .add("circuit.thalamus.duration").quantity("ms", AT(circuit.thalamus.duration_ms)).within_open(0, 1e8)
        .means("how long it lasts").like("10 ms").idle_if(thalamus_only)

    // ------------------------------------------------------------------------------ task
    .add("task.type").choice({{"delayed_match_to_sample", "hold items, then tell whether a probe is among them"},
                              {"delayed_estimation", "hold coloured items, then report the colour at one place"},
                              {"change_detection", "hold coloured items, then tell whether one has changed its colour"},
                              {"dual_delayed_match", "hold two items, then match the one that a cue names, twice"},
                              {"match_to_category", "hold a direction, then tell whether another is of its category"},
                              {"delayed_comparison", "hold a frequency, then tell whether another is higher"},
                              {"presentation", "show random tokens, compare with the block"},
                              {"softmax_loop", "the PV loop alone against its closed forms"},
                              {"hopfield", "attention over stored patterns whose result is the next query"},
                              {"match_and_control", "spike trains that match are followed later"},
                              {"linear_attention", "a memory of products of value and key, its gradient, and softmax beside it"},
                              {"normalization", "an attention field before a suppressive pool: contrast gain and response gain"},
                              {"exponential_spikes", "exponential cells that add query and key, and what their spikes tell of exp(q.k)"},
                              {"set_size", "three accounts of capacity, fitted to data and told apart"},
                              {"resting_state", "a spiking circuit runs on its own"}}, AT(task.type)).must()
        .means("what is shown and asked")
    .add("task.stimuli.kind").choice({{"ring", "angles in a von Mises population code"}, {"random", "Gaussian vectors from the seed"},
                                      {"vectors", "rows of a file"}, {"rdm", "vectors with the dissimilarities of a file"}}, AT(task.stimuli.kind))
        .means("where the stimuli come from").from(section_9)
    .add("task.stimuli.number").integer(AT(task.stimuli.number)).within(1, max_count)
        .means("how many stimuli there are").like("16").idle_if(made_stimuli_only)
    .add("task.stimuli.kappa").number(AT(task.stimuli.kappa)).within_open(0, 1000).symbol("kappa")
        .means("concentration of the von Mises population code").like("4").from(section_9).idle_if(ring_only)
    .add("task.stimuli.file").file(AT(task.stimuli.file))
        .means("vectors: .npy or .csv, one row each; rdm: .npy of pairwise dissimilarities").like("${LAMINA_DATA}/objects92/model_rdms.npy").idle_if(file_stimuli_only)
    .add("task.stimuli.names").file(AT(task.stimuli.names))
        .means("CSV with a column of names, one row per stimulus").like("${LAMINA_DATA}/objects92/conditions.csv").idle_if(file_stimuli_only)
    .add("task.places.number").integer(AT(task.places.number)).within(1, 1000)
        .means("places on a circle; items are shown at some of them, drawn without replacement").like("8").idle_if(places_only)
    .add("task.places.units").integer(AT(task.places.units)).within(1, max_count)
        .means("the first units of d_model, which hold the place; the stimulus has the others").like("32").idle_if(places_only)
    .add("task.places.kappa").number(AT(task.places.kappa)).within_open(0, 1000)
        .means("concentration of the code of a place; the lower, the more attention spreads to neighbours").like("4").from(section_9).idle_if(places_only)
    .add("task.load").integers(AT(task.load)).within(1, max_count).symbol("L")
        .means("items to hold: one number, or a list with one condition each").like("[1, 2, 4, 8]").idle_if(load_only)
    .add("task.timing.fixation").quantity("ms", AT(task.timing.fixation_ms)).within(0, 1e7).means("before the sample").like("300 ms").idle_if(memory_only)
    .add("task.timing.sample").quantity("ms", AT(task.timing.sample_ms)).within_open(0, 1e7).means("the items are shown").like("500 ms").idle_if(memory_only)
    .add("task.timing.delay").quantity("ms", AT(task.timing.delay_ms)).within(0, 1e7).means("the items are held").like("1 s").idle_if(memory_only)
    .add("task.timing.cue").quantity("ms", AT(task.timing.cue_ms)).within(0, 1e7).means("dual_delayed_match: a cue is on before its test").like("500 ms").idle_if(dual_only)
    .add("task.timing.test").quantity("ms", AT(task.timing.test_ms)).within_open(0, 1e7).means("the probe is shown").like("500 ms").idle_if(memory_only)
    .add("task.timing.response").quantity("ms", AT(task.timing.response_ms)).within_open(0, 1e7).means("behind the probe; without a choice at its end the larger rate decides").like("900 ms").idle_if(choice_only)
    .add("task.trials.per_condition").integer(AT(task.per_condition)).within(1, max_count)
        .means("trials of each load; presentations, when task.presentations is not written").like("50")
    .add("task.trials.match_fraction").number(AT(task.match_fraction)).within(0, 1)
        .means("share of trials whose probe is among the items").like("0.5").idle_if(probe_only)
    .add("task.boundary").quantity("deg", AT(task.boundary_deg)).within(-360, 360)
        .means("category 1 are the directions from here to 180 degrees further on").like("45 deg").idle_if(category_only)
    .add("task.comparison.low").integers(AT(task.comparison.low_Hz)).within(1, 1000)
        .means("the lower frequency of each pair, in Hz").like("[12, 20, 30]").idle_if(comparison_only)
    .add("task.comparison.difference").integers(AT(task.comparison.difference_Hz)).within(1, 1000)
        .means("how much higher the other is, in Hz: one number, or a list with one condition each").like("[2, 4, 8]").idle_if(comparison_only)
    .add("task.comparison.degrees_per_Hz").number(AT(task.comparison.degrees_per_Hz)).within_open(0, 180)
        .means("degrees of the ring for one hertz").like("2.5").idle_if(comparison_only)
    .add("task.change_probability").numbers(AT(task.change_probability)).within_open(0, 1).symbol("p")
        .means("share of trials with a change, which the observer knows: one number, or a list with one condition each").like("[0.3, 0.5, 0.7]").idle_if(change_only)
    .add("task.nonmatch").choice({{"farthest", "the stimulus farthest from all items"}, {"any", "any stimulus that is not an item"}}, AT(task.nonmatch))
        .means("which stimulus probes a non-match trial").idle_if(probe_only)
    .add("task.decision.gain").number(AT(task.decision.gain)).above(0).symbol("kappa_e")
        .means("evidence per unit of cosine between routed content and probe").like("1").from(section_9).idle_if(choice_only)
    .add("task.decision.criterion").number(AT(task.decision.criterion)).within(-1, 1).symbol("c_0")
        .means("cosine at which there is evidence for neither side").like("0.5").from(section_9).idle_if(mirrored_only)
    .add("task.decision.criterion_shift").number(AT(task.decision.criterion_shift)).within(-10, 10).symbol("s")
        .means("added to the criterion for each unit of log(p / (1 - p)), p the probability of a change").like("0.265").from(section_9).idle_if(change_only)
    .add("task.decision.non_decision_time").quantity("ms", AT(task.decision.non_decision_ms)).within(0, 1e5).symbol("t_nd")
        .means("added to the crossing time to give the reaction time").like("200 ms").from(section_9).idle_if(choice_only)
    .add("task.decision.network.threshold").quantity("Hz", AT(task.decision.network.threshold_Hz)).within_open(0, 1000)
        .means("filtered rate at which a choice is made").like("15 Hz").from(wong_wang).idle_if(choice_only)
    .add("task.decision.network.mu_0").quantity("Hz", AT(task.decision.network.mu_0_Hz)).within(0, 1000).symbol("mu_0")
        .means("input rate of each side without evidence").like("30 Hz").from(wong_wang).idle_if(choice_only)
    .add("task.decision.network.sigma").quantity("nA", AT(task.decision.network.sigma_nA)).within(0, 1).symbol("sigma")
        .means("amplitude of the noise current").like("0.02 nA").from(wong_wang).idle_if(choice_only)
    .add("task.duration").quantity("ms", AT(task.duration_ms)).within_open(0, 1e8)
        .means("length of one presentation, or of the recording of a resting state").like("1 s").idle_if(duration_only)
    .add("task.discard").quantity("ms", AT(task.discard_ms)).within(0, 1e8)
        .means("time before the recording of a resting state begins").like("500 ms").idle_if(resting_only)
    .add("task.windows").special(FieldKind::windows)
        .means("stretches of a resting state, from the start of the simulation, whose rates are told apart: windows.NAME.POPULATION.rate_Hz of the summary").like("{cue: [2 s, 2.35 s], silent: [2.5 s, 3.5 s]}").idle_if(resting_only)
    .add("task.burst_interval").quantity("ms", AT(task.burst_interval_ms)).within_open(0, 1e6)
        .means("an event is a spike behind a longer silence than this, a burst an event with a second spike within it").like("16 ms")
        .from("Naud & Sprekeler (2018), doi:10.1073/pnas.1720995115").idle_if(resting_only)
    .add("task.presentations").integer(AT(task.n_presentations)).within(1, max_count)
        .means("how many presentations").like("8").idle_if(presentation_only)
    .add("task.start").choice({{"rest", "all rates 0"}, {"settled", "v, k, q at their targets, a = 1 / N, p = 0"}}, AT(task.start))
        .means("state at the start of each presentation").idle_if(presentation_only)
    .append(loop_fields())
    .append(mechanism_fields())
    .add("task.set_size.recoveries").integer(AT(task.recoveries)).within(1, 10000)
        .means("experiments that are simulated from each account and fitted by all").like("100").idle_if(set_size_only)

    // ------------------------------------------------------------------------------ memory
    .add("memory.encoding.inhibition").choice({{"pv_divisive", "a = 1 / (sigma^n + L^n) for equal items"},
                                               {"pv_log", "softmax", true}, {"none", "no competition", true}}, AT(memory.encoding_inhibition))
        .means("how the items of a sample compete").from(section_9).idle_if(memory_only)
    .add("memory.encoding.n").number(AT(memory.encoding_n)).within_open(0, 20).symbol("n")
        .means("exponent: for equal items a = 1 / (sigma^n + L^n)").like("1.5").from(section_9).idle_if(memory_only)
    .add("memory.encoding.sigma_n").number(AT(memory.encoding_sigma_n)).at_least(0).symbol("sigma^n")
        .means("semi-saturation of the competition").like("2").from(section_9).idle_if(memory_only)
    .add("memory.encoding.counts").number(AT(memory.counts)).within_open(0, 1e9).symbol("C")
        .means("expected counts that store an item of weight 1").like("18").from(section_9).idle_if(memory_only)
    .add("memory.maintenance").choice({{"persistent", "recurrent excitation, with diffusion"}, {"synaptic", "short-term facilitation", true},
                                       {"phase", "items in successive gamma cycles", true}, {"fast_weights", "outer products", true}}, AT(memory.maintenance))
        .means("how items are held during the delay").from(section_9).idle_if(memory_only)
    .add("memory.diffusion").diffusion().at_least(0).symbol("D")
        .means("ring: growth of circular variance (deg2/s); vectors: noise variance D t |x|^2 / d_model (1/s)").like("20 deg2/s").from(section_9).idle_if(memory_only)
    .add("memory.motor_noise").quantity("deg", AT(memory.motor_noise_deg)).within(0, 180)
        .means("standard deviation of the reported angle, when an angle is reported").like("12 deg").from(section_9)
        .idle_if([](const Spec& s) { return unless(task_has(s, reports) || s.fit.given(), "this task.type reports no angle"); })
    .add("memory.update").quantity("ms", AT(memory.update_ms)).within_open(0, 1e5)
        .means("held items drift in steps of this length").like("10 ms").idle_if(memory_only)

    // ------------------------------------------------------------------------------ the rest
    .add("transformer.weights").choice({{"same_as_column", "the weights of the column"}}, constant(std::string("same_as_column")))
        .means("weights of the reference block")
    .add("record.rates.every").quantity("ms", AT(record.rates_every_ms)).within(0, 1e6).zero("none").means("time between samples of the population means").like("5 ms")
    .add("record.attention.every").quantity("ms", AT(record.attention_every_ms)).within(0, 1e6).zero("none").means("time between samples of the attention weights").like("5 ms")
    .add("record.trace.every").quantity("ms", AT(record.trace_every_ms)).within(0, 1e6).zero("step").means("time between samples of a trace; step: every step").like("1 ms")
    .add("record.spikes").special(FieldKind::selection)
        .means("spikes that are kept in spikes.h5: none, all, or those of the populations listed; figures and measures need none of them").like("[L4E, L5E]")
        .idle_if([](const Spec& s) { return s.record.spikes == "none" ? std::string() : spiking_only(s); })
    .add("record.spike_sample").integer(AT(record.spike_sample)).within(0, max_count)
        .means("at most so many neurons of each population in spikes.h5, the first ones (of L5gate and L5hidden, gates); 0: all").like("1000")
        .idle_if([](const Spec& s) { return s.record.spikes == "none" ? std::string("record.spikes is none") : spiking_only(s); })
    .add("record.variables").special(FieldKind::variables)
        .means("state variables that are sampled: population, variable, neurons (the first so many, 10) and every (1 ms)")
        .like("[{population: L5E, variable: V, neurons: 10, every: 1 ms}]").idle_if(resting_only)
    .add("record.lfp").none().means("field potentials of the spiking column")
    .add("interventions").none().means("lesions, clamps and other manipulations")
    .add("analysis.bootstrap").integer(AT(analysis.bootstrap)).within(0, max_count).means("resamples of each confidence interval").like("1000")
    .add("analysis.ci").number(AT(analysis.ci)).within_open(0, 1).means("coverage of the confidence intervals").like("0.95")
    .add("analysis.predict").boolean(AT(analysis.predict)).means("simulate the predictions as well and put them into results.h5 and the report; about 10 s").like("true")
    .add("compare_with").special(FieldKind::comparisons)
        .means("published data sets by name; CSV files with the names of their columns; dissimilarities of people {rdm: FILE, name: WORD, per_subject: N} and of models {models: FILE, names: CSV}; shown beside the model").like("[rouder_2008_change_detection]")
    .add("expect").special(FieldKind::expectations)
        .means("bounds on numbers of the summary; the report prints pass or surprise").like("{comparison.output_relative_error: \"< 1e-3\"}")
    .add("vary").special(FieldKind::factors)
        .means("factors crossed within one run: path and values, or a name with levels that set several paths; trials of all variants share their random numbers").like("{column.inhibition: [pv_log, pv_linear]}")
    .add("sweep").special(FieldKind::sweep)
        .means("many runs, one for each point: lists, ranges, draws or lines of a file, crossed; `lamina sweep` plans and runs them").like("{grid: {task.timing.delay: [1 s, 4 s]}, replicates: 5}")
    .add("fit.to").special(FieldKind::data_set)
        .means("a published data set by name, or a CSV file with the names of its columns").like("van_den_berg_2012_colour")
    .add("fit.conditions").integers(AT(fit.conditions)).within(1, max_count)
        .means("set sizes that are fitted; the others of the data are held out and predicted. All when absent").like("[1, 4, 8]").idle_if(fit_only)
    .add("fit.free").special(FieldKind::paths)
        .means("the values that are fitted, by their paths").like("[memory.encoding.counts, memory.motor_noise]")
        .idle_if([](const Spec& s) { return s.task.type == "set_size" ? std::string("set_size frees all that act in an account") : fit_only(s); })
    .add("fit.bounds").special(FieldKind::bounds)
        .means("the range in which a free value is sought").like("{memory.motor_noise: [1 deg, 40 deg]}").idle_if(fit_only)
    .add("fit.account").choice(account_names(), AT(fit.account))
        .means("how an item is held among others").from("docs/model.md, the laws of recall")
        .idle_if([](const Spec& s) { return s.task.type == "set_size" ? std::string("set_size compares all accounts") : fit_only(s); })
    .add("fit.slots.number").number(AT(fit.slots)).within_open(0, 100).symbol("K")
        .means("slots; need not be whole").like("3").from("Zhang & Luck (2008), doi:10.1038/nature06860").idle_if(slots_only)
    .add("fit.slots.noise").quantity("deg", AT(fit.slot_noise_deg)).within_open(0, 180).symbol("sigma_1")
        .means("SD of the angle that one slot holds").like("25 deg").from("Zhang & Luck (2008), doi:10.1038/nature06860").idle_if(slots_only)
    .add("fit.starts").integer(AT(fit.starts)).within(1, 1000)
        .means("starting points of the search").like("8").idle_if(fit_only)
    .add("fit.bootstrap").integer(AT(fit.bootstrap)).within(0, 100000)
        .means("simulated data sets that are fitted again, for standard errors and the p value of the misfit").like("200").idle_if(fit_only)
    .done());
    return table;
}
// clang-format on

const ExperimentSpec& default_spec() {
    static const ExperimentSpec spec;
    return spec;
}

const Field* find_field(const std::string& path) {
    static const auto index = [] {
        std::unordered_map<std::string, const Field*> map;
        for (const Field& field : fields()) map[field.path] = &field;
        return map;
    }();
    const auto found = index.find(path);
    return found == index.end() ? find_circuit_field(path) : found->second;
}

const Section* find_section(const std::string& path) {
    const std::string row = circuit_row(path);
    for (const Section& section : sections())
        if (section.path == row) return &section;
    return nullptr;
}

} // namespace lamina
