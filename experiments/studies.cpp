#include "experiments/studies.hpp"

#include "experiments/laws/loop_problems.hpp"
#include "experiments/laws/spiking_laws.hpp"
#include "experiments/mechanisms/mechanisms.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

using Lab = std::shared_ptr<const laws::Laboratory>;

template <class Found>
Measurement measurement(const char* name, std::size_t n_items,
                        Found (*measure)(const laws::Laboratory&), const Lab& lab) {
    const auto found = std::make_shared<Found>();
    return {name, n_items, [=] { *found = measure(*lab); },
            [=] { return laws::summary_of(*found, *lab); },
            [=](Image& image) { laws::add(image, *found); }};
}

std::vector<Measurement> loop_measurements(const Lab& lab) {
    using namespace laws;
    const Laboratory& l = *lab;
    if (l.task.loop.gates == "spikes")
        return {measurement("winners", winners_items(l), measure_winners, lab),
                measurement("sums", spike_sums_items(l), measure_spike_sums, lab),
                measurement("sampling", sampling_items(l), measure_sampling, lab),
                measurement("rhythm", spike_rhythm_items(l), measure_spike_rhythm, lab)};
    return {measurement("fixed_point", fixed_point_items(l), measure_fixed_point, lab),
            measurement("ringing", ringing_items(l), measure_ringing, lab),
            measurement("spectrum", noise_peak_items(l), measure_noise_peaks, lab),
            measurement("settling", latency_items(l), measure_latency, lab),
            measurement("gain", weak_inhibition_items(l), measure_weak_inhibition, lab),
            measurement("units", population_equation_items(l), measure_population_equation, lab)};
}

std::vector<Measurement> hopfield_measurements(const Lab& lab) {
    return {measurement("", laws::hopfield_items(*lab), laws::measure_hopfield, lab)};
}

std::vector<Measurement> match_measurements(const Lab& lab) {
    return {
        measurement("", laws::match_and_control_items(*lab), laws::measure_match_and_control, lab)};
}

std::vector<Measurement> linear_measurements(const Lab& lab) {
    return {
        measurement("", laws::linear_attention_items(*lab), laws::measure_linear_attention, lab)};
}

std::vector<Measurement> normalization_measurements(const Lab& lab) {
    return {measurement("", laws::normalization_items(*lab), laws::measure_normalization, lab)};
}

std::vector<Measurement> exponential_measurements(const Lab& lab) {
    return {measurement("", laws::exponential_spikes_items(*lab), laws::measure_exponential_spikes,
                        lab)};
}

nlohmann::ordered_json summary_of(const Study& study, const std::vector<Measurement>& all) {
    nlohmann::ordered_json part;
    for (const Measurement& one : all)
        if (*one.name)
            part[one.name] = one.summary();
        else
            part.update(one.summary());
    return {{study.part, part}};
}

const std::vector<const char*> loop_keys = {"column.columns",         "column.d_head",
                                            "column.tau.gate",        "column.tau.PV",
                                            "column.inhibition.type", "column.inhibition.gate_max",
                                            "simulation.dt"};
constexpr const char* relaxation = "first-order relaxation (table D)";

} // namespace

const std::vector<Study>& studies() {
    static const std::vector<Study> catalogue = {
        {"softmax_loop",
         "gates and PV alone",
         "loop",
         relaxation,
         true,
         loop_keys,
         {},
         {{"loop/fixed_point", "distance from softmax"}, {"loop/spectrum", "of noise"}},
         loop_measurements},
        {"hopfield",
         "gates and PV over stored patterns, again and again",
         "hopfield",
         relaxation,
         true,
         loop_keys,
         {{"state", "xi <- sum_j a_j x_j, a settled anew at softmax(beta X xi)"},
          {"energy", "E(xi) = -1/beta log sum_j exp(beta x_j.xi) + xi.xi/2 + log(K)/beta + M^2/2"}},
         {{"hopfield", "energy and likeness to the stored pattern, step by step"}},
         hopfield_measurements},
        {"match_and_control",
         "spike trains and one cell's synapses",
         "match",
         "spikes are drawn, nothing is integrated (table D)",
         false,
         {},
         {{"coincidences", "m_k = sum_ab kappa(t_b - t_a - 7 ms), kappa a Gaussian of height 1"},
          {"potentiation", "alpha_k = sigma(20 (m_k/theta - 1))"}},
         {{"match", "what the control phase reproduces, by window"}},
         match_measurements},
        {"linear_attention",
         "a memory of values and keys, and a softmax block beside it",
         "linear",
         "a matrix is written and read, nothing is integrated (table D)",
         false,
         {"column.columns", "column.d_model", "column.d_head"},
         {{"memory", "S += v_j phi(k_j)^T, z += phi(k_j), phi(x) = elu(x) + 1"},
          {"read-out", "o_i = S phi(q_i), normalised S phi(q_i) / (z.phi(q_i))"}},
         {{"linear", "memory, gradient, and distance from softmax"}},
         linear_measurements},
        {"normalization",
         "an attention field and the pool that divides by it",
         "normalization",
         "its steady state is computed, nothing is integrated (table D)",
         false,
         {},
         {{"response", "R = A E / (s * (A E) + sigma)"},
          {"attention field", "A = 1 + (gamma - 1) G(x)"}},
         {{"normalization", "responses by contrast, fits, and where gamma goes"}},
         normalization_measurements},
        {"exponential_spikes",
         "exponential cells and their spike counts",
         "exponential",
         "spikes are drawn, nothing is integrated (table D)",
         false,
         {"column.d_head"},
         {{"hazard", "rho_m = R exp(omega_m.(q + k) - (q.q + k.k)/2), omega_m ~ N(0, I)"},
          {"estimate", "D = sum_m N_m / (M R T) of exp(q.k)"}},
         {{"exponential", "estimates of exp(q.k), their variance, and the law's"}},
         exponential_measurements}};
    return catalogue;
}

const Study* study_of(const ExperimentSpec& spec) {
    for (const Study& study : studies())
        if (spec.task.type == study.task) return &study;
    return nullptr;
}

nlohmann::ordered_json study_summary_unmeasured(const Study& study, const ExperimentSpec& spec) {
    // a laboratory that is closed before it opens
    const std::atomic<bool> stop{true};
    const auto lab = std::make_shared<laws::Laboratory>(laws::laboratory_of(spec));
    lab->stop = &stop;
    lab->confidence.resamples = 1;
    const std::vector<Measurement> all = study.measurements(lab);
    for (const Measurement& one : all) one.measure();
    return summary_of(study, all);
}

std::int64_t study_items(const Study& study, const ExperimentSpec& spec) {
    std::size_t n = 0;
    const auto lab = std::make_shared<laws::Laboratory>(laws::laboratory_of(spec));
    for (const Measurement& one : study.measurements(lab)) n += one.n_items;
    return std::int64_t(n);
}

StudyRun run_study(const Study& study, const ExperimentSpec& spec, int threads,
                   const std::function<void()>& progress, const std::atomic<bool>& stop) {
    for (const FoundProblem& problem : loop_problems(spec))
        if (!problem.warning) throw SpecError(problem.message + "; " + problem.help);
    const auto lab = std::make_shared<laws::Laboratory>(laws::laboratory_of(spec));
    lab->threads = threads, lab->progress = progress, lab->stop = &stop;
    const std::vector<Measurement> all = study.measurements(lab);
    for (const Measurement& one : all) one.measure();
    StudyRun run;
    if (lab->stopped()) return run;
    run.summary = summary_of(study, all);
    run.add_groups = [all](Image& image) {
        for (const Measurement& one : all) one.add(image);
    };
    return run;
}

} // namespace lamina
