#include "experiments/circuits/resting_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "analysis/spectrum.hpp"
#include "analysis/spikes.hpp"
#include "analysis/statistics.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/summary.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/sonata.hpp"

namespace lamina {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double progress_ms = 100;

// how activity is described: Potjans & Diesmann (2014); van Albada et al. (2018)
constexpr double synchrony_bin_ms = 3, correlation_bin_ms = 2, activity_bin_ms = 1;
constexpr std::uint32_t synchrony_neurons = 1000, correlation_neurons = 250;
constexpr int fewest_intervals = 10;
constexpr double raster_ms = 400;
constexpr std::size_t raster_rows = 900; ///< neurons in the raster, shared out by population size

struct Described {
    std::string name;
    analysis::SpikeTrains trains;
    std::vector<double> rate_Hz, cv, correlation; ///< [neurons], [neurons], [pairs]
    std::vector<double> activity_Hz;              ///< [bins]
    analysis::Estimate mean_rate_Hz{nan, nan, nan, 0};
    double synchrony = nan, synchrony_all = nan, reference_Hz = nan;
};

struct Found {
    NetworkSpec network;
    NetworkCost cost;
    std::vector<std::uint32_t> first;
    std::vector<Spike> spikes; ///< of the recorded time
    std::vector<Described> populations;
    double discard_ms = 0, dt_ms = 0.1;
    std::int64_t n_steps = 0;
    std::optional<double> pulse_ms; ///< when thalamic spikes begin
};

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

Described describe_population(const Found& found, std::size_t g, const ExperimentSpec& spec) {
    Described d;
    d.name = found.network.populations[g].name;
    d.trains.n_neurons = found.first[g + 1] - found.first[g];
    d.trains.n_steps = found.n_steps;
    d.trains.dt_ms = found.dt_ms;
    const auto discarded = std::llround(found.discard_ms / found.dt_ms);
    for (const Spike& spike : found.spikes)
        if (spike.neuron >= found.first[g] && spike.neuron < found.first[g + 1]) {
            d.trains.step.push_back(spike.step - discarded);
            d.trains.neuron.push_back(spike.neuron - found.first[g]);
        }
    d.rate_Hz = analysis::neuron_rates_Hz(d.trains);
    d.cv = analysis::interval_cv(d.trains, fewest_intervals);
    d.correlation = analysis::count_correlations(d.trains, correlation_bin_ms, correlation_neurons);
    d.activity_Hz = analysis::population_rate_Hz(d.trains, activity_bin_ms);
    d.mean_rate_Hz = mean_rate(d.trains, spec.analysis);
    d.synchrony = analysis::synchrony(d.trains, synchrony_bin_ms, synchrony_neurons);
    d.synchrony_all = analysis::synchrony(d.trains, synchrony_bin_ms, d.trains.n_neurons);
    if (const auto reference = reference_rate_Hz(spec, d.name)) d.reference_Hz = *reference;
    return d;
}

nlohmann::ordered_json summary_of(const Found& found) {
    nlohmann::ordered_json summary;
    double largest = nan;
    for (const Described& d : found.populations) {
        auto& entry = summary["populations"][d.name];
        entry["rate_Hz"] = summary_entry(d.mean_rate_Hz);
        entry["rate_sd_Hz"] = number_or_null(analysis::standard_deviation(d.rate_Hz));
        entry["rate_median_Hz"] = number_or_null(analysis::median(d.rate_Hz));
        const std::vector<double> cv = analysis::finite(d.cv);
        entry["cv_isi"] = number_or_null(analysis::mean(cv));
        entry["cv_neurons"] = cv.size();
        entry["synchrony"] = number_or_null(d.synchrony);
        entry["synchrony_all"] = number_or_null(d.synchrony_all);
        entry["correlation"] = number_or_null(analysis::mean(d.correlation));
        if (std::isnan(d.reference_Hz)) continue;
        // without its sign, so that one bound holds it from both sides
        const double error = std::fabs(d.mean_rate_Hz.value / d.reference_Hz - 1);
        entry["reference_rate_Hz"] = d.reference_Hz;
        entry["rate_error"] = error;
        if (!(error <= largest)) largest = error;
    }
    summary["network"] = {{"neurons", found.cost.n_neurons},
                          {"synapses", found.cost.n_synapses},
                          {"spikes", found.spikes.size()},
                          {"largest_rate_error", number_or_null(largest)}};
    return summary;
}

// ------------------------------------------------------------------------------ results.h5

void add_populations(Image& image, const Found& found) {
    std::vector<std::string> names;
    std::vector<std::int64_t> n;
    std::vector<double> rate, low, high, sd, median, cv, synchrony, all, correlation, reference;
    for (const Described& d : found.populations) {
        names.push_back(d.name);
        n.push_back(d.trains.n_neurons);
        rate.push_back(d.mean_rate_Hz.value);
        low.push_back(d.mean_rate_Hz.low);
        high.push_back(d.mean_rate_Hz.high);
        sd.push_back(analysis::standard_deviation(d.rate_Hz));
        median.push_back(analysis::median(d.rate_Hz));
        cv.push_back(analysis::mean(analysis::finite(d.cv)));
        synchrony.push_back(d.synchrony);
        all.push_back(d.synchrony_all);
        correlation.push_back(analysis::mean(d.correlation));
        reference.push_back(d.reference_Hz);
    }
    const std::string g = "populations";
    const std::vector<std::string> rows = {"population"};
    image.coordinate(g, "population", names, "1", "population");
    image.variable(g, "n_neurons", rows, n, "1", "neurons");
    image.variable(g, "rate_Hz", rows, rate, "Hz", "mean rate");
    image.variable(g, "rate_low_Hz", rows, low, "Hz", "interval over twentieths of the time, low");
    image.variable(g, "rate_high_Hz", rows, high, "Hz", "interval, high");
    image.variable(g, "rate_sd_Hz", rows, sd, "Hz", "standard deviation of rates over neurons");
    image.variable(g, "rate_median_Hz", rows, median, "Hz", "median rate over neurons");
    image.variable(g, "cv_isi", rows, cv, "1",
                   "mean CV of intervals of neurons with at least 10 of them");
    image.variable(g, "synchrony", rows, synchrony, "1",
                   "variance over mean of counts in 3 ms, first 1000 neurons");
    image.variable(g, "synchrony_all", rows, all, "1", "the same of all neurons");
    image.variable(g, "correlation", rows, correlation, "1",
                   "mean correlation of counts in 2 ms, pairs of the first 250 neurons");
    image.variable(g, "reference_rate_Hz", rows, reference, "Hz", "published mean rate");
}

void add_neurons(Image& image, const Found& found) {
    std::vector<std::int32_t> population;
    std::vector<double> rate, cv;
    for (std::size_t g = 0; g < found.populations.size(); ++g) {
        const Described& d = found.populations[g];
        population.insert(population.end(), d.rate_Hz.size(), std::int32_t(g));
        rate.insert(rate.end(), d.rate_Hz.begin(), d.rate_Hz.end());
        cv.insert(cv.end(), d.cv.begin(), d.cv.end());
    }
    image.dimension("neurons", "neuron", rate.size());
    image.variable("neurons", "population", {"neuron"}, population, "1", "row of /populations");
    image.variable("neurons", "rate_Hz", {"neuron"}, rate, "Hz", "spikes per second");
    image.variable("neurons", "cv_isi", {"neuron"}, cv, "1", "CV of intervals, with 10 or more");
}

void add_correlations(Image& image, const Found& found) {
    constexpr int n_bins = 100;
    constexpr double from = -0.03, to = 0.07, width = (to - from) / n_bins;
    std::vector<double> centre, density(found.populations.size() * n_bins, 0);
    std::vector<std::string> names;
    for (int b = 0; b < n_bins; ++b) centre.push_back(from + (b + 0.5) * width);
    for (std::size_t g = 0; g < found.populations.size(); ++g) {
        const auto& r = found.populations[g].correlation;
        names.push_back(found.populations[g].name);
        for (const double x : r) {
            const double bin = std::floor((x - from) / width);
            if (bin >= 0 && bin < n_bins)
                density[g * n_bins + std::size_t(bin)] += 1 / (double(r.size()) * width);
        }
    }
    image.coordinate("correlations", "population", names, "1", "population");
    image.coordinate("correlations", "correlation", centre, "1", "correlation of spike counts");
    image.variable("correlations", "density", {"population", "correlation"}, density, "1",
                   "share of pairs per unit of correlation");
}

void add_activity(Image& image, const Found& found) {
    const std::size_t n_bins = found.populations[0].activity_Hz.size();
    if (n_bins == 0) return;
    std::vector<std::string> names;
    std::vector<double> time, rate;
    for (std::size_t b = 0; b < n_bins; ++b)
        time.push_back(found.discard_ms + (double(b) + 0.5) * activity_bin_ms);
    for (const Described& d : found.populations) {
        names.push_back(d.name);
        rate.insert(rate.end(), d.activity_Hz.begin(), d.activity_Hz.end());
    }
    image.coordinate("activity", "population", names, "1", "population");
    image.coordinate("activity", "time", time, "ms", "middle of a bin of 1 ms");
    image.variable("activity", "rate_Hz", {"population", "time"}, rate, "Hz",
                   "spikes per neuron and second");

    // spectra over windows of 512 ms: bins of 2 Hz
    constexpr std::size_t segment = 512;
    if (n_bins < segment) return;
    std::vector<double> frequency, density;
    for (const Described& d : found.populations) {
        const analysis::Spectrum s = analysis::welch(d.activity_Hz, activity_bin_ms, segment);
        frequency = s.frequency_Hz;
        density.insert(density.end(), s.density.begin(), s.density.end());
    }
    image.coordinate("spectra", "population", names, "1", "population");
    image.coordinate("spectra", "frequency", frequency, "Hz", "frequency");
    image.variable("spectra", "density", {"population", "frequency"}, density, "Hz2/Hz",
                   "power spectral density of the population rate");
}

/// Some neurons of every population over the last 400 ms; with a thalamic pulse, around it.
void add_raster(Image& image, const Found& found) {
    const double share =
        std::min(1.0, double(raster_rows) / std::max<double>(1, double(found.cost.n_neurons)));
    const std::int64_t discarded = std::llround(found.discard_ms / found.dt_ms);
    const std::int64_t shown = std::llround(raster_ms / found.dt_ms),
                       n_shown = std::min(found.n_steps, shown),
                       latest = discarded + found.n_steps - n_shown;
    const std::int64_t before_pulse =
        std::llround((found.pulse_ms.value_or(0) - 0.25 * raster_ms) / found.dt_ms);
    const std::int64_t from = found.pulse_ms ? std::clamp(before_pulse, discarded, latest) : latest;
    std::vector<double> time;
    std::vector<std::int32_t> population, row;
    for (std::size_t g = 0; g < found.populations.size(); ++g) {
        const std::uint32_t n = found.first[g + 1] - found.first[g];
        const auto rows = std::max<std::uint32_t>(std::min<std::uint32_t>(n, 5),
                                                  std::uint32_t(std::lround(share * double(n))));
        for (const Spike& s : found.spikes)
            if (s.step >= from && s.step < from + n_shown && s.neuron >= found.first[g] &&
                s.neuron < found.first[g] + rows) {
                time.push_back(double(s.step + 1) * found.dt_ms);
                population.push_back(std::int32_t(g));
                row.push_back(std::int32_t(s.neuron - found.first[g]));
            }
    }
    if (time.empty()) return;
    image.dimension("raster", "spike", time.size());
    image.variable("raster", "time_ms", {"spike"}, time, "ms", "time of the spike");
    image.variable("raster", "population", {"spike"}, population, "1", "row of /populations");
    image.variable("raster", "neuron", {"spike"}, row, "1", "neuron within its population");
    image.attribute("raster", "from_ms", double(from) * found.dt_ms);
    image.attribute("raster", "to_ms", double(from + n_shown) * found.dt_ms);
    image.attribute("raster", "share_of_neurons", share);
}

std::string text_of(const Found& found) {
    // two decimals, and a dash where a population spiked too little to have the number
    const auto two = [](double x) { return std::isnan(x) ? "-" : fmt::format("{:.2f}", x); };
    std::string out = fmt::format(
        "{} neurons, {} synapses, {} spikes in {:g} s\n{:<8}{:>10}{:>22}{:>12}{:>8}{:>11}\n",
        found.cost.n_neurons, found.cost.n_synapses, found.spikes.size(),
        double(found.n_steps) * found.dt_ms * 1e-3, "", "rate (Hz)", "interval", "published", "CV",
        "synchrony");
    for (const Described& d : found.populations)
        out += fmt::format(
            "{:<8}{:>10.3f}{:>22}{:>12}{:>8}{:>11}\n", d.name, d.mean_rate_Hz.value,
            std::isnan(d.mean_rate_Hz.low)
                ? "-"
                : fmt::format("[{:.3f}, {:.3f}]", d.mean_rate_Hz.low, d.mean_rate_Hz.high),
            two(d.reference_Hz), two(analysis::mean(analysis::finite(d.cv))), two(d.synchrony));
    return out;
}

} // namespace

std::int64_t resting_state_items(const ExperimentSpec& spec) {
    return std::int64_t(std::ceil((spec.task.duration_ms + spec.task.discard_ms) / progress_ms));
}

nlohmann::ordered_json resting_state_summary_without_run(const ExperimentSpec& spec) {
    Found found;
    found.network = network_of(spec);
    found.first = {0};
    for (const NeuronPopulationSpec& p : found.network.populations)
        found.first.push_back(found.first.back() + p.n);
    for (std::size_t g = 0; g < found.network.populations.size(); ++g)
        found.populations.push_back(describe_population(found, g, spec));
    return summary_of(found);
}

std::string resting_state_words(const ExperimentSpec& spec) {
    const NetworkSpec network = network_of(spec);
    std::uint64_t n = 0;
    for (const NeuronPopulationSpec& p : network.populations) n += p.n;
    return fmt::format("circuit {}, {} neurons in {} populations; dt {:g} ms\n"
                       "task    resting_state, {:g} s after {:g} s",
                       circuit_name(spec), n, network.populations.size(), network.dt_ms,
                       spec.task.duration_ms * 1e-3, spec.task.discard_ms * 1e-3);
}

RestingStateRun run_resting_state(const ExperimentSpec& spec, int threads,
                                  const std::function<void()>& progress,
                                  const std::atomic<bool>& stop) {
    const auto found = std::make_shared<Found>();
    found->network = network_of(spec);
    if (spec.precision == "float64") found->network.precision = SpikePrecision::float64;
    found->dt_ms = spec.area.dt_ms;
    found->discard_ms = spec.task.discard_ms;
    if (spec.circuit.thalamus.rate_Hz > 0) found->pulse_ms = spec.circuit.thalamus.start_ms;
    found->n_steps = std::llround(spec.task.duration_ms / found->dt_ms);
    const std::int64_t discarded = std::llround(found->discard_ms / found->dt_ms);

    NetworkOptions options;
    options.n_threads = threads;
    SpikingNetwork network(found->network, spec.seed, options);
    const std::int64_t piece = std::llround(progress_ms / found->dt_ms);
    RestingStateRun run;
    for (std::int64_t ended = 0; ended < discarded + found->n_steps; ended += piece) {
        if (stop) return run;
        network.advance(std::min(piece, discarded + found->n_steps - ended));
        for (const Spike& spike : network.take_spikes())
            if (spike.step >= discarded) found->spikes.push_back(spike);
        progress();
    }
    found->cost = network.cost();
    found->first = network.first_neurons();
    for (std::size_t g = 0; g < found->network.populations.size(); ++g)
        found->populations.push_back(describe_population(*found, g, spec));

    run.summary = summary_of(*found);
    run.text = text_of(*found);
    run.add_groups = [found](Image& image) {
        add_populations(image, *found);
        add_neurons(image, *found);
        add_correlations(image, *found);
        add_activity(image, *found);
        add_raster(image, *found);
    };
    if (spec.record.spikes == "all")
        run.add_spikes = [found](Image& image) {
            std::vector<std::string> names;
            for (const Described& d : found->populations) names.push_back(d.name);
            add_sonata_spikes(image, names, found->first, found->spikes, found->dt_ms);
        };
    return run;
}

} // namespace lamina
