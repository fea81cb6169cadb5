#include "analysis/regime.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

/// sum_i var n_i of counts in bins: sum_i (mean of squares - square of mean).
double summed_variance(const SpikeTrains& trains, std::int64_t per_bin, std::int64_t n_bins) {
    std::vector<double> total(trains.n_neurons, 0), here(trains.n_neurons, 0);
    std::vector<std::int64_t> bin_of(trains.n_neurons, -1);
    double squares = 0;
    for (std::size_t i = 0; i < trains.step.size(); ++i) {
        const std::int64_t bin = trains.step[i] / per_bin;
        if (bin >= n_bins) continue;
        const std::uint32_t neuron = trains.neuron[i];
        if (bin_of[neuron] != bin) bin_of[neuron] = bin, here[neuron] = 0;
        // (c + 1)^2 - c^2
        squares += 2 * here[neuron] + 1;
        here[neuron] += 1, total[neuron] += 1;
    }
    double of_means = 0;
    for (const double n : total) of_means += n * n / double(n_bins);
    // divided by n - 1, as the variance of the population is
    return (squares - of_means) / double(n_bins - 1);
}

bool is_peak(const Spectrum& s, std::size_t k) {
    return s.density[k] >= s.density[k - 1] && s.density[k] >= s.density[k + 1];
}

} // namespace

double Modulation::standard_error() const { return 1 / std::sqrt(pairs); }

double Modulation::depth() const {
    return !(pairs >= fewest_pairs) ? nan : std::sqrt(std::max(0.0, squared));
}

Modulation modulation(const SpikeTrains& trains, double bin_ms) {
    const std::vector<double> counts = binned_counts(trains, bin_ms, trains.n_neurons);
    const double m = mean(counts);
    if (counts.size() < 2 || !(m > 0)) return {nan, nan};
    const auto per_bin = std::max<std::int64_t>(1, std::llround(bin_ms / trains.dt_ms));
    const double sd = standard_deviation(counts), bins = double(counts.size());
    const double shared = sd * sd - summed_variance(trains, per_bin, std::int64_t(counts.size()));
    return {shared / (m * m), bins * m * m / 2};
}

Oscillation oscillation(const Spectrum& spectrum, double lowest_Hz) {
    std::vector<double> density;
    std::size_t best = 0;
    for (std::size_t k = 1; k < spectrum.density.size(); ++k) {
        if (spectrum.frequency_Hz[k] < lowest_Hz) continue;
        density.push_back(spectrum.density[k]);
        if (best == 0 || spectrum.density[k] > spectrum.density[best]) best = k;
    }
    const double background = density.empty() ? 0 : median(density);
    if (!(background > 0)) return {nan, nan};
    for (std::size_t part = 5; part >= 2; --part) {
        const std::size_t near = (best + part / 2) / part;
        for (std::size_t k = std::max<std::size_t>(near, 2) - 1; k <= near + 1; ++k)
            if (spectrum.frequency_Hz[k] >= lowest_Hz &&
                spectrum.density[k] >= 0.5 * spectrum.density[best] && is_peak(spectrum, k))
                return {spectrum.frequency_Hz[k], spectrum.density[k] / background};
    }
    return {spectrum.frequency_Hz[best], spectrum.density[best] / background};
}

Regime regime_of(const Modulation& modulation, double cv_isi) {
    Regime regime;
    if (modulation.pairs >= fewest_pairs) {
        const bool deep = modulation.depth() > synchronous_above_depth,
                   sure =
                       modulation.squared > synchronous_above_errors * modulation.standard_error();
        regime.synchronous = deep && sure ? Answer::yes : Answer::no;
    }
    if (!std::isnan(cv_isi)) regime.regular = cv_isi < regular_below_cv ? Answer::yes : Answer::no;
    return regime;
}

std::string Regime::words() const {
    std::string out;
    if (synchronous != Answer::unknown)
        out = synchronous == Answer::yes ? "synchronous" : "asynchronous";
    if (regular != Answer::unknown)
        out += std::string(out.empty() ? "" : " ") +
               (regular == Answer::yes ? "regular" : "irregular");
    return out.empty() ? "too few spikes" : out;
}

} // namespace lamina::analysis
