#include "experiments/softmax_loop.hpp"

#include <memory>

#include "experiments/laws/laws.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

struct Measured {
    laws::FixedPoint fixed_point;
    laws::Ringing ringing;
    laws::NoisePeaks noise_peaks;
    laws::Latency latency;
    laws::WeakInhibition weak_inhibition;
    laws::PopulationEquation population_equation;
};

std::shared_ptr<const Measured> measure(const laws::Laboratory& lab) {
    const auto found = std::make_shared<Measured>();
    found->fixed_point = laws::measure_fixed_point(lab);
    found->ringing = laws::measure_ringing(lab);
    found->noise_peaks = laws::measure_noise_peaks(lab);
    found->latency = laws::measure_latency(lab);
    found->weak_inhibition = laws::measure_weak_inhibition(lab);
    found->population_equation = laws::measure_population_equation(lab);
    return found;
}

nlohmann::ordered_json summary_of(const Measured& found, const laws::Laboratory& lab) {
    return {{"loop",
             {{"fixed_point", laws::summary_of(found.fixed_point, lab)},
              {"ringing", laws::summary_of(found.ringing, lab)},
              {"spectrum", laws::summary_of(found.noise_peaks, lab)},
              {"settling", laws::summary_of(found.latency, lab)},
              {"gain", laws::summary_of(found.weak_inhibition, lab)},
              {"units", laws::summary_of(found.population_equation, lab)}}}};
}

} // namespace

nlohmann::ordered_json softmax_loop_summary_unmeasured(const ExperimentSpec& spec) {
    // a laboratory that is closed before it opens
    const std::atomic<bool> stop{true};
    laws::Laboratory lab = laws::laboratory_of(spec);
    lab.stop = &stop;
    lab.confidence.resamples = 1;
    return summary_of(*measure(lab), lab);
}

std::int64_t softmax_loop_items(const ExperimentSpec& spec) {
    const laws::Laboratory lab = laws::laboratory_of(spec);
    return std::int64_t(laws::fixed_point_items(lab) + laws::ringing_items(lab) +
                        laws::noise_peak_items(lab) + laws::latency_items(lab) +
                        laws::weak_inhibition_items(lab) + laws::population_equation_items(lab));
}

SoftmaxLoopRun run_softmax_loop(const ExperimentSpec& spec, int threads,
                                const std::function<void()>& progress,
                                const std::atomic<bool>& stop) {
    if (!spec.vary.empty())
        throw SpecError("softmax_loop crosses its own lists (task.loop.*); remove `vary:`");
    laws::Laboratory lab = laws::laboratory_of(spec);
    lab.threads = threads, lab.progress = progress, lab.stop = &stop;

    const std::shared_ptr<const Measured> found = measure(lab);
    SoftmaxLoopRun run;
    if (lab.stopped()) return run;
    run.summary = summary_of(*found, lab);
    run.add_groups = [found](Image& image) {
        laws::add(image, found->fixed_point);
        laws::add(image, found->ringing);
        laws::add(image, found->noise_peaks);
        laws::add(image, found->latency);
        laws::add(image, found->weak_inhibition);
        laws::add(image, found->population_equation);
    };
    return run;
}

} // namespace lamina
