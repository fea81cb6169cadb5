#include "experiments/softmax_loop.hpp"

#include <functional>
#include <memory>
#include <vector>

#include "experiments/laws/spiking_laws.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// One law: how many items it measures, and all that comes of it.
struct Law {
    const char* name; ///< of its part of the summary
    std::size_t n_items;
    std::function<void()> measure;
    std::function<nlohmann::ordered_json()> summary;
    std::function<void(Image&)> add;
};

template <class Found>
Law law(const char* name, std::size_t n_items, Found (*measure)(const laws::Laboratory&),
        const std::shared_ptr<const laws::Laboratory>& lab) {
    const auto found = std::make_shared<Found>();
    return {name, n_items, [=] { *found = measure(*lab); },
            [=] { return laws::summary_of(*found, *lab); },
            [=](Image& image) { laws::add(image, *found); }};
}

std::vector<Law> laws_of(const std::shared_ptr<const laws::Laboratory>& lab) {
    const laws::Laboratory& l = *lab;
    if (l.sizes.gates == "spikes")
        return {law("winners", laws::winners_items(l), laws::measure_winners, lab),
                law("sums", laws::spike_sums_items(l), laws::measure_spike_sums, lab),
                law("sampling", laws::sampling_items(l), laws::measure_sampling, lab),
                law("rhythm", laws::spike_rhythm_items(l), laws::measure_spike_rhythm, lab)};
    return {
        law("fixed_point", laws::fixed_point_items(l), laws::measure_fixed_point, lab),
        law("ringing", laws::ringing_items(l), laws::measure_ringing, lab),
        law("spectrum", laws::noise_peak_items(l), laws::measure_noise_peaks, lab),
        law("settling", laws::latency_items(l), laws::measure_latency, lab),
        law("gain", laws::weak_inhibition_items(l), laws::measure_weak_inhibition, lab),
        law("units", laws::population_equation_items(l), laws::measure_population_equation, lab)};
}

nlohmann::ordered_json summary_of(const std::vector<Law>& all) {
    nlohmann::ordered_json loop;
    for (const Law& one : all) loop[one.name] = one.summary();
    return {{"loop", loop}};
}

} // namespace

nlohmann::ordered_json softmax_loop_summary_unmeasured(const ExperimentSpec& spec) {
    // a laboratory that is closed before it opens
    const std::atomic<bool> stop{true};
    const auto lab = std::make_shared<laws::Laboratory>(laws::laboratory_of(spec));
    lab->stop = &stop;
    lab->confidence.resamples = 1;
    const std::vector<Law> all = laws_of(lab);
    for (const Law& one : all) one.measure();
    return summary_of(all);
}

std::int64_t softmax_loop_items(const ExperimentSpec& spec) {
    std::size_t n = 0;
    for (const Law& one : laws_of(std::make_shared<laws::Laboratory>(laws::laboratory_of(spec))))
        n += one.n_items;
    return std::int64_t(n);
}

SoftmaxLoopRun run_softmax_loop(const ExperimentSpec& spec, int threads,
                                const std::function<void()>& progress,
                                const std::atomic<bool>& stop) {
    if (!spec.vary.empty())
        throw SpecError("softmax_loop crosses its own lists (task.loop.*); remove `vary:`");
    const auto lab = std::make_shared<laws::Laboratory>(laws::laboratory_of(spec));
    lab->threads = threads, lab->progress = progress, lab->stop = &stop;
    const std::vector<Law> all = laws_of(lab);
    for (const Law& one : all) one.measure();
    SoftmaxLoopRun run;
    if (lab->stopped()) return run;
    run.summary = summary_of(all);
    run.add_groups = [all](Image& image) {
        for (const Law& one : all) one.add(image);
    };
    return run;
}

} // namespace lamina
