#include "experiments/predictions/load_dilutes.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/statistics.hpp"

namespace lamina::predictions {
namespace {

/// Slots hold every item of a load up to this as well as one; human K is 3 to 4.
constexpr double slots = 3;

/// Evidence of the match trials of one load in the first variant.
std::vector<double> evidence_at(const analysis::RunData& run, double load) {
    std::vector<double> out;
    const auto& loads = run.numbers("trials", "load");
    const auto& variants = run.numbers("trials", "variant");
    const auto& answer = run.numbers("trials", "answer");
    const auto& evidence = run.numbers("trials", "evidence");
    for (std::size_t trial = 0; trial < evidence.size(); ++trial)
        if (loads[trial] == load && answer[trial] == 1 &&
            (variants.empty() || variants[trial] == 0) && !std::isnan(evidence[trial]))
            out.push_back(evidence[trial]);
    return out;
}

/// "0.95, 0.80, 0.58": a quantity of /attention per condition at the end of the test, first
/// variant.
std::string at_end_of_test(const analysis::RunData& run, const char* name, double end_ms) {
    const analysis::Column* values = run.find("attention", name);
    const auto& time_ms = run.numbers("attention", "time");
    if (!values || time_ms.empty() || values->shape.size() != 3) return "";
    std::size_t last = 0;
    for (std::size_t t = 0; t < time_ms.size(); ++t)
        if (time_ms[t] <= end_ms + 1e-9) last = t;
    std::string out;
    for (std::size_t condition = 0; condition < values->shape[1]; ++condition)
        out += fmt::format("{}{:.2f}", condition ? ", " : "", values->at({0, condition, last}));
    return out;
}

} // namespace

std::vector<Prediction> load_dilutes(const analysis::RunData& run, const ExperimentSpec& spec) {
    std::vector<double> loads;
    for (const int load : spec.task.load) loads.push_back(load);
    std::sort(loads.begin(), loads.end());
    if (spec.task.type != "delayed_match_to_sample" || loads.size() < 2) return {};
    // the widest step that slots would not notice; else the first step
    std::size_t high = 1;
    for (std::size_t i = 1; i < loads.size(); ++i)
        if (loads[i] <= slots) high = i;
    const std::vector<double> few = evidence_at(run, loads[0]),
                              many = evidence_at(run, loads[high]);
    if (few.size() < 3 || many.size() < 3) return {};

    Prediction out;
    out.id = "load_dilutes";
    const TimingSpec& timing = spec.task.timing;
    const double end_ms = timing.fixation_ms + timing.sample_ms + timing.delay_ms + timing.test_ms;
    std::string list, K; // of the first variant, in the order of the conditions
    const auto &all_loads = run.numbers("behaviour", "load"),
               &all_K = run.numbers("behaviour", "K");
    for (std::size_t i = 0; i < std::min(loads.size(), all_K.size()); ++i) {
        list += fmt::format("{}{:g}", i ? ", " : "", all_loads[i]);
        K += fmt::format("{}{:.2f}", i ? ", " : "", all_K[i]);
    }
    out.statement = fmt::format(
        "Every added item thins attention, from the second on: at loads {} the matching item's "
        "weight is {}, the entropy of the weights {} bits, K {}.",
        list, at_end_of_test(run, "target", end_ms), at_end_of_test(run, "entropy_bits", end_ms),
        K);
    out.quantity =
        fmt::format("evidence of match trials at load {:g} minus load {:g}", loads[0], loads[high]);
    out.measurement = "delayed match to sample; evidence from the decision variable of parietal or "
                      "prefrontal cells (slope of their ramp), or from confidence, per match trial";
    out.direction = "above 0";
    const analysis::Estimate a =
        analysis::mean_with_interval(few, {spec.analysis.ci, spec.analysis.bootstrap});
    const analysis::Estimate b =
        analysis::mean_with_interval(many, {spec.analysis.ci, spec.analysis.bootstrap});
    // half-widths of independent means add as squares
    const double value = a.value - b.value;
    out.effect = {value, value - std::hypot(a.value - a.low, b.high - b.value),
                  value + std::hypot(a.high - a.value, b.value - b.low), "evidence"};
    out.rival = loads[high] <= slots
                    ? fmt::format("discrete slots: {:g} items are held as well as {:g} (0)",
                                  loads[high], loads[0])
                    : "discrete slots: an item is held as well as ever or not at all";
    const double sd_a = analysis::standard_deviation(few),
                 sd_b = analysis::standard_deviation(many);
    out.d_prime = std::fabs(value) / std::sqrt((sd_a * sd_a + sd_b * sd_b) / 2);
    out.trial_s = (end_ms + timing.response_ms) * 1e-3;
    out.needed_n = std::max(2.0, analysis::needed_n_per_group(out.d_prime));
    out.needed_what = "match trials of each load";
    out.falsifier = fmt::format("equal evidence at loads {:g} and {:g}, and a fall only beyond the "
                                "capacity",
                                loads[0], loads[high]);
    out.assumption =
        fmt::format("d' from the scatter of this run's {} and {} match trials: counts of the "
                    "memory, its drift, "
                    "and the choice of items; readers of neural evidence add noise of their own",
                    few.size(), many.size());
    out.source = "docs/model.md, working memory and decision; the run at hand";
    return {out};
}

} // namespace lamina::predictions
