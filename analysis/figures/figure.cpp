#include "analysis/figures/figure.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace lamina::analysis {

const std::vector<MakeFigure>& figure_catalogue() {
    static const std::vector<MakeFigure> catalogue = {
        // what was done, and how well
        task_timeline, behaviour_by_load, criterion_shift, behaviour_by_condition, recall_by_load,
        recall_errors, reaction_times, confusion,
        // what the column did, and what the block would have done
        activity_by_layer, dale, attention_example, fidelity, attention_over_time, pv_normaliser,
        calibration,
        // a circuit of spiking neurons
        spike_decoding, raster, population_activity, population_statistics, spike_distributions,
        spike_spectra, recorded_variables, learnt_weights,
        // the loop alone
        loop_fixed_point, loop_ringing, loop_onset, loop_spectrum, loop_settling, loop_gain,
        loop_units, loop_winners, loop_spike_sums, loop_sampling, loop_spike_rhythm,
        // one mechanism alone
        hopfield_retrieval, match_and_control, linear_attention, normalization, exponential_spikes,
        // laws and data
        fit_conditions, fit_errors, fit_profiles, set_size_accounts, set_size_recovery,
        // across variants and stimuli
        levels, factors, activity_by_factor, separation, spiking_factors, bursts_by_factor,
        stimulus_geometry, rdm_matrices, rdm_models, rdm_maps};
    return catalogue;
}

std::vector<Span> epoch_spans(const RunData& run) {
    std::vector<Span> spans;
    for (const Epoch& epoch : epochs_of(run))
        spans.push_back({epoch.from_ms, epoch.to_ms, epoch.name, epoch.shows ? 1 : 0});
    return spans;
}

bool conditions_are_loads(const Design& design) {
    const std::set<double> loads(design.loads.begin(), design.loads.end());
    return *loads.begin() > 0 && loads.size() == design.loads.size();
}

std::string lines_per_condition(const Design& design) {
    if (design.conditions.size() < 2) return "";
    return conditions_are_loads(design) ? ", one line per load" : ", one line per condition";
}

Colour colour_of_condition(const Design& design, std::size_t condition) {
    const auto n = static_cast<int>(design.conditions.size());
    return n > 1 ? Colour::ordinal(static_cast<int>(condition), n) : Colour::category(0);
}

std::string spoken(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

bool wants_log(const std::vector<double>& values) {
    double low = INFINITY, high = 0;
    for (const double value : values)
        if (value > 0) low = std::min(low, value), high = std::max(high, value);
    return high > 30 * low;
}

std::string with_interval(const Estimate& estimate, int digits) {
    if (std::isnan(estimate.value)) return "\u2013";
    if (std::isnan(estimate.low) || std::isnan(estimate.high))
        return readable(estimate.value, digits);

    // the three numbers share their power of ten and their decimals
    const double most =
        std::max({std::fabs(estimate.value), std::fabs(estimate.low), std::fabs(estimate.high)});
    if (most == 0) return "0 [0, 0]";
    if (!std::isfinite(most)) return readable(estimate.value, digits);
    const int power = static_cast<int>(std::floor(std::log10(most)));
    const bool scaled = power < -3 || power > 5;
    const double unit = scaled ? std::pow(10, power) : 1;
    const int decimals = std::max(0, digits - 1 - (scaled ? 0 : power));
    const auto one = [&](double value) {
        std::string text = fmt::format("{:.{}f}", value / unit, decimals);
        const bool zero = text.find_first_of("123456789") == std::string::npos;
        if (text[0] == '-') text.replace(0, 1, zero ? "" : "\u2212");
        return text;
    };
    const std::string text =
        fmt::format("{} [{}, {}]", one(estimate.value), one(estimate.low), one(estimate.high));
    if (!scaled) return text;
    const std::string ten = readable(unit, 1); // "1 x 10^-7"
    return text + ten.substr(1);
}

} // namespace lamina::analysis
