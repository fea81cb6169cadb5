#include "experiments/spiking_problems.hpp"

#include <fmt/format.h>

#include "experiments/circuits/circuit_network.hpp"
#include "experiments/quantities.hpp"
#include "experiments/studies.hpp"
#include "sim/burst_cells.hpp"

namespace lamina {

std::vector<FoundProblem> spiking_problems(const ExperimentSpec& spec) {
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
    return found;
}

} // namespace lamina
