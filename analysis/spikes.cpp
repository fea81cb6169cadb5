#include "analysis/spikes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/statistics.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

std::int64_t steps_in(const SpikeTrains& trains, double bin_ms) {
    return std::max<std::int64_t>(1, std::llround(bin_ms / trains.dt_ms));
}

} // namespace

std::vector<double> neuron_rates_Hz(const SpikeTrains& trains) {
    std::vector<double> rates(trains.n_neurons, 0);
    for (const std::uint32_t neuron : trains.neuron) rates[neuron] += 1;
    for (double& rate : rates) rate /= trains.duration_s();
    return rates;
}

std::vector<double> interval_cv(const SpikeTrains& trains, int fewest) {
    std::vector<std::int64_t> last(trains.n_neurons, -1);
    std::vector<double> n(trains.n_neurons, 0), sum(n), squares(n);
    for (std::size_t i = 0; i < trains.step.size(); ++i) {
        const std::uint32_t neuron = trains.neuron[i];
        if (last[neuron] >= 0) {
            const double interval = double(trains.step[i] - last[neuron]);
            n[neuron] += 1, sum[neuron] += interval, squares[neuron] += interval * interval;
        }
        last[neuron] = trains.step[i];
    }
    std::vector<double> cv;
    for (std::uint32_t i = 0; i < trains.n_neurons; ++i)
        cv.push_back(interval_cv(n[i], sum[i], squares[i], fewest));
    return cv;
}

double interval_cv(double n, double sum, double squares, int fewest) {
    if (n < fewest || sum <= 0) return nan;
    const double mean = sum / n;
    return std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean;
}

Bursts bursts(const SpikeTrains& trains, double interval_ms) {
    // whole steps that an interval holds; a quotient of two decimals may lie just below one
    const auto reach = std::int64_t(std::floor(interval_ms / trains.dt_ms * (1 + 1e-12)));
    const std::int64_t from = reach + 1, to = trains.n_steps - reach;
    Bursts found;
    if (from >= to || trains.n_neurons == 0) {
        found.event_rate_Hz = found.burst_rate_Hz = found.probability = nan;
        return found;
    }
    constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min() / 2;
    std::vector<std::int64_t> last(trains.n_neurons, never);
    std::vector<bool> open(trains.n_neurons, false); // an event whose second spike may come
    for (std::size_t i = 0; i < trains.step.size(); ++i) {
        const std::uint32_t neuron = trains.neuron[i];
        const std::int64_t step = trains.step[i], since = step - last[neuron];
        const bool event = since > reach;
        if (!event && open[neuron]) found.bursts += 1;
        open[neuron] = event && step >= from && step < to;
        if (open[neuron]) found.events += 1;
        last[neuron] = step;
    }
    const double neuron_seconds = double(to - from) * trains.dt_ms * 1e-3 * trains.n_neurons;
    found.event_rate_Hz = found.events / neuron_seconds;
    found.burst_rate_Hz = found.bursts / neuron_seconds;
    found.probability = found.events > 0 ? found.bursts / found.events : nan;
    return found;
}

double rate_within_Hz(const SpikeTrains& trains, std::int64_t from, std::int64_t to) {
    const auto at = [&](std::int64_t step) {
        return std::lower_bound(trains.step.begin(), trains.step.end(), step);
    };
    if (to <= from || trains.n_neurons == 0) return nan;
    return double(at(to) - at(from)) / (double(to - from) * trains.dt_ms * 1e-3 * trains.n_neurons);
}

std::vector<double> binned_counts(const SpikeTrains& trains, double bin_ms, std::uint32_t n) {
    const std::int64_t per_bin = steps_in(trains, bin_ms), n_bins = trains.n_steps / per_bin;
    std::vector<double> counts(std::size_t(n_bins), 0);
    for (std::size_t i = 0; i < trains.step.size(); ++i) {
        const std::int64_t bin = trains.step[i] / per_bin;
        if (trains.neuron[i] < n && bin < n_bins) counts[std::size_t(bin)] += 1;
    }
    return counts;
}

double synchrony(const SpikeTrains& trains, double bin_ms, std::uint32_t n) {
    const std::vector<double> counts = binned_counts(trains, bin_ms, n);
    const double m = mean(counts), sd = standard_deviation(counts);
    return m > 0 ? sd * sd / m : nan;
}

std::vector<double> count_correlations(const SpikeTrains& trains, double bin_ms, std::uint32_t n) {
    const std::int64_t per_bin = steps_in(trains, bin_ms), n_bins = trains.n_steps / per_bin;
    n = std::min(n, trains.n_neurons);
    if (n_bins < 2) return {};
    // few bins hold a spike: counts as lists of (bin, count) per neuron
    struct Cell {
        std::int64_t bin;
        double count;
    };
    std::vector<std::vector<Cell>> counts(n);
    for (std::size_t i = 0; i < trains.step.size(); ++i) {
        const std::int64_t bin = trains.step[i] / per_bin;
        if (trains.neuron[i] >= n || bin >= n_bins) continue;
        auto& cells = counts[trains.neuron[i]];
        if (!cells.empty() && cells.back().bin == bin)
            cells.back().count += 1;
        else
            cells.push_back({bin, 1});
    }
    const double bins = double(n_bins);
    std::vector<double> means(n, 0), sds(n, 0);
    std::vector<std::uint32_t> active;
    for (std::uint32_t i = 0; i < n; ++i) {
        double sum = 0, squares = 0;
        for (const Cell& cell : counts[i]) sum += cell.count, squares += cell.count * cell.count;
        means[i] = sum / bins;
        sds[i] = std::sqrt(squares / bins - means[i] * means[i]);
        if (sds[i] > 0) active.push_back(i);
    }
    std::vector<double> correlations, dense(static_cast<std::size_t>(n_bins), 0);
    for (std::size_t a = 0; a < active.size(); ++a) {
        const std::uint32_t i = active[a];
        for (const Cell& cell : counts[i]) dense[std::size_t(cell.bin)] = cell.count;
        for (std::size_t b = a + 1; b < active.size(); ++b) {
            const std::uint32_t j = active[b];
            double product = 0;
            for (const Cell& cell : counts[j]) product += cell.count * dense[std::size_t(cell.bin)];
            correlations.push_back((product / bins - means[i] * means[j]) / (sds[i] * sds[j]));
        }
        for (const Cell& cell : counts[i]) dense[std::size_t(cell.bin)] = 0;
    }
    return correlations;
}

std::vector<double> population_rate_Hz(const SpikeTrains& trains, double bin_ms) {
    std::vector<double> rate = binned_counts(trains, bin_ms, trains.n_neurons);
    const double bin_s = double(steps_in(trains, bin_ms)) * trains.dt_ms * 1e-3;
    for (double& r : rate) r /= double(trains.n_neurons) * bin_s;
    return rate;
}

double kolmogorov_smirnov(std::vector<double> a, std::vector<double> b) {
    a = finite(a), b = finite(b);
    if (a.empty() || b.empty()) return nan;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    double most = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const double here = std::min(a[i], b[j]);
        while (i < a.size() && a[i] <= here) ++i;
        while (j < b.size() && b[j] <= here) ++j;
        most =
            std::max(most, std::fabs(double(i) / double(a.size()) - double(j) / double(b.size())));
    }
    return most;
}

} // namespace lamina::analysis
