/// The list of predictions for one run, ranked.
#include <algorithm>
#include <cmath>

#include "analysis/load_run.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/predictions/load_dilutes.hpp"
#include "experiments/predictions/prediction.hpp"
#include "experiments/predictions/sessions.hpp"
#include "experiments/read_spec.hpp"
#include "sim/errors.hpp"

namespace lamina {

double Prediction::d_prime_per_hour() const { return d_prime * std::sqrt(3600 / trial_s); }

std::vector<Prediction> predict(const RunDirectory& directory, int threads) {
    const analysis::RunData run = analysis::load_run(directory);
    const ExperimentSpec spec =
        read_spec_text(run.spec_text, "spec.resolved.yaml", directory.path().string());
    if (has_network(spec))
        throw SpecError(
            "error[L0404]: predictions are about the attention column, and this run is of " +
            spec.circuit.model +
            "\n  = help: lamina predict a run of the column, for example of dms.yaml");
    predictions::Sessions sessions = predictions::sessions_of(spec);
    sessions.lab.threads = threads;

    std::vector<Prediction> all;
    const auto take = [&](std::vector<Prediction> some) {
        for (Prediction& prediction : some)
            // a scatter of exactly zero, or an estimate that failed, ranks nothing
            if (std::isfinite(prediction.d_prime)) all.push_back(std::move(prediction));
    };
    take(predictions::ringing_shift(sessions));
    take(predictions::separate_peaks(sessions));
    take(predictions::slow_first_cycle(sessions));
    take(predictions::contrast_latency(sessions));
    take(predictions::weakened_PV(sessions, spec.area.kappa));
    take(predictions::load_dilutes(run, spec));
    std::stable_sort(all.begin(), all.end(), [](const Prediction& a, const Prediction& b) {
        return a.d_prime_per_hour() > b.d_prime_per_hour();
    });
    return all;
}

} // namespace lamina
