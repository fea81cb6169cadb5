#include "experiments/circuits/resting_summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "experiments/summary.hpp"
#include "sim/run_file/json.hpp"

namespace lamina {
namespace {

Json number_of(analysis::Answer answer) {
    return answer == analysis::Answer::unknown ? Json(nullptr)
                                               : Json(answer == analysis::Answer::yes ? 1 : 0);
}

Json activity_summary(const PopulationActivity& p) {
    Json entry;
    entry["rate_Hz"] = summary_entry(p.mean_rate_Hz);
    entry["rate_sd_Hz"] = number_or_null(analysis::standard_deviation(p.rate_Hz));
    entry["rate_median_Hz"] = number_or_null(analysis::median(p.rate_Hz));
    entry["cv_isi"] = number_or_null(p.cv_isi());
    entry["cv_neurons"] = analysis::finite(p.cv).size();
    entry["synchrony"] = number_or_null(p.synchrony);
    entry["synchrony_all"] = number_or_null(p.synchrony_all);
    entry["correlation"] = number_or_null(p.correlation);
    entry["event_rate_Hz"] = number_or_null(p.bursts.event_rate_Hz);
    entry["burst_rate_Hz"] = number_or_null(p.bursts.burst_rate_Hz);
    entry["burst_probability"] = number_or_null(p.bursts.probability);
    entry["oscillation_Hz"] = number_or_null(p.oscillation.frequency_Hz);
    entry["oscillation_strength"] = number_or_null(p.oscillation.strength);
    entry["modulation"] = number_or_null(p.modulation.depth());
    entry["synchronous"] = number_of(p.regime.synchronous);
    entry["regular"] = number_of(p.regime.regular);
    entry["regime"] = p.regime.words();
    if (std::isnan(p.reference_Hz)) return entry;
    entry["reference_rate_Hz"] = p.reference_Hz;
    entry["rate_error"] = p.rate_error();
    return entry;
}

/// Mean, spread, and how many weights have come to either end.
Json activity_summary(const LearntProjection& p) {
    std::vector<double> weights;
    double n_low = 0, n_high = 0;
    for (const LearntWeight& w : p.weights) {
        weights.push_back(w.weight);
        n_low += w.weight < 0.05 * p.w_max ? 1 : 0;
        n_high += w.weight > 0.95 * p.w_max ? 1 : 0;
    }
    const double n = double(weights.size());
    return {{"synapses", weights.size()},
            {"mean", number_or_null(analysis::mean(weights))},
            {"sd", number_or_null(analysis::standard_deviation(weights))},
            {"share_below_5_percent", number_or_null(n_low / n)},
            {"share_above_95_percent", number_or_null(n_high / n)}};
}

Json activity_summary(const CircuitActivity& activity, const std::vector<TimeWindow>& windows) {
    Json summary;
    double largest = std::numeric_limits<double>::quiet_NaN();
    for (const PopulationActivity& p : activity.populations) {
        summary["populations"][p.name] = activity_summary(p);
        if (!std::isnan(p.reference_Hz) && !(p.rate_error() <= largest)) largest = p.rate_error();
    }
    summary["network"] = {{"neurons", activity.cost.n_neurons},
                          {"synapses", activity.cost.n_synapses},
                          {"spikes", activity.n_spikes},
                          {"largest_rate_error", number_or_null(largest)}};
    for (const LearntProjection& p : activity.learnt)
        summary["weights"][p.name] = activity_summary(p);
    for (std::size_t w = 0; w < windows.size(); ++w)
        for (const PopulationActivity& p : activity.populations)
            summary["windows"][windows[w].name][p.name]["rate_Hz"] =
                number_or_null(p.window_rate_Hz[w]);
    return summary;
}

} // namespace

Json resting_summary(const std::vector<CircuitActivity>& variants,
                     const std::vector<TimeWindow>& windows) {
    if (variants.size() == 1 && variants[0].label == "base")
        return activity_summary(variants[0], windows);
    Json summary;
    for (const CircuitActivity& variant : variants) {
        Json entry = {{"label", variant.label}};
        entry.update(activity_summary(variant, windows));
        summary["variants"].push_back(std::move(entry));
    }
    return summary;
}

std::string resting_text(const std::vector<CircuitActivity>& variants) {
    // two decimals, and a dash where a population spiked too little to have the number
    const auto two = [](double x) { return std::isnan(x) ? "-" : fmt::format("{:.2f}", x); };
    std::string out;
    for (const CircuitActivity& variant : variants) {
        if (variant.label != "base") out += variant.label + "\n";
        out += fmt::format("{} neurons, {} synapses, {} spikes in {:g} s\n"
                           "{:<8}{:>10}{:>22}{:>12}{:>8}{:>11}{:>12}  {}\n",
                           variant.cost.n_neurons, variant.cost.n_synapses, variant.n_spikes,
                           double(variant.n_steps) * variant.dt_ms * 1e-3, "", "rate (Hz)",
                           "interval", "published", "CV", "synchrony", "modulation", "regime");
        for (const PopulationActivity& p : variant.populations)
            out += fmt::format(
                "{:<8}{:>10.3f}{:>22}{:>12}{:>8}{:>11}{:>12}  {}\n", p.name, p.mean_rate_Hz.value,
                std::isnan(p.mean_rate_Hz.low)
                    ? "-"
                    : fmt::format("[{:.3f}, {:.3f}]", p.mean_rate_Hz.low, p.mean_rate_Hz.high),
                two(p.reference_Hz), two(p.cv_isi()), two(p.synchrony), two(p.modulation.depth()),
                p.regime.words());
    }
    return out;
}

} // namespace lamina
