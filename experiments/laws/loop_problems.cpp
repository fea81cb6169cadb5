#include "experiments/laws/loop_problems.hpp"

#include <variant>

#include <fmt/format.h>

#include "experiments/fields.hpp"
#include "experiments/laws/closed_forms.hpp"
#include "experiments/quantities.hpp"
#include "experiments/studies.hpp"

namespace lamina {
namespace {

/// Noise, lag and delay of a PV that is not there.
std::vector<FoundProblem> without_PV(const ExperimentSpec& spec) {
    std::vector<FoundProblem> found;
    for (const char* path : {"column.noise.PV", "column.tau.PV_lag", "column.PV_delay"})
        if (std::get<double>(find_field(path)->get(spec)) > 0)
            found.push_back({"L0332",
                             fmt::format("inhibition {} has no PV cells; `{}` must be 0",
                                         spec.area.inhibition, path),
                             "delete the key, or use inhibition: pv_log",
                             {path, "column.inhibition.type"}});
    return found;
}

/// The linearised loop of docs/model.md.
std::vector<FoundProblem> unstable(const AreaSpec& area) {
    std::vector<FoundProblem> found;
    const double tau_g = area.tau.gate_ms, tau_p = area.tau.PV_ms, tau_I = area.tau.PV_lag_ms;
    const double margin = laws::longest_stable_PV_delay_ms({tau_g, tau_p});
    if (area.PV_delay_ms >= margin)
        found.push_back(
            {"L0313",
             fmt::format("the PV loop oscillates without end: a delay of {} ms is beyond its "
                         "margin of {:.3g} ms",
                         number_text(area.PV_delay_ms), margin),
             "shorten the delay, or lengthen column.tau.PV",
             {"column.PV_delay", "column.tau.PV", "column.tau.gate", "column.inhibition.type"},
             true});
    if (tau_I > 0 && tau_p <= tau_g * tau_I / (tau_g + tau_I))
        found.push_back({"L0313",
                         fmt::format("the PV loop oscillates without end: tau.PV = {} ms must "
                                     "exceed {:.3g} ms with this lag",
                                     number_text(tau_p), tau_g * tau_I / (tau_g + tau_I)),
                         "shorten the lag, or lengthen column.tau.PV",
                         {"column.tau.PV_lag", "column.tau.PV"},
                         true});
    return found;
}

} // namespace

std::vector<FoundProblem> loop_problems(const ExperimentSpec& spec) {
    const std::string& inhibition = spec.area.inhibition;
    const bool settles_at_softmax = inhibition == "pv_log" || inhibition == "pv_linear";
    const Study* const study = study_of(spec);
    if (study && study->needs_softmax && !settles_at_softmax)
        return {{"L0343",
                 fmt::format("{} measures a loop of gates and PV cells that settles at "
                             "softmax; inhibition {} gives no such loop",
                             study->task, inhibition),
                 "write column.inhibition: pv_log or pv_linear",
                 {"column.inhibition.type", "task.type"}}};
    if (study && study->needs_softmax && spec.area.gate_max <= 1)
        return {{"L0343",
                 fmt::format("{} needs gates that may pass 1 on their way to softmax, and they end "
                             "at {}",
                             study->task, number_text(spec.area.gate_max)),
                 "raise column.inhibition.gate_max, or leave it out",
                 {"column.inhibition.gate_max", "task.type"}}};
    if (study && !spec.vary.empty())
        return {{"L0344",
                 fmt::format("`vary`: {} has no trials and no variants", study->task),
                 "remove `vary:`, and run it once for each value: lamina run FILE KEY=VALUE",
                 {"vary", "task.type"}}};
    if (inhibition == "oracle" || inhibition == "none") return without_PV(spec);
    return settles_at_softmax ? unstable(spec.area) : std::vector<FoundProblem>();
}

} // namespace lamina
