/// What the cells of a column take of a device's memory: the arrays of device_cells_of.hpp, counted
/// without a device.
#include "sim/device_cells.hpp"

#include "sim/burst_matching.hpp"
#include "sim/column_cells.hpp"

namespace lamina {
namespace {

/// Of each neuron: its random half word, and whether it spiked.
constexpr double bytes_of_any = 2 + 1;

template <class Record> constexpr double record_bytes = SoaView<Record>::n_words * 4.0;

} // namespace

double device_bytes(const AnyCellsPlan& any) {
    return std::visit(
        [](const auto& plan) {
            using Model = typename std::decay_t<decltype(plan)>::Model;
            // each may have a drive of its own; a group has a drive, and its spikes are counted
            const double of_neuron =
                record_bytes<typename Model::State> + bytes_of_any + 4 + 4.0 * Model::n_draws;
            return double(plan.n_groups) * (double(plan.n_neurons) * of_neuron + 8);
        },
        any);
}

double device_bytes(const BurstCellsPlan& plan) {
    using Model = BurstCellsPlan::Model;
    using Train = StepBurstCells<Model, float>::Train;
    // two currents and background spikes; events and bursts beside spikes
    const double of_neuron = record_bytes<Model::State> + record_bytes<Train> + bytes_of_any + 2 +
                             8 + 4.0 * Model::n_channels;
    return double(plan.n_groups) * (double(plan.n_neurons) * of_neuron + 8);
}

double device_bytes(const GateSpikesPlan& plan) {
    // log drive, offset, a, spikes; who rests
    const double of_gate = 3 * 8 + 4 + (plan.body.rest_steps > 0 ? 4.0 * plan.body.n_neurons : 0);
    return double(plan.n_gates()) * of_gate + 8 * double(plan.n_rows);
}

double device_bytes(const HiddenSpikesPlan& plan) {
    // a random word each, and whether it spiked; sums of queries and keys; spikes of gates
    return 5 * double(plan.n_cells()) + 8 * double(plan.n_heads * plan.n_columns * plan.n_units) +
           4 * double(plan.n_gates());
}

double device_bytes(const AreaSpec& spec) {
    const auto N = std::size_t(spec.columns), H = std::size_t(spec.heads);
    double bytes = 0;
    for (const PopulationSpikes& one : spiking_populations(spec))
        if (has_driven_cells(one.name)) {
            const CellSpec cell = cell_kind(spec, one.name, 1).cell;
            const auto n = std::size_t(one.name == "PV_spikes" ? spec.spiking.PV_neurons
                                                               : spec.spiking.n_neurons);
            bytes += device_bytes(cells_plan(cell, std::size_t(one.n_neurons) / n, n, spec.dt_ms));
        }
    if (spec.matched_by_bursts())
        bytes +=
            device_bytes(burst_cells_plan(BurstMatching::n_populations(spec),
                                          std::size_t(spec.spiking.match_neurons), spec.dt_ms));
    if (spec.has_hidden_cells())
        bytes += device_bytes(HiddenSpikesPlan{H, N, std::size_t(spec.score_units), 0});
    if (spec.has_fast_weights()) return bytes;
    GateSpikesPlan gates;
    gates.n_rows = H * N, gates.body.n_keys = spec.columns;
    return bytes + device_bytes(gates);
}

} // namespace lamina
