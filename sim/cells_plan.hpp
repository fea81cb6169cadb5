/// Cells of a column as an executor needs them: constants of a step, where they start. Made on the
/// host from a spec (cells.cpp, burst_cells.cpp); run there, or on a device.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "kernels/poisson_counts.hpp"
#include "kernels/step_burst_cells.hpp"
#include "models/neuron_catalogue.hpp"
#include "sim/cells.hpp"

namespace lamina {

template <class CellModel> struct CellsPlan {
    using Model = CellModel;
    std::size_t n_groups, n_neurons; ///< n_neurons: of a group
    double dt_ms;
    float noise; ///< of a step
    typename Model::State rest;
    typename Model::Constants constants;
};

/// Of one of cell_models().
using AnyCellsPlan =
    std::variant<CellsPlan<LifExp<float>>, CellsPlan<LifDelta<float>>, CellsPlan<EscapeExp<float>>>;

/// @throws SpecError as make_cells
AnyCellsPlan cells_plan(const CellSpec&, std::size_t n_groups, std::size_t n_neurons, double dt_ms);

struct BurstCellsPlan {
    using Model = TwoCompartmentBurst<float>;
    static constexpr int n_counts = 4; ///< of background spikes in a step
    std::size_t n_groups, n_neurons;
    typename Model::State rest;
    StepBurstCells<Model, float> body;      ///< constants, without arrays
    std::vector<AddPoisson<n_counts>> laws; ///< background spikes of each channel, without arrays
};

/// @throws SpecError as make_burst_cells
BurstCellsPlan burst_cells_plan(std::size_t n_groups, std::size_t n_neurons, double dt_ms);

} // namespace lamina
