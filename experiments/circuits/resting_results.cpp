#include "experiments/circuits/resting_results.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "experiments/results_parts.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {
namespace {

/// The groups of results.h5, over populations and, where something is varied, variants.
class ActivityGroups {
  public:
    ActivityGroups(Image& image, const std::vector<CircuitActivity>& all,
                   const std::vector<Variant>& variants)
        : image_(image), all_(all), spec_(variants.front().spec), varied_(!spec_.vary.empty()) {
        // populations of all variants, in order of first appearance
        for (const CircuitActivity& activity : all)
            for (const PopulationActivity& p : activity.populations)
                if (std::find(names_.begin(), names_.end(), p.name) == names_.end())
                    names_.push_back(p.name);
        if (varied_) add_variants(image, variants);
    }

    void add_all() {
        populations();
        neurons();
        correlations();
        activity();
        spectra();
        raster();
        windows();
        variables();
        learnt();
    }

  private:
    using Numbers = std::function<std::vector<double>(const PopulationActivity&)>;

    const PopulationActivity* find(const CircuitActivity& activity, const std::string& name) const {
        for (const PopulationActivity& p : activity.populations)
            if (p.name == name) return &p;
        return nullptr;
    }
    std::int32_t row_of(const std::string& name) const {
        return std::int32_t(std::find(names_.begin(), names_.end(), name) - names_.begin());
    }

    void begin(const std::string& group) {
        if (varied_) image_.dimension(group, "variant", all_.size());
    }
    std::vector<std::string> over(std::vector<std::string> dimensions) const {
        if (varied_) dimensions.insert(dimensions.begin(), "variant");
        return dimensions;
    }

    /// Numbers of every population of every variant, `length` each; NaN where there are none.
    /// @param place  where the numbers of a variant begin along that axis
    std::vector<double>
    table(std::size_t length, const Numbers& numbers,
          const std::function<std::size_t(const CircuitActivity&)>& place) const {
        std::vector<double> out(all_.size() * names_.size() * length, nan);
        auto row = out.begin();
        for (const CircuitActivity& activity : all_)
            for (const std::string& name : names_) {
                const PopulationActivity* p = find(activity, name);
                const std::vector<double> values = p ? numbers(*p) : std::vector<double>();
                const std::size_t from = std::min(place(activity), length),
                                  n = std::min(values.size(), length - from);
                std::copy_n(values.begin(), n, row + std::ptrdiff_t(from));
                row += std::ptrdiff_t(length);
            }
        return out;
    }
    std::vector<double> table(std::size_t length, const Numbers& numbers) const {
        return table(length, numbers, [](const CircuitActivity&) { return std::size_t{0}; });
    }

    void number(const char* name, const char* unit, const char* meaning,
                const std::function<double(const PopulationActivity&)>& value) {
        const auto one = [&](const PopulationActivity& p) { return std::vector<double>{value(p)}; };
        image_.variable("populations", name, over({"population"}), table(1, one), unit, meaning);
    }

    void populations() {
        const std::string g = "populations";
        begin(g);
        image_.coordinate(g, "population", names_, "1", "population");
        std::vector<std::int64_t> n;
        std::vector<std::string> regimes;
        for (const CircuitActivity& activity : all_)
            for (const std::string& name : names_) {
                const PopulationActivity* p = find(activity, name);
                n.push_back(p ? std::int64_t(p->n_neurons) : -1);
                regimes.push_back(p ? p->regime.words() : "absent");
            }
        image_.variable(g, "n_neurons", over({"population"}), n, "1", "neurons");
        using P = PopulationActivity;
        number("rate_Hz", "Hz", "mean rate", [](const P& p) { return p.mean_rate_Hz.value; });
        number("rate_low_Hz", "Hz", "interval over twentieths of the time, low",
               [](const P& p) { return p.mean_rate_Hz.low; });
        number("rate_high_Hz", "Hz", "interval, high",
               [](const P& p) { return p.mean_rate_Hz.high; });
        number("rate_sd_Hz", "Hz", "standard deviation of rates over neurons",
               [](const P& p) { return analysis::standard_deviation(p.rate_Hz); });
        number("rate_median_Hz", "Hz", "median rate over neurons",
               [](const P& p) { return analysis::median(p.rate_Hz); });
        number("cv_isi", "1", "mean CV of intervals of neurons with at least 10 of them",
               [](const P& p) { return p.cv_isi(); });
        number("synchrony", "1", "variance over mean of counts in 3 ms, first 1000 neurons",
               [](const P& p) { return p.synchrony; });
        number("synchrony_all", "1", "the same of all neurons",
               [](const P& p) { return p.synchrony_all; });
        number("correlation", "1",
               "mean correlation of counts in 2 ms, pairs of the first 250 neurons",
               [](const P& p) { return p.correlation; });
        number("reference_rate_Hz", "Hz", "published mean rate",
               [](const P& p) { return p.reference_Hz; });
        number("event_rate_Hz", "Hz", "spikes behind a silence of task.burst_interval, per neuron",
               [](const P& p) { return p.bursts.event_rate_Hz; });
        number("burst_rate_Hz", "Hz", "events with a second spike within task.burst_interval",
               [](const P& p) { return p.bursts.burst_rate_Hz; });
        number("burst_probability", "1", "bursts per event",
               [](const P& p) { return p.bursts.probability; });
        number("oscillation_Hz", "Hz", "where the spectrum of the population rate is highest",
               [](const P& p) { return p.oscillation.frequency_Hz; });
        number("oscillation_strength", "1", "density there over the median density",
               [](const P& p) { return p.oscillation.strength; });
        number("modulation", "1", "coefficient of variation of the rate that the neurons share",
               [](const P& p) { return p.modulation.depth(); });
        image_.variable(g, "regime", over({"population"}), regimes, "1",
                        "synchronous: modulation above 0.707; regular: CV below 0.25");
    }

    void neurons() {
        std::vector<std::int64_t> variant;
        std::vector<std::int32_t> population;
        std::vector<double> rate, cv;
        for (std::size_t v = 0; v < all_.size(); ++v)
            for (const PopulationActivity& p : all_[v].populations) {
                variant.insert(variant.end(), p.rate_Hz.size(), std::int64_t(v));
                population.insert(population.end(), p.rate_Hz.size(), row_of(p.name));
                rate.insert(rate.end(), p.rate_Hz.begin(), p.rate_Hz.end());
                cv.insert(cv.end(), p.cv.begin(), p.cv.end());
            }
        image_.dimension("neurons", "neuron", rate.size());
        if (varied_)
            image_.variable("neurons", "variant", {"neuron"}, variant, "1", "row of /variants");
        image_.variable("neurons", "population", {"neuron"}, population, "1",
                        "row of /populations");
        image_.variable("neurons", "rate_Hz", {"neuron"}, rate, "Hz", "spikes per second");
        image_.variable("neurons", "cv_isi", {"neuron"}, cv, "1",
                        "CV of intervals, with 10 or more");
    }

    void correlations() {
        std::vector<double> centre;
        for (int b = 0; b < correlation_bins; ++b)
            centre.push_back(correlation_from + (b + 0.5) * correlation_width);
        begin("correlations");
        image_.coordinate("correlations", "population", names_, "1", "population");
        image_.coordinate("correlations", "correlation", centre, "1",
                          "correlation of spike counts");
        image_.variable("correlations", "density", over({"population", "correlation"}),
                        table(correlation_bins,
                              [](const PopulationActivity& p) { return p.correlation_density; }),
                        "1", "share of pairs per unit of correlation");
    }

    void activity() {
        // from the earliest recording to the end of the last one
        double start_ms = std::numeric_limits<double>::infinity();
        for (const CircuitActivity& a : all_) start_ms = std::min(start_ms, a.discard_ms);
        const auto place = [&](const CircuitActivity& a) {
            return std::size_t(std::llround((a.discard_ms - start_ms) / activity_bin_ms));
        };
        std::size_t n_bins = 0;
        for (const CircuitActivity& a : all_)
            for (const PopulationActivity& p : a.populations)
                if (!p.activity_Hz.empty())
                    n_bins = std::max(n_bins, place(a) + p.activity_Hz.size());
        if (n_bins == 0) return;
        std::vector<double> time;
        for (std::size_t b = 0; b < n_bins; ++b)
            time.push_back(start_ms + (double(b) + 0.5) * activity_bin_ms);
        begin("activity");
        image_.coordinate("activity", "population", names_, "1", "population");
        image_.coordinate("activity", "time", time, "ms", "middle of a bin of 1 ms");
        image_.variable(
            "activity", "rate_Hz", over({"population", "time"}),
            table(
                n_bins, [](const PopulationActivity& p) { return p.activity_Hz; }, place),
            "Hz", "spikes per neuron and second");
    }

    void spectra() {
        std::vector<double> frequency;
        for (const CircuitActivity& a : all_)
            for (const PopulationActivity& p : a.populations)
                if (!p.spectrum.density.empty()) frequency = p.spectrum.frequency_Hz;
        if (frequency.empty()) return;
        begin("spectra");
        image_.coordinate("spectra", "population", names_, "1", "population");
        image_.coordinate("spectra", "frequency", frequency, "Hz", "frequency");
        image_.variable(
            "spectra", "density", over({"population", "frequency"}),
            table(frequency.size(), [](const PopulationActivity& p) { return p.spectrum.density; }),
            "Hz2/Hz", "power spectral density of the population rate");
    }

    void raster() {
        std::vector<double> time;
        std::vector<std::int64_t> variant;
        std::vector<std::int32_t> population, row;
        double from_ms = std::numeric_limits<double>::infinity(), to_ms = 0, share = 1;
        for (std::size_t v = 0; v < all_.size(); ++v) {
            const RasterSpikes& r = all_[v].raster;
            variant.insert(variant.end(), r.time_ms.size(), std::int64_t(v));
            time.insert(time.end(), r.time_ms.begin(), r.time_ms.end());
            row.insert(row.end(), r.neuron.begin(), r.neuron.end());
            for (const std::int32_t g : r.population)
                population.push_back(row_of(all_[v].populations[std::size_t(g)].name));
            from_ms = std::min(from_ms, r.from_ms), to_ms = std::max(to_ms, r.to_ms);
            share = std::min(share, r.share);
        }
        if (time.empty()) return;
        const std::string g = "raster";
        image_.dimension(g, "spike", time.size());
        image_.variable(g, "time_ms", {"spike"}, time, "ms", "time of the spike");
        image_.variable(g, "population", {"spike"}, population, "1", "row of /populations");
        image_.variable(g, "neuron", {"spike"}, row, "1", "neuron within its population");
        if (varied_) image_.variable(g, "variant", {"spike"}, variant, "1", "row of /variants");
        image_.attribute(g, "from_ms", from_ms);
        image_.attribute(g, "to_ms", to_ms);
        image_.attribute(g, "share_of_neurons", share);
    }

    void windows() {
        const std::vector<TimeWindow>& windows = spec_.task.windows;
        if (windows.empty()) return;
        const std::string g = "windows";
        std::vector<std::string> names;
        std::vector<double> from, to, rates;
        for (const TimeWindow& w : windows) {
            names.push_back(w.name);
            from.push_back(w.from_ms), to.push_back(w.to_ms);
        }
        for (const CircuitActivity& a : all_)
            for (std::size_t w = 0; w < windows.size(); ++w)
                for (const std::string& name : names_) {
                    const PopulationActivity* p = find(a, name);
                    rates.push_back(p ? p->window_rate_Hz[w] : nan);
                }
        begin(g);
        image_.coordinate(g, "window", names, "1", "task.windows");
        image_.coordinate(g, "population", names_, "1", "population");
        image_.variable(g, "from_ms", {"window"}, from, "ms", "from the start of the simulation");
        image_.variable(g, "to_ms", {"window"}, to, "ms", "where the window ends");
        image_.variable(g, "rate_Hz", over({"window", "population"}), rates, "Hz", "mean rate");
    }

    /// The samples of one entry in one variant; nullptr where it has none.
    static const SampledVariable* find(const CircuitActivity& a, const RecordedVariable& recorded) {
        for (const SampledVariable& s : a.variables)
            if (s.population == recorded.population && s.variable == recorded.variable &&
                !s.time_ms.empty())
                return &s;
        return nullptr;
    }

    /// The samples of one entry in all variants that have some, each at the times of its own.
    struct Sampled {
        std::vector<const SampledVariable*> of; ///< [variant]; nullptr where there are none
        std::vector<double> time_ms;            ///< of all of them, ascending
        std::size_t n_neurons = 0;              ///< of the widest
        const char* unit = "1";

        std::vector<double> table() const {
            std::vector<double> values(of.size() * time_ms.size() * n_neurons, nan);
            for (std::size_t v = 0; v < of.size(); ++v)
                for (std::size_t t = 0; of[v] && t < of[v]->time_ms.size(); ++t) {
                    const auto row =
                        std::lower_bound(time_ms.begin(), time_ms.end(), of[v]->time_ms[t]) -
                        time_ms.begin();
                    const std::size_t n = of[v]->n_neurons;
                    std::copy_n(
                        of[v]->values.begin() + std::ptrdiff_t(t * n), n,
                        values.begin() +
                            std::ptrdiff_t((v * time_ms.size() + std::size_t(row)) * n_neurons));
                }
            return values;
        }
    };
    Sampled sampled(const RecordedVariable& recorded) const {
        Sampled out;
        for (const CircuitActivity& a : all_) {
            out.of.push_back(find(a, recorded));
            const SampledVariable* const s = out.of.back();
            if (!s) continue;
            out.time_ms.insert(out.time_ms.end(), s->time_ms.begin(), s->time_ms.end());
            out.n_neurons = std::max(out.n_neurons, s->n_neurons);
            out.unit = s->unit.c_str();
        }
        std::sort(out.time_ms.begin(), out.time_ms.end());
        out.time_ms.erase(std::unique(out.time_ms.begin(), out.time_ms.end()), out.time_ms.end());
        return out;
    }

    void variables() {
        for (const RecordedVariable& recorded : spec_.record.variables) {
            const Sampled samples = sampled(recorded);
            if (samples.time_ms.empty()) continue;
            const std::string g = "variables/" + recorded.population + "_" + recorded.variable;
            begin(g);
            image_.coordinate(g, "time", samples.time_ms, "ms", "end of the step");
            image_.dimension(g, "neuron", samples.n_neurons);
            image_.variable(g, recorded.variable, over({"time", "neuron"}), samples.table(),
                            samples.unit, recorded.variable + " of " + recorded.population);
        }
    }

    /// Synapses of every variant, one after the other.
    void learnt() {
        std::vector<std::string> names; // a variant may have projections that others lack
        for (const CircuitActivity& a : all_)
            for (const LearntProjection& p : a.learnt)
                if (std::find(names.begin(), names.end(), p.name) == names.end())
                    names.push_back(p.name);
        for (const std::string& name : names) learnt(name);
    }
    void learnt(const std::string& name) {
        std::vector<std::int64_t> variant;
        std::vector<std::int32_t> source, target;
        std::vector<double> delay_ms, weight, w_max;
        const LearntProjection* any = nullptr;
        for (std::size_t v = 0; v < all_.size(); ++v)
            for (const LearntProjection& p : all_[v].learnt) {
                if (p.name != name) continue;
                any = &p;
                for (const LearntWeight& w : p.weights) {
                    variant.push_back(std::int64_t(v));
                    source.push_back(std::int32_t(w.source));
                    target.push_back(std::int32_t(w.target));
                    delay_ms.push_back(w.delay_ms);
                    weight.push_back(w.weight);
                    w_max.push_back(p.w_max);
                }
            }
        if (weight.empty()) return;
        const std::string g = "weights/" + name;
        image_.dimension(g, "synapse", weight.size());
        if (varied_) image_.variable(g, "variant", {"synapse"}, variant, "1", "row of /variants");
        image_.variable(g, "source", {"synapse"}, source, "1", "neuron of " + any->from);
        image_.variable(g, "target", {"synapse"}, target, "1", "neuron of " + any->to);
        image_.variable(g, "delay_ms", {"synapse"}, delay_ms, "ms", "delay");
        image_.variable(g, "weight", {"synapse"}, weight, any->unit, "at the end of the run");
        image_.variable(g, "w_max", {"synapse"}, w_max, any->unit, "the largest that it can be");
    }

    Image& image_;
    const std::vector<CircuitActivity>& all_;
    const ExperimentSpec& spec_;
    const bool varied_;
    std::vector<std::string> names_;
};

} // namespace

void add_activity(Image& image, const std::vector<CircuitActivity>& all,
                  const std::vector<Variant>& variants) {
    ActivityGroups(image, all, variants).add_all();
}

} // namespace lamina
