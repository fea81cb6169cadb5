#include "experiments/spiking_problems.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/circuit_problems.hpp"
#include "experiments/column_spikes.hpp"
#include "experiments/quantities.hpp"
#include "experiments/studies.hpp"
#include "experiments/task_catalogue.hpp"
#include "sim/burst_cells.hpp"
#include "sim/column_cells.hpp"

namespace lamina {
namespace {

/// Populations of record.spikes that neither this column nor one of `vary:` has.
std::vector<FoundProblem> unknown_populations(const ExperimentSpec& spec) {
    std::vector<std::string> names;
    const auto learn_names = [&](const ExperimentSpec& of) {
        if (!of.area.spiking.on) return;
        for (const PopulationSpikes& one : spiking_populations(of.area))
            if (std::find(names.begin(), names.end(), one.name) == names.end())
                names.push_back(one.name);
    };
    learn_names(spec);
    const std::vector<std::string>& asked = spec.record.spike_populations;
    const auto is_known = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    try {
        if (!std::all_of(asked.begin(), asked.end(), is_known))
            for (const Variant& variant : variants_of(spec)) learn_names(variant.spec);
    } catch (const std::runtime_error&) { return {}; } // reading tells what is wrong with them
    std::vector<FoundProblem> found;
    for (std::size_t i = 0; i < asked.size(); ++i)
        if (!is_known(asked[i]))
            found.push_back(unknown_name("the column has no spiking population", asked[i], names,
                                         "record.spikes", {std::to_string(i)}));
    return found;
}

/// More spikes than memory holds.
std::vector<FoundProblem> too_many_spikes(const ExperimentSpec& spec, double available_bytes) {
    if (spec.record.spikes == "none") return {};
    double bytes = 0; // those of all variants are held until the run is written
    try {
        for (const Variant& variant : variants_of(spec)) {
            if (units_to_keep(variant.spec).empty()) continue;
            const auto task = make_task(variant.spec, spec.seed);
            bytes += kept_spike_bytes(variant.spec, task->n_trials(), task->trial(0).n_steps);
        }
    } catch (const std::runtime_error&) { return {}; } // another rule says why there is no task
    if (bytes <= available_bytes) return {};
    constexpr double GiB = 1024.0 * 1024 * 1024;
    return {{"L0350",
             fmt::format("`record.spikes`: some {:.2g} GiB of spikes; this machine has {:.3g} GiB "
                         "free",
                         bytes / GiB, available_bytes / GiB),
             "list fewer populations, lower record.spike_sample, or run fewer trials",
             {"record.spikes"}}};
}

/// What one memory that all queries read cannot do.
std::vector<FoundProblem> fast_weight_problems(const AreaSpec& area) {
    std::vector<FoundProblem> found;
    if (!area.has_fast_weights()) return found;
    const auto refuse = [&](const char* what, const char* help, const char* path) {
        found.push_back({"L0335", what, help, {"column.spiking.fast_weights", path}});
    };
    if (area.attention == Attention::causal)
        refuse("all queries read one memory of `column.spiking.fast_weights`, and "
               "column.attention: causal keeps later keys from earlier ones",
               "write column.attention: self or cross, or fast_weights: false for gates, which see "
               "the mask",
               "column.attention");
    if (area.dale)
        refuse("`column.spiking.fast_weights` take the difference of two rates, and column.dale "
               "has weights of one sign",
               "write column.dale: false, or fast_weights: false for gates", "column.dale");
    if (area.inhibition == "pv_divisive")
        refuse("pv_divisive raises the drive of each key to a power, and "
               "`column.spiking.fast_weights` know no key apart",
               "write column.inhibition: pv_log, pv_linear, pv_finite, oracle or none, or "
               "fast_weights: false for gates",
               "column.inhibition.type");
    return found;
}

} // namespace

std::vector<FoundProblem> spiking_problems(const ExperimentSpec& spec, double available_bytes) {
    const AreaSpec& area = spec.area;
    if (!area.spiking.on || has_network(spec)) return {};
    if (const Study* const study = study_of(spec))
        return {{"L0335",
                 fmt::format("{} runs {}, and no column to be made of neurons", study->task,
                             study->alone),
                 "write mode: rate; softmax_loop has task.loop.gates: spikes",
                 {"simulation.mode", "task.type"}}};
    if (spec.fit.given() || spec.task.type == "set_size")
        return {{"L0335",
                 "fits replace the circuit by its laws, and simulation.mode is spiking",
                 "write mode: rate",
                 {"simulation.mode"}}};
    std::vector<FoundProblem> found;
    if (area.matched_by_bursts() &&
        (area.dt_ms < BurstCells::least_dt_ms || area.dt_ms > BurstCells::most_dt_ms))
        found.push_back(
            {"L0338",
             fmt::format("a step of {} ms is none for bursting cells: their background spikes are "
                         "drawn from a table that is good from {:g} to {:g} ms",
                         number_text(area.dt_ms), BurstCells::least_dt_ms, BurstCells::most_dt_ms),
             "write dt: 0.1 ms, or use another score",
             {"simulation.dt", "column.score.type"}});
    if (area.spiking.embedded && area.spiking.cell != "lif_exp")
        found.push_back({"L0335",
                         fmt::format("the neurons of the microcircuit drive cells of their own "
                                     "kind, lif_exp, and column.spiking.cell is {}",
                                     area.spiking.cell),
                         "write cell: lif_exp, or background: noise",
                         {"column.spiking.cell", "column.spiking.background"}});
    if (area.spiking.embedded && area.dt_ms > most_embedded_dt_ms)
        found.push_back({"L0338",
                         fmt::format("a step of {} ms is more than half of the 0.75 ms that "
                                     "inhibition of the microcircuit takes to arrive",
                                     number_text(area.dt_ms)),
                         "write dt: 0.1 ms, or background: noise",
                         {"simulation.dt", "column.spiking.background"}});
    if (area.integrator != Integrator::exponential)
        found.push_back({"L0335",
                         "neurons have a step of their own, and simulation.integrator is another",
                         "write integrator: exponential, or leave it out",
                         {"simulation.integrator", "simulation.mode"}});
    if (area.tau.PV_lag_ms > 0)
        found.push_back({"L0335",
                         "`column.tau.PV_lag` is of a PV pool that does not spike",
                         "delete it; the lag behind PV cells is column.spiking.PV_tau",
                         {"column.tau.PV_lag", "simulation.mode"}});
    // the lag of PV's inhibition, in the linearised loop of docs/model.md
    const double tau_g = area.tau.gate_ms, tau_p = area.tau.PV_ms, tau_I = area.spiking.PV_tau_ms;
    if (tau_p <= tau_g * tau_I / (tau_g + tau_I))
        found.push_back({"L0313",
                         fmt::format("the PV loop oscillates without end: tau.PV = {} ms must "
                                     "exceed {:.3g} ms with this decay of inhibition",
                                     number_text(tau_p), tau_g * tau_I / (tau_g + tau_I)),
                         "shorten column.spiking.PV_tau, or lengthen column.tau.PV",
                         {"column.spiking.PV_tau", "column.tau.PV"},
                         true});
    for (const auto& more : {fast_weight_problems(area), unknown_populations(spec),
                             too_many_spikes(spec, available_bytes)})
        found.insert(found.end(), more.begin(), more.end());
    return found;
}

} // namespace lamina
