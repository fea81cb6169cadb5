#include <algorithm>
#include <cmath>

#include "experiments/circuits/activity.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {
namespace {

/// The spikes of each population, numbered within it, from the beginning of the recording.
std::vector<analysis::SpikeTrains> trains_of(const RecordedSpikes& recording) {
    std::vector<analysis::SpikeTrains> all(recording.populations.size());
    for (std::size_t g = 0; g < all.size(); ++g) {
        all[g].n_neurons = recording.first[g + 1] - recording.first[g];
        all[g].n_steps = recording.n_steps;
        all[g].dt_ms = recording.dt_ms;
    }
    for (const Spike& spike : recording.spikes) {
        const auto after =
            std::upper_bound(recording.first.begin(), recording.first.end(), spike.neuron);
        const auto g = std::size_t(after - recording.first.begin() - 1);
        all[g].step.push_back(spike.step - recording.discarded);
        all[g].neuron.push_back(spike.neuron - recording.first[g]);
    }
    return all;
}

/// Mean rate with the spread of its twentieths: what a run of another twenty such pieces would
/// give.
analysis::Estimate mean_rate(const analysis::SpikeTrains& trains, const AnalysisSpec& spec) {
    constexpr int pieces = 20;
    const double piece_ms = double(trains.n_steps / pieces) * trains.dt_ms;
    analysis::Estimate e{analysis::mean(analysis::neuron_rates_Hz(trains)), nan, nan,
                         std::int64_t(trains.n_neurons)};
    if (trains.n_steps < 2 * pieces) return e;
    const auto interval = analysis::mean_with_interval(
        analysis::population_rate_Hz(trains, piece_ms), {spec.ci, spec.bootstrap});
    e.low = interval.low, e.high = interval.high;
    return e;
}

std::vector<double> density_of(const std::vector<double>& correlations) {
    std::vector<double> density(correlation_bins, 0);
    for (const double x : correlations) {
        const double bin = std::floor((x - correlation_from) / correlation_width);
        if (bin >= 0 && bin < correlation_bins)
            density[std::size_t(bin)] += 1 / (double(correlations.size()) * correlation_width);
    }
    return density;
}

/// The rate of each window; windows and spikes count from the start of the simulation.
std::vector<double> window_rates(const analysis::SpikeTrains& trains,
                                 const RecordedSpikes& recording,
                                 const std::vector<TimeWindow>& windows) {
    std::vector<double> rates;
    const auto step = [&](double ms) {
        return std::int64_t(std::llround(ms / recording.dt_ms)) - recording.discarded;
    };
    for (const TimeWindow& w : windows)
        rates.push_back(analysis::rate_within_Hz(trains, step(w.from_ms), step(w.to_ms)));
    return rates;
}

PopulationActivity describe_population(const std::string& name, const analysis::SpikeTrains& trains,
                                       const RecordedSpikes& recording,
                                       const ExperimentSpec& spec) {
    PopulationActivity p;
    p.name = name;
    p.n_neurons = trains.n_neurons;
    p.rate_Hz = analysis::neuron_rates_Hz(trains);
    p.cv = analysis::interval_cv(trains, fewest_intervals);
    p.mean_rate_Hz = mean_rate(trains, spec.analysis);
    p.synchrony = analysis::synchrony(trains, synchrony_bin_ms, synchrony_neurons);
    p.synchrony_all = analysis::synchrony(trains, synchrony_bin_ms, trains.n_neurons);
    const auto correlations =
        analysis::count_correlations(trains, correlation_bin_ms, correlation_neurons);
    p.correlation = analysis::mean(correlations);
    p.correlation_density = density_of(correlations);
    p.reference_Hz = reference_rate_Hz(spec, name).value_or(nan);
    p.activity_Hz = analysis::population_rate_Hz(trains, activity_bin_ms);
    p.oscillation = {nan, nan};
    if (p.activity_Hz.size() >= spectrum_segment) {
        p.spectrum = analysis::welch(p.activity_Hz, activity_bin_ms, spectrum_segment);
        p.oscillation = analysis::oscillation(p.spectrum, lowest_oscillation_Hz);
    }
    p.bursts = analysis::bursts(trains, spec.task.burst_interval_ms);
    p.modulation = analysis::modulation(trains, modulation_bin_ms);
    p.regime = analysis::regime_of(p.modulation, p.cv_isi());
    p.window_rate_Hz = window_rates(trains, recording, spec.task.windows);
    return p;
}

// ------------------------------------------------------------------------------ the raster

constexpr double raster_ms = 400;
constexpr double raster_intervals = 40; ///< of the fastest population; more would be a smear
constexpr double raster_rows = 900;     ///< neurons in the raster, shared out by population size

/// Biological time that a raster without windows shows.
double raster_length_ms(const RecordedSpikes& recording) {
    std::vector<double> n(recording.populations.size(), 0);
    for (const Spike& s : recording.spikes)
        ++n[std::size_t(std::upper_bound(recording.first.begin(), recording.first.end(), s.neuron) -
                        recording.first.begin() - 1)];
    double per_neuron = 0;
    for (std::size_t g = 0; g < n.size(); ++g)
        if (const std::uint32_t here = recording.first[g + 1] - recording.first[g]; here > 0)
            per_neuron = std::max(per_neuron, n[g] / here);
    const double recorded_ms = double(recording.n_steps) * recording.dt_ms;
    return std::clamp(raster_intervals * recorded_ms / std::max(per_neuron, 1e-9), 0.1 * raster_ms,
                      raster_ms);
}

/// First and last step of the raster: around all windows, else around a thalamic pulse, else the
/// last 400 ms, less where a population fires fast.
std::pair<std::int64_t, std::int64_t> raster_steps(const RecordedSpikes& recording,
                                                   const ExperimentSpec& spec) {
    const auto steps = [&](double ms) { return std::int64_t(std::llround(ms / recording.dt_ms)); };
    const std::int64_t first = recording.discarded, end = first + recording.n_steps;
    if (!spec.task.windows.empty()) {
        double from_ms = 1e300, to_ms = 0;
        for (const TimeWindow& w : spec.task.windows)
            from_ms = std::min(from_ms, w.from_ms), to_ms = std::max(to_ms, w.to_ms);
        const double margin_ms = 0.1 * (to_ms - from_ms);
        return {std::max(first, steps(from_ms - margin_ms)),
                std::min(end, steps(to_ms + margin_ms))};
    }
    const double length_ms = raster_length_ms(recording);
    const std::int64_t n_shown = std::min(recording.n_steps, steps(length_ms)),
                       latest = end - n_shown;
    if (spec.circuit.thalamus.rate_Hz <= 0) return {latest, end};
    const std::int64_t before_pulse = steps(spec.circuit.thalamus.start_ms - 0.25 * length_ms),
                       from = std::clamp(before_pulse, first, latest);
    return {from, from + n_shown};
}

/// The same share of every population, at least five neurons; fewer where there would be more dots
/// than a page can hold.
RasterSpikes raster_of(const RecordedSpikes& recording, const ExperimentSpec& spec, double dots) {
    const auto [from, to] = raster_steps(recording, spec);
    RasterSpikes raster;
    raster.from_ms = double(from) * recording.dt_ms, raster.to_ms = double(to) * recording.dt_ms;
    const auto at = [&](std::int64_t step) {
        return std::lower_bound(
            recording.spikes.begin(), recording.spikes.end(), step,
            [](const Spike& spike, std::int64_t bound) { return spike.step < bound; });
    };
    const auto begin = at(from), end = at(to);
    const double n = std::max<double>(1, recording.first.back()),
                 all_dots = std::max<double>(1, double(end - begin));
    raster.share = std::min({1.0, raster_rows / n, dots / all_dots});
    std::vector<std::uint32_t> rows;
    for (std::size_t g = 0; g < recording.populations.size(); ++g) {
        const std::uint32_t here = recording.first[g + 1] - recording.first[g];
        rows.push_back(
            std::max<std::uint32_t>(std::min<std::uint32_t>(here, 5),
                                    std::uint32_t(std::lround(raster.share * double(here)))));
    }
    for (std::size_t g = 0; g < rows.size(); ++g)
        for (auto s = begin; s != end; ++s)
            if (s->neuron >= recording.first[g] && s->neuron < recording.first[g] + rows[g]) {
                raster.time_ms.push_back(double(s->step + 1) * recording.dt_ms);
                raster.population.push_back(std::int32_t(g));
                raster.neuron.push_back(std::int32_t(s->neuron - recording.first[g]));
            }
    return raster;
}

} // namespace

double PopulationActivity::rate_error() const {
    return std::fabs(mean_rate_Hz.value / reference_Hz - 1);
}

CircuitActivity describe_activity(const RecordedSpikes& recording, const ExperimentSpec& spec,
                                  double dots) {
    CircuitActivity activity;
    const std::vector<analysis::SpikeTrains> trains = trains_of(recording);
    for (std::size_t g = 0; g < trains.size(); ++g)
        activity.populations.push_back(
            describe_population(recording.populations[g], trains[g], recording, spec));
    activity.first = recording.first;
    activity.n_spikes = recording.spikes.size();
    activity.dt_ms = recording.dt_ms;
    activity.discard_ms = spec.task.discard_ms;
    activity.n_steps = recording.n_steps;
    activity.raster = raster_of(recording, spec, dots);
    return activity;
}

std::vector<Spike> kept_spikes(const RecordedSpikes& recording, const RecordSpec& record) {
    if (record.spikes == "none") return {};
    std::vector<std::uint32_t> end; // [populations] behind the last neuron that is kept
    for (std::size_t g = 0; g < recording.populations.size(); ++g) {
        const auto& named = record.spike_populations;
        const bool chosen =
            record.spikes == "all" ||
            std::find(named.begin(), named.end(), recording.populations[g]) != named.end();
        const std::uint32_t n = recording.first[g + 1] - recording.first[g],
                            most = record.spike_sample > 0 ? std::uint32_t(record.spike_sample) : n;
        end.push_back(recording.first[g] + (chosen ? std::min(n, most) : 0));
    }
    std::vector<Spike> kept;
    for (const Spike& spike : recording.spikes) {
        const auto after =
            std::upper_bound(recording.first.begin(), recording.first.end(), spike.neuron);
        if (spike.neuron < end[std::size_t(after - recording.first.begin() - 1)])
            kept.push_back(spike);
    }
    return kept;
}

} // namespace lamina
