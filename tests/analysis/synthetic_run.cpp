#include "analysis/synthetic_run.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/behaviour.hpp"
#include "analysis/load_run.hpp"
#include "analysis/statistics.hpp"
#include "analysis/synthetic_parts.hpp"
#include "sim/run_file/image.hpp"
#include "sim/run_file/json.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/process.hpp"

namespace lamina::test {
namespace {

using Numbers = std::vector<double>;
using Integers = std::vector<std::int64_t>;
using Words = std::vector<std::string>;

constexpr double dt_ms = 5;
const Words populations = {"L5apical", "SST", "L23E", "L4E", "L5gate", "PV", "L5E", "L6E"};

/// One run being made.
struct Maker {
    const SyntheticOptions& options;
    Draws draws{};
    Image image{};
    Json summary{};
    Words labels{"base"}, conditions{};
    std::vector<int> loads{};
    Numbers variant_error{1e-7};
    bool asks = false;
    int n_stimuli = 0;
    Words names{};
    double end_ms = 0;

    bool dms() const { return options.kind == "dms" || options.kind == "objects"; }
    std::size_t n_time() const { return static_cast<std::size_t>(end_ms / dt_ms); }
    void setup();
    void add_variants();
    void add_trials();
    void add_comparison();
    void add_courses();
    void add_example();
    void add_stimuli();
    std::vector<std::byte> make_trace();
    Json spec() const;
};

void Maker::setup() {
    asks = dms();
    end_ms = asks ? 3200 : 600;
    loads = options.kind == "dms"       ? std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}
            : options.kind == "objects" ? std::vector<int>{1, 2, 4, 8}
                                        : std::vector<int>{0};
    for (const int load : loads)
        conditions.push_back(load > 0 ? fmt::format("load {}", load) : std::string("tokens"));
    n_stimuli = options.kind == "dms" ? 16 : options.kind == "objects" ? 92 : 0;
    for (int i = 0; i < n_stimuli; ++i)
        names.push_back(options.kind == "dms" ? fmt::format("{:g} deg", 22.5 * i)
                                              : std::string(i < 24   ? "human"
                                                            : i < 48 ? "animal"
                                                            : i < 71 ? "natural"
                                                                     : "artificial"));
    if (options.hostile && !names.empty()) names[3] = "</script><script>alert('x')</script>";
}

void Maker::add_variants() {
    Words attention, norm, inhibition;
    Numbers depth, beta, phase;
    if (options.kind == "attention") {
        labels.clear(), variant_error.clear();
        for (const char* a : {"self", "causal", "cross"})
            for (const char* n : {"none", "pre", "post"})
                for (const char* i :
                     {"pv_log", "pv_linear", "oracle", "pv_finite", "pv_divisive", "none"}) {
                    attention.push_back(a), norm.push_back(n), inhibition.push_back(i);
                    labels.push_back(fmt::format("attention={}, norm={}, inhibition={}", a, n, i));
                    const std::string rule = i;
                    variant_error.push_back(rule == "pv_finite"     ? 0.05
                                            : rule == "pv_divisive" ? 0.3
                                            : rule == "none"        ? 2
                                            : rule == "oracle"      ? 1e-13
                                                                    : 1e-9);
                }
    } else if (options.kind == "gating") {
        labels.clear(), variant_error.clear();
        for (const double d : {0.0, 0.25, 0.5, 0.75, 1.0})
            for (const double b : {0.0, 0.5, 1.0})
                for (const double p : {0.0, 90.0, 180.0, 270.0}) {
                    depth.push_back(d), beta.push_back(b), phase.push_back(p);
                    labels.push_back(
                        fmt::format("gamma.depth={}, beta.depth={}, phase={}", d, b, p));
                    variant_error.push_back(1e-7 + 0.4 * d + 0.3 * b * (1 + std::cos(0.0175 * p)));
                }
    } else if (options.kind == "pair") {
        labels.clear(), variant_error.clear();
        for (const double d : {1.0, 2.0, 5.0, 10.0})
            for (const char* i : {"pv_log", "pv_finite"}) {
                depth.push_back(d), inhibition.push_back(i);
                labels.push_back(fmt::format("kappa={}, inhibition={}", d, i));
                variant_error.push_back(std::string(i) == "pv_log" ? 1e-6 : 0.3 / d);
            }
    }
    if (options.hostile && labels.size() == 1) labels[0] = "<b>base</b>&";
    image.dimension("variants", "variant", labels.size());
    image.variable("variants", "label", {"variant"}, labels, "1", "combination");
    const auto words = [&](const char* name, const Words& values) {
        if (!values.empty())
            image.variable("variants", name, {"variant"}, values, "1",
                           std::string("column.") + name);
    };
    const auto numbers = [&](const char* name, const Numbers& values, const char* unit) {
        if (!values.empty()) image.variable("variants", name, {"variant"}, values, unit, name);
    };
    words("attention", attention), words("norm", norm), words("inhibition", inhibition);
    numbers(options.kind == "pair" ? "kappa" : "gamma_depth", depth, "1");
    numbers("beta_depth", beta, "1"), numbers("phase", phase, "deg");
}

void Maker::add_trials() {
    Integers variant, condition, load, probe, target, item, stored;
    std::vector<std::uint8_t> answer, choice, correct;
    Numbers rt, evidence, evidence_end;
    const auto n = static_cast<std::size_t>(n_stimuli);
    Integers pairings(n * n), errors(n * n);
    Numbers pair_evidence(n * n);
    const int per = asks ? options.trials_per_load : 8;
    for (std::size_t v = 0; v < labels.size(); ++v)
        for (std::size_t c = 0; c < loads.size(); ++c)
            for (int t = 0; t < per; ++t) {
                variant.push_back(static_cast<std::int64_t>(v));
                condition.push_back(static_cast<std::int64_t>(c));
                if (!asks) continue;
                const bool match = t % 2 == 0;
                const double signal = (match ? 1 : -1) * (2.6 - 0.28 * loads[c]) + draws.normal();
                load.push_back(loads[c]);
                answer.push_back(match), choice.push_back(signal > 0);
                correct.push_back((signal > 0) == match);
                const bool slow = std::fabs(signal) < 0.05;
                rt.push_back(slow ? NAN
                                  : 320 + 160 / (0.4 + std::fabs(signal)) + 30 * draws.normal());
                evidence.push_back(0.5 * signal), evidence_end.push_back(0.4 * signal);
                const int held = draws.below(n_stimuli),
                          shown = (held + 1 + draws.below(4)) % n_stimuli;
                probe.push_back(match ? held : shown);
                target.push_back(match ? 0 : -1);
                for (int slot = 0; slot < 16; ++slot) {
                    item.push_back(slot < loads[c] ? (held + 3 * slot) % n_stimuli : -1);
                    stored.push_back(slot < loads[c] ? 12 - loads[c] + draws.below(4) : -1);
                }
                if (match) continue;
                const auto at = static_cast<std::size_t>(held * n_stimuli + shown);
                ++pairings[at];
                errors[at] += signal > 0;
                pair_evidence[at] += 0.4 * signal;
            }
    const std::string g = "trials";
    image.dimension(g, "trial", variant.size());
    image.variable(g, "variant", {"trial"}, variant, "1", "variant");
    image.variable(g, "condition", {"trial"}, condition, "1", "condition");
    if (!asks) return;
    image.dimension(g, "slot", 16);
    image.variable(g, "load", {"trial"}, load, "1", "items");
    image.variable(g, "item", {"trial", "slot"}, item, "1", "items");
    image.variable(g, "stored", {"trial", "slot"}, stored, "1", "counts");
    image.variable(g, "probe", {"trial"}, probe, "1", "probe");
    image.variable(g, "target_column", {"trial"}, target, "1", "column");
    image.flags(g, "answer", {"trial"}, answer, {0, 1}, {"non_match", "match"}, "right");
    image.flags(g, "choice", {"trial"}, choice, {0, 1, 255}, {"non_match", "match", "none"},
                "chosen");
    image.flags(g, "correct", {"trial"}, correct, {0, 1}, {"error", "correct"}, "correct");
    image.variable(g, "reaction_time_ms", {"trial"}, rt, "ms", "reaction time");
    image.variable(g, "evidence", {"trial"}, evidence, "1", "evidence");
    image.variable(g, "evidence_end", {"trial"}, evidence_end, "1", "evidence at the end");

    std::int64_t right = 0;
    for (const std::uint8_t one : correct) right += one;
    const analysis::Estimate e =
        analysis::proportion(right, static_cast<std::int64_t>(correct.size()));
    summary["behaviour"]["all"]["accuracy"] = {
        {"mean", e.value}, {"ci_low", e.low}, {"ci_high", e.high}, {"n", e.n}};
    for (std::size_t i = 0; i < n * n; ++i)
        pair_evidence[i] = pairings[i] ? pair_evidence[i] / static_cast<double>(pairings[i]) : NAN;
    image.coordinate("confusion", "stimulus_a", names, "1", "held");
    image.coordinate("confusion", "stimulus_b", names, "1", "probe");
    const Words pair = {"stimulus_a", "stimulus_b"};
    image.variable("confusion", "n", pair, pairings, "1", "pairings");
    image.variable("confusion", "errors", pair, errors, "1", "errors");
    image.variable("confusion", "evidence", pair, pair_evidence, "1", "evidence");
}

void Maker::add_comparison() {
    Integers trial, variant, condition;
    Words name;
    Numbers kl, top, sum, output, cosine, settle;
    const int per = asks ? options.trials_per_load : 8;
    for (std::size_t v = 0; v < labels.size(); ++v)
        for (std::size_t c = 0; c < loads.size(); ++c)
            for (int t = 0; t < per; ++t)
                for (const char* shown : {"sample", "test"}) {
                    if (!asks && std::string(shown) == "test") continue;
                    const double error =
                        variant_error[v] * std::exp(0.6 * draws.normal()) + options.shift;
                    trial.push_back(static_cast<std::int64_t>(c) * per + t);
                    variant.push_back(static_cast<std::int64_t>(v));
                    condition.push_back(static_cast<std::int64_t>(c));
                    name.push_back(asks ? shown : "tokens");
                    output.push_back(error);
                    kl.push_back(error < 1e-12 ? 0 : 0.3 * error * error);
                    top.push_back(error < 0.2 ? 1 : 0.9), sum.push_back(0.4 * error);
                    cosine.push_back(1 - 0.5 * std::min(1.0, error * error));
                    settle.push_back(error > 0.02 ? NAN : 60 + 9 * draws.normal());
                }
    const std::string g = "comparison";
    const Words rows = {"presentation"};
    image.dimension(g, "presentation", trial.size());
    image.variable(g, "trial", rows, trial, "1", "trial");
    image.variable(g, "variant", rows, variant, "1", "variant");
    image.variable(g, "condition", rows, condition, "1", "condition");
    image.variable(g, "name", rows, name, "1", "what was shown");
    const auto add = [&](const char* what, const Numbers& values, const char* unit) {
        image.variable(g, what, rows, values, unit, what);
        const auto entry = [](const Numbers& sample) {
            const analysis::Estimate e = analysis::mean_with_interval(sample);
            const auto number = [](double x) { return std::isnan(x) ? Json() : Json(x); };
            return Json{{"mean", number(e.value)},
                        {"ci_low", number(e.low)},
                        {"ci_high", number(e.high)},
                        {"n", e.n}};
        };
        summary["comparison"][what] = entry(values);
        for (std::size_t v = 0; labels.size() > 1 && v < labels.size(); ++v) {
            Numbers own;
            for (std::size_t i = 0; i < values.size(); ++i)
                if (variant[i] == static_cast<std::int64_t>(v)) own.push_back(values[i]);
            summary["variants"][v]["label"] = labels[v];
            summary["variants"][v]["comparison"][what] = entry(own);
        }
    };
    add("attention_kl_bits", kl, "bit"), add("attention_top1_agreement", top, "1");
    add("attention_sum_error", sum, "1"), add("output_relative_error", output, "1");
    add("output_cosine", cosine, "1"), add("settle_time_ms", settle, "ms");
}

/// 1 while something is shown, with a rise and fall of `tau_ms`.
double envelope(double t_ms, bool asks, double tau_ms) {
    if (!asks) return 1 - std::exp(-t_ms / tau_ms);
    const auto step = [&](double from, double to) {
        if (t_ms < from) return 0.0;
        const double up = 1 - std::exp(-(std::min(t_ms, to) - from) / tau_ms);
        return t_ms < to ? up : up * std::exp(-(t_ms - to) / tau_ms);
    };
    return step(300, 800) + step(1800, 2300);
}

void Maker::add_courses() {
    const std::size_t n_v = labels.size(), n_c = loads.size(), n_t = n_time(),
                      n_p = populations.size();
    Numbers time, rms, mean, sem;
    for (std::size_t t = 0; t < n_t; ++t) time.push_back(static_cast<double>(t + 1) * dt_ms);
    Numbers target, other, reference, sum, entropy, match, nonmatch, pv, law;
    for (std::size_t v = 0; v < n_v; ++v)
        for (std::size_t c = 0; c < n_c; ++c)
            for (std::size_t t = 0; t < n_t; ++t) {
                const double load = std::max(1, loads[c]);
                for (std::size_t p = 0; p < n_p; ++p) {
                    const double base =
                        p == 5 ? std::log(load) : 0.3 + 0.1 * static_cast<double>(p);
                    rms.push_back(base * envelope(time[t], asks, 10 + 5 * static_cast<double>(p)) *
                                      (1 + 0.06 * load) +
                                  0.02);
                    mean.push_back(0.4 * rms.back()), sem.push_back(0.03 * rms.back());
                }
                const double on = asks && time[t] > 1800 ? envelope(time[t], true, 30)
                                  : asks                 ? 0
                                                         : 1;
                const double ring = std::exp(-(time[t] - 1800) / 10) *
                                    std::cos(0.25 * (time[t] - 1800)) * (time[t] > 1800 ? 0.2 : 0);
                target.push_back(asks && time[t] < 300 ? NAN
                                                       : 1 / load + on * (0.93 - 1 / load) + ring);
                other.push_back(load > 1 ? (1 - target.back()) / (load - 1) : NAN);
                reference.push_back(target.back() - ring);
                sum.push_back(1 + ring);
                entropy.push_back((1 - on) * std::log2(load) + 0.2 * on);
                match.push_back(on * (0.9 - 0.06 * load)), nonmatch.push_back(-0.6 * on);
                law.push_back(std::log(load) + 5 * on), pv.push_back(law.back() - ring);
            }
    for (const char* g : {"rates", "attention"}) {
        image.dimension(g, "variant", n_v);
        image.coordinate(g, "condition", conditions, "1", "condition");
        image.coordinate(g, "time", time, "ms", "time since the trial began");
    }
    image.coordinate("rates", "population", populations, "1", "population");
    const Words dims = {"variant", "condition", "time", "population"};
    image.variable("rates", "mean", dims, mean, "1", "mean");
    image.variable("rates", "rms", dims, rms, "1", "rms");
    image.variable("rates", "sem", dims, sem, "1", "sem");
    const auto add = [&](const char* name, const Numbers& values) {
        image.variable("attention", name, {"variant", "condition", "time"}, values, "1", name);
    };
    add("sum", sum), add("entropy_bits", entropy), add("PV", pv), add("log_normaliser", law);
    if (!asks) return;
    add("target", target), add("other", other), add("reference_target", reference);
    add("evidence_match", match), add("evidence_nonmatch", nonmatch);
}

void Maker::add_example() {
    const std::size_t n_v = labels.size(), n_c = loads.size(), heads = 4, n = 16;
    Numbers weights, reference;
    Integers item, trial;
    for (std::size_t v = 0; v < n_v; ++v)
        for (std::size_t c = 0; c < n_c; ++c) {
            for (std::size_t k = 0; k < n; ++k)
                item.push_back(asks && static_cast<int>(k) < loads[c]
                                   ? static_cast<int>(3 * k) % n_stimuli
                                   : -1);
            trial.push_back(static_cast<std::int64_t>(c) * options.trials_per_load);
            for (std::size_t h = 0; h < heads; ++h)
                for (std::size_t q = 0; q < n; ++q) {
                    Numbers row(n, NAN);
                    double total = 0;
                    for (std::size_t k = 0; k < n; ++k) {
                        if (asks && (q != n - 1 || static_cast<int>(k) >= loads[c])) continue;
                        row[k] = std::exp(1.4 * draws.normal() + (k == q % 5 ? 3 : 0));
                        total += row[k];
                    }
                    for (std::size_t k = 0; k < n; ++k) {
                        reference.push_back(row[k] / total);
                        weights.push_back(row[k] / total + variant_error[v] * 0.1 * draws.normal());
                    }
                }
        }
    const std::string g = "example";
    image.dimension(g, "variant", n_v);
    image.coordinate(g, "condition", conditions, "1", "condition");
    image.dimension(g, "head", heads), image.dimension(g, "query", n), image.dimension(g, "key", n);
    const Words dims = {"variant", "condition", "head", "query", "key"};
    image.variable(g, "weights", dims, weights, "1", "column");
    image.variable(g, "reference", dims, reference, "1", "softmax");
    image.variable(g, "key_item", {"variant", "condition", "key"}, item, "1", "item");
    image.variable(g, "trial", {"variant", "condition"}, trial, "1", "trial");
}

void Maker::add_stimuli() {
    if (n_stimuli == 0) return;
    const auto n = static_cast<std::size_t>(n_stimuli);
    image.coordinate("stimuli", "stimulus", names, "1", "stimulus");
    image.dimension("stimuli", "d_model", 4);
    Numbers vectors;
    for (std::size_t i = 0; i < 4 * n; ++i) vectors.push_back(draws.normal());
    image.variable("stimuli", "vector", {"stimulus", "d_model"}, vectors, "1", "input");
    if (options.kind != "objects") return;
    Numbers dissimilarity, distance;
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a + 1; b < n; ++b) {
            const double block = a / 24 == b / 24 ? 0.5 : 1;
            dissimilarity.push_back(block + 0.08 * draws.normal());
            distance.push_back(40 * dissimilarity.back() + 2 * draws.normal());
        }
    image.dimension("stimuli", "pair", distance.size());
    image.variable("stimuli", "dissimilarity", {"pair"}, dissimilarity, "1", "measured");
    image.variable("stimuli", "squared_distance", {"pair"}, distance, "1", "of the vectors");
}

std::vector<std::byte> Maker::make_trace() {
    Image trace;
    const std::size_t n_t = 640, n = 16, heads = 4;
    Numbers time;
    for (std::size_t t = 0; t < n_t; ++t) time.push_back(static_cast<double>(t + 1) * end_ms / n_t);
    const std::string g = "trace";
    trace.coordinate(g, "time", time, "ms", "time");
    trace.dimension(g, "column", n), trace.dimension(g, "unit", 16);
    trace.dimension(g, "head", heads), trace.dimension(g, "query", n), trace.dimension(g, "key", n);
    trace.dimension(g, "choice", 2);
    for (const char* name : {"L4E", "L23E", "L5apical", "L5E"}) {
        std::vector<float> values;
        for (const double t : time)
            for (std::size_t i = 0; i < n * 16; ++i)
                values.push_back(static_cast<float>(envelope(t, asks, 15) *
                                                    std::sin(0.7 * static_cast<double>(i))));
        trace.variable(g, name, {"time", "column", "unit"}, values, "1", name);
    }
    std::vector<float> a, r, p;
    Numbers evidence, rates;
    for (const double t : time) {
        const double on = envelope(t, asks, 40);
        for (std::size_t i = 0; i < heads * n * n; ++i) {
            const double soft = (i % n == (i / n) % 5 ? 0.6 : 0.4 / 15) * std::min(1.0, on);
            r.push_back(static_cast<float>(soft));
            a.push_back(static_cast<float>(soft * (1 + 0.3 * std::exp(-on * 8))));
        }
        for (std::size_t i = 0; i < heads * n; ++i) p.push_back(static_cast<float>(2 * on));
        evidence.push_back(t > 1800 ? 0.5 * on : 0);
        rates.push_back(2 + (t > 1800 ? std::min(18.0, (t - 1800) / 30) : 0)), rates.push_back(2);
    }
    trace.variable(g, "L5gate", {"time", "head", "query", "key"}, a, "1", "a");
    trace.variable(g, "reference", {"time", "head", "query", "key"}, r, "1", "softmax");
    trace.variable(g, "PV", {"time", "head", "query"}, p, "1", "p");
    trace.variable(g, "evidence", {"time"}, evidence, "1", "evidence");
    trace.variable(g, "decision_rate_Hz", {"time", "choice"}, rates, "Hz", "rates");
    return trace.finish();
}

Json Maker::spec() const {
    Json spec;
    spec["simulation"] = {{"dt", "0.1 ms"}, {"integrator", "exponential"}};
    spec["column"] = {{"columns", 16},
                      {"heads", 4},
                      {"d_model", 64},
                      {"d_head", 16},
                      {"score", "multiplicative"},
                      {"inhibition", "pv_log"},
                      {"norm", "none"},
                      {"tau",
                       {{"L4E", "10 ms"},
                        {"L23E", "10 ms"},
                        {"L5apical", "15 ms"},
                        {"gate", "5 ms"},
                        {"PV", "2.7 ms"},
                        {"L5E", "10 ms"},
                        {"L6E", "20 ms"},
                        {"SST", "20 ms"}}}};
    spec["task"]["type"] = asks                     ? "delayed_match_to_sample"
                           : options.kind == "loop" ? "softmax_loop"
                                                    : "presentation";
    if (asks)
        spec["task"]["timing"] = {{"fixation", "300 ms"},
                                  {"sample", "500 ms"},
                                  {"delay", "1 s"},
                                  {"test", "500 ms"},
                                  {"response", "900 ms"}};
    if (options.kind == "dms") spec["compare_with"] = {"rouder_2008_change_detection"};
    return spec;
}

} // namespace

void write_synthetic_run(const std::filesystem::path& folder, const SyntheticOptions& options) {
    Maker maker{options};
    maker.setup();
    maker.image.attribute("", "title", "synthetic");
    maker.image.attribute("", "Conventions", "CF-1.10");
    maker.add_variants();
    if (options.kind == "loop") {
        add_loop_groups(maker.image, maker.draws);
    } else {
        maker.add_trials();
        maker.add_comparison();
        maker.add_courses();
        maker.add_example();
        maker.add_stimuli();
    }
    RunWriter writer(Folder::create(folder));
    writer.write("results.h5", maker.image.finish());
    if (options.trace) writer.write("trace.h5", maker.make_trace());
    const std::string name = options.hostile ? "<img src=x onerror=alert(1)>" : options.kind;
    writer.write("spec.yaml", "lamina: 1\nname: " + name + "\n");
    Json run = {{"lamina_format", 1},
                {"state", "complete"},
                {"name", name},
                {"title",
                 options.hostile ? "\"><svg onload=alert(1)>" : "A synthetic run: " + options.kind},
                {"question", "Does the report say what a run has to say?"},
                {"source", "made by the tests"},
                {"version", "0.1.0"},
                {"git", "0123456789ab"},
                {"compiler", "a compiler"},
                {"flags", "-O3"},
                {"argv", {"lamina", "run", "a file.yaml", "seed=7"}},
                {"seed", 7},
                {"threads", 2},
                {"device", "cpu"},
                {"host", "somewhere"},
                {"started", "2026-01-02T03:04:05Z"},
                {"seconds", 12.5},
                {"cost", {{"trials", 400}, {"seconds_per_trial", 0.06}}},
                {"spec", maker.spec()},
                {"summary", maker.summary},
                {"expect",
                 {{{"path", "comparison.output_relative_error"},
                   {"relation", "< 0.001"},
                   {"value", 1.2e-7},
                   {"met", true}},
                  {{"path", "behaviour.load_1.accuracy"},
                   {"relation", ">= 0.999"},
                   {"value", 0.98},
                   {"met", false}}}},
                {"warnings", Json::array()}};
    if (options.hostile) run["warnings"].push_back("a <script> in a warning & \xff");
    writer.finish(run);
}

analysis::RunData synthetic_run(const SyntheticOptions& options) {
    const TemporaryDirectory scratch;
    write_synthetic_run(scratch.path() / "run", options);
    return analysis::load_run(RunDirectory::open(scratch.path() / "run"));
}

} // namespace lamina::test
