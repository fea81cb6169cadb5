#include "experiments/spike_measures.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "analysis/spike_counts.hpp"
#include "analysis/spikes.hpp"
#include "analysis/statistics.hpp"
#include "experiments/summary.hpp"
#include "sim/area_layout.hpp"
#include "sim/column_cells.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {
namespace {

/// Whole bins from .. to - 1 within a stretch of a trial.
struct Bins {
    std::size_t from = 0, to = 0;
    std::size_t size() const { return to > from ? to - from : 0; }
};
Bins bins_within(const ExperimentSpec& spec, std::int64_t from_step, std::int64_t to_step) {
    const std::int64_t per_bin = std::max<std::int64_t>(1, steps_of(spike_bin_ms, spec.area.dt_ms));
    return {std::size_t((from_step + per_bin - 1) / per_bin), std::size_t(to_step / per_bin)};
}

/// The first presentation, and what lies between it and the second.
Bins first_shown(const VariantRun& run) {
    if (run.records.empty() || run.records[0].trial.presentations.empty()) return {};
    const Presentation& first = run.records[0].trial.presentations[0];
    return bins_within(run.variant.spec, first.from_step, first.to_step);
}
Bins delay_of(const VariantRun& run) {
    if (run.records.empty() || run.records[0].trial.presentations.size() < 2) return {};
    const auto& shown = run.records[0].trial.presentations;
    return bins_within(run.variant.spec, shown[0].to_step, shown[1].from_step);
}

/// Does the task show stimuli that come again?
bool shows_again(const VariantRun& run) { return run.task && !run.task->stimuli().empty(); }

/// Trials that showed the same items at the same places have the same number.
std::vector<std::int64_t> same_items(const VariantRun& run) {
    std::map<std::pair<std::string, std::pair<std::vector<int>, std::vector<int>>>, std::int64_t>
        numbers;
    std::vector<std::int64_t> groups;
    for (const TrialRecord& record : run.records) {
        const Trial& trial = record.trial;
        const auto n = std::int64_t(numbers.size());
        groups.push_back(
            shows_again(run)
                ? numbers
                      .emplace(std::pair(trial.condition, std::pair(trial.items, trial.places)), n)
                      .first->second
                : -1);
    }
    return groups;
}

/// The item of the first column, of which every trial has one.
std::vector<std::int64_t> items_of(const VariantRun& run) {
    std::vector<std::int64_t> items;
    for (const TrialRecord& record : run.records)
        items.push_back(shows_again(run) && !record.trial.items.empty() ? record.trial.items[0]
                                                                        : -1);
    return items;
}

bool asks_for_items(const VariantRun& run) {
    return shows_again(run) && !run.records.empty() && run.records[0].trial.asks &&
           !run.records[0].trial.items.empty() && delay_of(run).size() >= 2;
}

/// Bins that every trial has.
std::size_t n_bins(const VariantRun& run, const std::vector<CountedUnits>& units) {
    std::size_t least = 0;
    for (std::size_t t = 0; t < run.records.size(); ++t) {
        if (run.records[t].spike_counts.empty()) return 0;
        const std::size_t n =
            run.records[t].spike_counts[0].of_neurons.size() / units[0].neurons.size();
        least = t == 0 ? n : std::min(least, n);
    }
    return least;
}

analysis::RepeatedCounts counts_in(const VariantRun& run, std::size_t population, Bins bins,
                                   std::size_t n_neurons) {
    analysis::RepeatedCounts data;
    data.n_units = n_neurons;
    data.group = same_items(run);
    for (const TrialRecord& record : run.records) {
        const auto& counts = record.spike_counts[population].of_neurons;
        for (std::size_t k = 0; k < n_neurons; ++k) {
            double sum = 0;
            for (std::size_t b = bins.from; b < bins.to; ++b) sum += counts[b * n_neurons + k];
            data.counts.push_back(sum);
        }
    }
    return data;
}

/// CV of the counted neurons' intervals, over all trials.
std::vector<double> interval_cvs(const VariantRun& run, std::size_t population) {
    const std::size_t n_neurons = run.records[0].spike_counts[population].intervals.size();
    std::vector<double> cvs;
    for (std::size_t k = 0; k < n_neurons; ++k) {
        double n = 0, sum = 0, squares = 0;
        for (const TrialRecord& record : run.records) {
            const SpikeCounts& counts = record.spike_counts[population];
            n += counts.intervals[k], sum += counts.interval_sum[k];
            squares += counts.interval_squares[k];
        }
        cvs.push_back(analysis::interval_cv(n, sum, squares));
    }
    return cvs;
}

void add_bursts(const VariantRun& run, std::size_t population, nlohmann::ordered_json& entry) {
    const ExperimentSpec& spec = run.variant.spec;
    std::vector<double> event_Hz, burst_Hz, fraction;
    for (const TrialRecord& record : run.records) {
        const PopulationSpikes& one = record.spikes[population];
        const double seconds =
            double(one.n_neurons) * double(record.trial.n_steps) * spec.area.dt_ms * 1e-3;
        const bool known = one.n_events >= 0;
        event_Hz.push_back(known ? double(one.n_events) / seconds : nan);
        burst_Hz.push_back(known ? double(one.n_bursts) / seconds : nan);
        fraction.push_back(one.n_events > 0 ? double(one.n_bursts) / double(one.n_events) : nan);
    }
    entry["event_rate_Hz"] = summary_entry(event_Hz, spec.analysis);
    entry["burst_rate_Hz"] = summary_entry(burst_Hz, spec.analysis);
    entry["burst_fraction"] = summary_entry(fraction, spec.analysis);
}

analysis::CrossDecoding decoding_of(const VariantRun& run, std::size_t population,
                                    std::size_t n_times, std::size_t n_numbers) {
    analysis::TimedCounts data;
    data.n_times = n_times, data.n_units = n_numbers;
    data.label = items_of(run);
    for (const TrialRecord& record : run.records) {
        const auto& counts = record.spike_counts[population].of_numbers;
        data.counts.insert(data.counts.end(), counts.begin(),
                           counts.begin() + std::ptrdiff_t(n_times * n_numbers));
    }
    return analysis::cross_temporal_decoding(data);
}

void add_decoding(const analysis::CrossDecoding& decoding, Bins delay,
                  nlohmann::ordered_json& entry) {
    double told = nan;
    if (!decoding.accuracy.empty() && delay.to <= decoding.n_times) {
        told = 0;
        for (std::size_t t = delay.from; t < delay.to; ++t)
            told += decoding.accuracy[t * decoding.n_times + t] / double(delay.size());
    }
    entry["decoding_accuracy"] = number_or_null(told);
    entry["persistence_index"] =
        number_or_null(analysis::persistence_index(decoding, delay.from, delay.to));
}

} // namespace

std::vector<CountedUnits> units_to_count(const ExperimentSpec& spec) {
    if (!spec.area.spiking.on) return {};
    const std::vector<PopulationInfo> known = populations_of(spec.area);
    const int n_each = spec.area.spiking.n_neurons;
    std::vector<CountedUnits> all;
    for (const PopulationSpikes& one : spiking_populations(spec.area)) {
        CountedUnits units;
        const std::int64_t n = one.n_neurons / neurons_of_unit(spec.area, one.name),
                           n_counted = std::min(n, counted_neurons);
        for (std::int64_t k = 0; k < n_counted; ++k)
            units.neurons.push_back(std::uint32_t(k * n / n_counted));
        const auto info =
            std::find_if(known.begin(), known.end(),
                         [&](const PopulationInfo& other) { return other.name == one.name; });
        if (info != known.end() && info->pair && info->dims.front() == "column") {
            units.n_each = std::uint32_t(n_each);
            const std::int64_t n_numbers = one.n_neurons / n_each,
                               width = n_numbers / 2 / info->shape.front();
            for (const std::int64_t sign : {0, 1})
                for (std::int64_t u = 0; u < std::min<std::int64_t>(width, decoded_units); ++u)
                    units.numbers.push_back(std::uint32_t((sign * n_numbers / 2 + u) * n_each));
        }
        all.push_back(std::move(units));
    }
    return all;
}

std::vector<analysis::CrossDecoding> decodings_of(const VariantRun& run, int threads) {
    const std::vector<CountedUnits> units = units_to_count(run.variant.spec);
    std::vector<analysis::CrossDecoding> found(units.size());
    if (units.empty() || !asks_for_items(run)) return found;
    const std::size_t n_times = n_bins(run, units);
    if (n_times == 0) return found;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::size_t i = 0; i < units.size(); ++i)
        if (!units[i].numbers.empty())
            found[i] = decoding_of(run, i, n_times, units[i].numbers.size());
    return found;
}

void add_spike_measures(const VariantRun& run, nlohmann::ordered_json& populations) {
    const ExperimentSpec& spec = run.variant.spec;
    const std::vector<CountedUnits> units = units_to_count(spec);
    if (units.empty()) return;
    const auto names = spiking_populations(spec.area);
    const Bins shown = first_shown(run), delay = delay_of(run);
    const std::size_t n_times = n_bins(run, units);
    const bool counted = n_times > 0, decodes = asks_for_items(run);
    const auto decodings = run.decodings.empty() ? decodings_of(run) : run.decodings;
    for (std::size_t i = 0; i < units.size(); ++i) {
        nlohmann::ordered_json& entry = populations[names[i].name];
        if (neurons_of_unit(spec.area, names[i].name) == 1)
            entry["cv"] = summary_entry(counted ? interval_cvs(run, i) : std::vector<double>(),
                                        spec.analysis);
        if (shows_again(run) && shown.size() > 0) {
            std::vector<double> fano;
            double correlation = nan;
            if (shown.to <= n_times) {
                const auto data = counts_in(run, i, shown, units[i].neurons.size());
                fano = analysis::fano_factors(data);
                correlation = analysis::noise_correlation(data);
            }
            entry["fano"] = summary_entry(fano, spec.analysis);
            entry["noise_correlation"] = number_or_null(correlation);
        }
        if (names[i].name == "L5match") add_bursts(run, i, entry);
        if (decodes && !units[i].numbers.empty()) add_decoding(decodings[i], delay, entry);
    }
}

// ------------------------------------------------------------------------------ results.h5

double count_bytes(const ExperimentSpec& spec, const Trial& trial) {
    const auto bins = double(bins_within(spec, 0, trial.n_steps).size());
    double bytes = 0;
    for (const CountedUnits& one : units_to_count(spec))
        bytes += 2 * bins * double(one.neurons.size() + one.numbers.size()) +
                 24 * double(one.neurons.size());
    return bytes;
}

double decoding_bytes(const ExperimentSpec& spec, const Trial& trial) {
    const auto bins = double(bins_within(spec, 0, trial.n_steps).size());
    double bytes = 0;
    for (const CountedUnits& one : units_to_count(spec)) {
        bytes += 2 * 8 * bins; // rate and Fano factor
        if (trial.asks && !trial.items.empty() && !one.numbers.empty()) bytes += 8 * bins * bins;
    }
    return bytes;
}

void add_spike_results(Image& image, const std::vector<VariantRun>& runs) {
    // populations of all variants, in order of first appearance
    std::vector<std::string> names, decoded;
    const auto learn = [](std::vector<std::string>& list, const std::string& name) {
        if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
    };
    std::size_t n_times = 0;
    std::vector<std::vector<CountedUnits>> units;
    for (const VariantRun& run : runs) {
        units.push_back(units_to_count(run.variant.spec));
        if (units.back().empty()) continue;
        const auto populations = spiking_populations(run.variant.spec.area);
        for (std::size_t i = 0; i < populations.size(); ++i) {
            learn(names, populations[i].name);
            if (asks_for_items(run) && !units.back()[i].numbers.empty())
                learn(decoded, populations[i].name);
        }
        n_times = std::max(n_times, n_bins(run, units.back()));
    }
    if (names.empty() || n_times == 0) return;

    const std::size_t n_rows = runs.size() * names.size(), square = n_times * n_times;
    std::vector<double> rate(n_rows * n_times, nan), fano(rate),
        accuracy(runs.size() * decoded.size() * square, nan), chance(runs.size(), nan),
        n_trials(chance);
    double bin_ms = 0;
    for (std::size_t v = 0; v < runs.size(); ++v) {
        const VariantRun& run = runs[v];
        if (units[v].empty()) continue;
        const std::size_t n_here = n_bins(run, units[v]);
        const double dt_ms = run.variant.spec.area.dt_ms;
        bin_ms = double(std::max<std::int64_t>(1, steps_of(spike_bin_ms, dt_ms))) * dt_ms;
        const auto populations = spiking_populations(run.variant.spec.area);
        const auto decodings = run.decodings.empty() ? decodings_of(run) : run.decodings;
        for (std::size_t i = 0; i < populations.size(); ++i) {
            const auto place = [&](const std::vector<std::string>& list) {
                return std::size_t(std::find(list.begin(), list.end(), populations[i].name) -
                                   list.begin());
            };
            const std::size_t row = (v * names.size() + place(names)) * n_times;
            for (std::size_t t = 0; t < n_here; ++t) {
                const auto data = counts_in(run, i, {t, t + 1}, units[v][i].neurons.size());
                // of gates, units hold all neurons of one
                const auto of_unit =
                    double(neurons_of_unit(run.variant.spec.area, populations[i].name));
                rate[row + t] = analysis::mean(data.counts) / of_unit / (bin_ms * 1e-3);
                fano[row + t] = analysis::mean(analysis::fano_factors(data));
            }
            if (place(decoded) == decoded.size() || n_here == 0) continue;
            const analysis::CrossDecoding& found = decodings[i];
            if (found.accuracy.empty()) continue;
            chance[v] = found.chance();
            n_trials[v] = double(found.n_trials);
            double* const to = &accuracy[(v * decoded.size() + place(decoded)) * square];
            for (std::size_t a = 0; a < n_here; ++a)
                std::copy_n(&found.accuracy[a * n_here], n_here, to + a * n_times);
        }
    }
    std::vector<double> time_ms;
    for (std::size_t t = 0; t < n_times; ++t) time_ms.push_back((double(t) + 0.5) * bin_ms);
    const std::string g = "spike_counts";
    image.dimension(g, "variant", runs.size());
    image.coordinate(g, "population", names, "1", "population of neurons");
    image.coordinate(g, "time", time_ms, "ms", "middle of a bin, since the trial began");
    image.variable(g, "rate_Hz", {"variant", "population", "time"}, rate, "Hz",
                   "rate of the counted neurons, mean over trials");
    image.variable(g, "fano", {"variant", "population", "time"}, fano, "1",
                   "Fano factor over trials with the same items, mean over the counted units");
    if (decoded.empty()) return;
    const std::string d = "spike_decoding";
    image.dimension(d, "variant", runs.size());
    image.coordinate(d, "population", decoded, "1", "population of neurons");
    image.coordinate(d, "training_time", time_ms, "ms", "middle of the bin of the decoder");
    image.coordinate(d, "test_time", time_ms, "ms", "middle of the bin that is told");
    image.variable(d, "accuracy", {"variant", "population", "training_time", "test_time"}, accuracy,
                   "1", "share of trials whose item in the first column is told right");
    image.variable(d, "chance", {"variant"}, chance, "1", "1 / items");
    image.variable(d, "n_trials", {"variant"}, n_trials, "1",
                   "trials that are told; items shown once are left out");
}

} // namespace lamina
